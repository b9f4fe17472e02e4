package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"adder/snn"
)

// Options decide what a file leaves open. The zero value reads the first output, the input that it
// depends on, and shapes unchanged.
type Options struct {
	// Input and Output name the graph input that is fed and the name whose
	// signal is read, which any node may give; empty means the default.
	Input, Output string
	// Shapes give graph inputs a shape, the batch included, where the file
	// leaves sizes open.
	Shapes map[string][]int
}

// Read reads the ONNX model at path as a network of one Input and one Output. The network is named
// after the file; its nodes have the names of the graph's nodes, or the operator and index where
// the graph has none. What is unusual but has a clear meaning is in the network's Warnings.
//
// Weights of type float32 remain float32 (snn.Matrix32). An error names the file, the node or
// tensor, and what to do.
func Read(path string, opts Options) (*snn.Network, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	base := filepath.Base(path)
	net, err := parse(data, strings.TrimSuffix(base, filepath.Ext(base)), filepath.Dir(path), opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return net, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening the ONNX model: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file; give the .onnx file", path)
	}
	if info.Size() > maxModelBytes {
		return nil, fmt.Errorf("%s has %d bytes, more than the %d that an ONNX file can have; "+
			"keep the weights as external data", path, info.Size(), maxModelBytes)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the ONNX model: %w", err)
	}
	return data, nil
}

// parse builds the network of an encoded model whose external data is in folder.
func parse(data []byte, name, folder string, opts Options) (*snn.Network, error) {
	if err := checkPointer(data); err != nil {
		return nil, err
	}
	model, err := decodeModel(data)
	if err != nil {
		return nil, err
	}
	if err := inlineFunctions(model); err != nil {
		return nil, err
	}
	return build(model, name, opts,
		externalData{folder: folder, left: maxModelBytes - int64(len(data))})
}

// build makes the network of a graph without functions.
func build(model *modelProto, name string, opts Options, ext externalData) (*snn.Network, error) {
	again := ext
	b := newBuilder(model, name, opts, &ext)
	err := b.build()
	if err != nil && b.fixedBatch > 1 {
		return withoutBatch(newBuilder(model, name, opts, &again), b.fixedBatch, err)
	}
	if err != nil {
		return nil, err
	}
	return b.net, nil
}

// withoutBatch reads a graph that does not fit with its input's first axis
// as the batch with that axis as part of the sample. cause is why it did
// not fit.
func withoutBatch(b *builder, batch int, cause error) (*snn.Network, error) {
	b.unbatched = true
	if err := b.build(); err != nil {
		hint := fmt.Sprintf("the input's first axis of %d was taken as the batch", batch)
		if faultPlace(err) != faultPlace(cause) {
			hint += "; as part of the sample: " + err.Error()
		}
		return nil, fmt.Errorf("%w (%s)", cause, hint)
	}
	b.warn("the input's first axis of %d belongs to the sample: the graph does not fit with it "+
		"as a batch", batch)
	return b.net, nil
}

// faultPlace is the part of a message that says where.
func faultPlace(err error) string {
	where, _, _ := strings.Cut(err.Error(), ": ")
	return where
}

// lfsPointer is how a Git LFS pointer begins.
var lfsPointer = []byte("version https://git-lfs.github.com/spec/")

// errPointer says that a file is a pointer to another, such as one of Git LFS.
var errPointer = errors.New("it is a Git LFS pointer, which stands for the file: fetch the file " +
	"itself with `git lfs pull` in its repository, or download it anew")

// checkPointer recognises a file of a clone without LFS.
func checkPointer(data []byte) error {
	if bytes.HasPrefix(data, lfsPointer) {
		return errPointer
	}
	return nil
}
