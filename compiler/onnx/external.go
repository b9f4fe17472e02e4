package onnx

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// externalData reads tensors that a model keeps in other files. The files must be inside the
// model's folder: os.Root refuses absolute paths, "..", and symbolic links that lead out of it.
type externalData struct {
	folder string
	// left is how many bytes may still be read.
	left int64
}

// elsewhere is the location of a tensor whose data is in another file.
const elsewhere = 1

// ExternalFiles lists the files with external weights of a model, each once, in the order in which
// the model names them. A file outside of the model's folder is left out: Read refuses it.
func ExternalFiles(path string) ([]string, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	model, err := decodeModel(data)
	if err != nil || model.graph == nil {
		return nil, nil // Read says what is wrong
	}
	var out []string
	model.eachTensor(func(t *tensorProto) {
		p, err := t.place()
		if t.location != elsewhere || err != nil || !filepath.IsLocal(p.location) {
			return
		}
		if file := filepath.Join(filepath.Dir(path), p.location); !slices.Contains(out, file) {
			out = append(out, file)
		}
	})
	return out, nil
}

// eachTensor visits all tensors of a model.
func (m *modelProto) eachTensor(visit func(*tensorProto)) {
	for i := range m.graph.initializers {
		visit(&m.graph.initializers[i])
	}
	attributes := func(nodes []nodeProto) {
		for i := range nodes {
			for k := range nodes[i].attributes {
				if t := nodes[i].attributes[k].t; t != nil {
					visit(t)
				}
			}
		}
	}
	attributes(m.graph.nodes)
	for i := range m.functions {
		attributes(m.functions[i].nodes)
	}
}

// place is the location of a tensor's data.
type place struct {
	location       string
	offset, length int64
	// hasLength is false where the length follows from the shape.
	hasLength bool
}

func (t *tensorProto) place() (place, error) {
	var p place
	for _, e := range t.external {
		var err error
		switch e.key {
		case "location":
			p.location = e.value
		case "offset":
			p.offset, err = strconv.ParseInt(e.value, 10, 64)
		case "length":
			p.length, err = strconv.ParseInt(e.value, 10, 64)
			p.hasLength = true
		}
		if err != nil || p.offset < 0 || p.length < 0 {
			return p, fmt.Errorf(
				"its external data has the impossible %s %q; export the model again", e.key,
				e.value)
		}
	}
	if p.location == "" {
		return p, fmt.Errorf("its data lies in another file, but the model does not say which; " +
			"export the model again")
	}
	return p, nil
}

func (x *externalData) decode(t *tensorProto, et elementType, dims []int, n int) (*tensor, error) {
	p, err := t.place()
	if err != nil {
		return nil, err
	}
	need := int64(n) * int64(et.bytes)
	if p.hasLength && p.length != need {
		return nil, fmt.Errorf("its external data has %d bytes where its shape %v of %s needs "+
			"%d; export the model again", p.length, dims, et.name, need)
	}
	if need > x.left {
		return nil, fmt.Errorf("with it the model has more than %d bytes of weights, the most "+
			"that Adder reads", maxModelBytes)
	}
	file, err := x.open(p.location, p.offset, need)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	x.left -= need
	out := newTensor(et.kind, dims, n)
	if err := fillFrom(io.NewSectionReader(file, p.offset, need), out, t.dataType,
		et.bytes); err != nil {
		return nil, fmt.Errorf("reading its external data from %s: %w",
			filepath.Join(x.folder, p.location), err)
	}
	return out, nil
}

// open opens a regular file inside the folder and checks that it has need
// bytes from offset on.
func (x *externalData) open(location string, offset, need int64) (*os.File, error) {
	root, err := os.OpenRoot(x.folder)
	if err != nil {
		return nil, fmt.Errorf("opening the model's folder for external data: %w", err)
	}
	defer root.Close()
	// Stat before Open: opening a pipe would wait for its writer.
	info, err := root.Stat(location)
	if err != nil {
		return nil, fmt.Errorf("its external data %q: %w; it must be a file inside the model's "+
			"folder %s", location, err, x.folder)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("its external data %q is not a regular file", location)
	}
	if size := info.Size(); offset > size || need > size-offset {
		if err := pointerIn(root, location); err != nil {
			return nil, fmt.Errorf("its external data %s: %w", filepath.Join(x.folder, location),
				err)
		}
		return nil, fmt.Errorf("its external data needs %d bytes from byte %d on, but %s has %d: "+
			"the file is cut short or belongs to another model; copy it again", need, offset,
			filepath.Join(x.folder, location), size)
	}
	return root.Open(location)
}

// pointerIn recognises a Git LFS pointer in the place of data.
func pointerIn(root *os.Root, location string) error {
	file, err := root.Open(location)
	if err != nil {
		return err
	}
	defer file.Close()
	head := make([]byte, len(lfsPointer))
	n, _ := io.ReadFull(file, head)
	return checkPointer(head[:n])
}

// fillFrom decodes a stream of elements piece by piece, so that the data
// is held once.
func fillFrom(r io.Reader, out *tensor, dataType int64, elementBytes int) error {
	const piece = 1 << 16 // a multiple of every element size
	buf := make([]byte, piece)
	for first := 0; first < out.size(); {
		want := min(piece, (out.size()-first)*elementBytes)
		if _, err := io.ReadFull(r, buf[:want]); err != nil {
			return err
		}
		out.fillRaw(dataType, buf[:want], first)
		first += want / elementBytes
	}
	return nil
}
