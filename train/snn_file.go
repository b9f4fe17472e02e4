package train

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"adder/compiler/quantise"
	"adder/core"
	"adder/internal/wholefile"
	"adder/snn/stdp"
	"adder/spike/encode"
)

// A file of this package is a frame around a JSON header and arrays of numbers:
//
//	8      magic 89, three letters, 0d 0a 1a 0a
//	4      version, 1
//	4, n   length of the header, and the header
//	4, n   length of each array in numbers, and its numbers of 2 or 4 bytes
//	4      CRC-32C of all before
//
// All numbers are little-endian. The letters are SNN for a network, SCP for a checkpoint
// of preset tuned and PCP for one of preset paper.
const (
	snnMagic        = "\x89SNN\r\n\x1a\n"
	checkpointMagic = "\x89SCP\r\n\x1a\n"
	frameVersion    = 1
	// maxFrame bounds the size of a file.
	maxFrame = 1 << 30
)

// frame is the content of a file: what a header says, as JSON, and arrays in a
// fixed order.
type frame struct {
	magic  string
	header any
	// short and long are pointers to the arrays, all short ones first.
	short []*[]uint16
	long  []*[]int32
}

// what names the kind of file.
func (f *frame) what() string {
	switch f.magic {
	case snnMagic:
		return "a network"
	case paperMagic:
		return "a checkpoint of preset paper"
	}
	return "a checkpoint of preset tuned"
}

// encode returns the file.
func (f *frame) encode() ([]byte, error) {
	header, err := json.Marshal(f.header)
	if err != nil {
		return nil, err
	}
	out := []byte(f.magic)
	out = binary.LittleEndian.AppendUint32(out, frameVersion)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(header)))
	out = append(out, header...)
	for _, array := range f.short {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(*array)))
		for _, x := range *array {
			out = binary.LittleEndian.AppendUint16(out, x)
		}
	}
	for _, array := range f.long {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(*array)))
		for _, x := range *array {
			out = binary.LittleEndian.AppendUint32(out, uint32(x))
		}
	}
	return binary.LittleEndian.AppendUint32(out, crc32.Checksum(out, castagnoli())), nil
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// decode reads a file into the header and the arrays.
func (f *frame) decode(data []byte) error {
	if len(data) < len(f.magic)+12 || string(data[:len(f.magic)]) != f.magic {
		return fmt.Errorf("this is not %s that adder train stdp wrote, or it is cut off at its start", f.what())
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if version := binary.LittleEndian.Uint32(data[8:]); version != frameVersion {
		return fmt.Errorf("version %d of the format: this program reads version %d", version, frameVersion)
	}
	if crc32.Checksum(body, castagnoli()) != sum {
		return errors.New("the checksum does not match: the file is cut off or damaged; copy or make it again")
	}
	rest := body[12:]
	header, rest, err := takeNumbers(rest, 1)
	if err != nil {
		return fmt.Errorf("header: %w: a file of another version of adder must be trained again", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(header))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(f.header); err != nil {
		return fmt.Errorf("header: %w: a file of another version of adder must be trained again", err)
	}
	for i, array := range f.short {
		if *array, rest, err = takeArray(rest, 2, binary.LittleEndian.Uint16); err != nil {
			return fmt.Errorf("array %d: %w", i, err)
		}
	}
	for i, array := range f.long {
		if *array, rest, err = takeArray(rest, 4, int32At); err != nil {
			return fmt.Errorf("array %d: %w", len(f.short)+i, err)
		}
	}
	if len(rest) != 0 {
		return fmt.Errorf("%d bytes follow the last array", len(rest))
	}
	return nil
}

func int32At(raw []byte) int32 { return int32(binary.LittleEndian.Uint32(raw)) }

// takeArray takes an array of numbers of so many bytes, nil for an empty one.
func takeArray[T any](data []byte, size int, at func([]byte) T) (array []T, rest []byte, err error) {
	raw, rest, err := takeNumbers(data, size)
	for ; len(raw) > 0; raw = raw[size:] {
		array = append(array, at(raw))
	}
	return array, rest, err
}

// takeNumbers takes a length and that many numbers of so many bytes.
func takeNumbers(data []byte, size int) (raw, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, errors.New("its length is missing")
	}
	n := uint64(binary.LittleEndian.Uint32(data)) * uint64(size)
	data = data[4:]
	if n > uint64(len(data)) {
		return nil, nil, fmt.Errorf("%d bytes are due and %d are left", n, len(data))
	}
	return data[:n], data[n:], nil
}

// save writes the file under a temporary name and renames it.
func (f *frame) save(path string) error {
	data, err := f.encode()
	if err != nil {
		return err
	}
	return wholefile.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// load reads a file.
func (f *frame) load(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > maxFrame {
		return fmt.Errorf("%s: %d bytes: such a file has at most %d", path, info.Size(), maxFrame)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := f.decode(data); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// snnHeader is the header of a network's file.
type snnHeader struct {
	Name    string        `json:"name"`
	Neuron  string        `json:"neuron"`
	Rule    string        `json:"rule"`
	Encoder encode.Config `json:"encoder"`
	Setting STDPSetting   `json:"setting"`
	// Constants are for the reader; nothing is made of them.
	Constants []quantise.Constant `json:"constants,omitempty"`
	Shape     []int               `json:"shape"`
	Neurons   int                 `json:"neurons"`
	Classes   int                 `json:"classes"`
	Images    int                 `json:"images"`
	Seed      uint64              `json:"seed"`
	Data      string              `json:"data"`
}

func (n *SNN) header() *snnHeader {
	return &snnHeader{
		Name: n.Name, Neuron: n.Neuron.String(), Rule: n.Rule.String(), Encoder: n.Encoder, Setting: n.Setting, Constants: n.Constants,
		Shape: n.Shape, Neurons: n.Neurons, Classes: n.Classes, Images: n.Images, Seed: n.Seed, Data: n.Data,
	}
}

// frame is the network as a file.
func (n *SNN) frame(h *snnHeader) *frame {
	return &frame{
		magic: snnMagic, header: h,
		short: []*[]uint16{&n.Weights, &n.Proportions}, long: []*[]int32{&n.Theta, &n.Target, &n.Labels},
	}
}

// Save writes the network to a file, whose ending is .snn by custom.
func (n *SNN) Save(path string) error {
	if err := n.frame(n.header()).save(path); err != nil {
		return fmt.Errorf("write network: %w", err)
	}
	return nil
}

// OpenSNN reads a file that Save wrote.
func OpenSNN(path string) (*SNN, error) {
	n, h := &SNN{}, &snnHeader{}
	if err := n.frame(h).load(path); err != nil {
		return nil, fmt.Errorf("read network: %w", err)
	}
	if err := n.adopt(h); err != nil {
		return nil, fmt.Errorf("read network: %s: %w", path, err)
	}
	return n, nil
}

// decodeSNN is OpenSNN for a file in memory.
func decodeSNN(data []byte) (*SNN, error) {
	n, h := &SNN{}, &snnHeader{}
	if err := n.frame(h).decode(data); err != nil {
		return nil, err
	}
	return n, n.adopt(h)
}

// maxSNNSize bounds the inputs and neurons of a network from a file.
const maxSNNSize = 1 << 16

// adopt takes over a header and checks that all parts agree.
func (n *SNN) adopt(h *snnHeader) (err error) {
	if n.Neuron, err = stdp.ParseModel(h.Neuron); err != nil {
		return err
	}
	if n.Rule, err = stdp.ParseRule(h.Rule); err != nil {
		return err
	}
	n.Name, n.Encoder, n.Setting, n.Constants, n.Shape, n.Neurons = h.Name, h.Encoder, h.Setting, h.Constants, h.Shape, h.Neurons
	n.Classes, n.Images, n.Seed, n.Data = h.Classes, h.Images, h.Seed, h.Data
	if _, err := encode.New(n.Encoder); err != nil {
		return err
	}
	if err := errors.Join(n.Setting.check(), n.checkConstants()); err != nil {
		return err
	}
	size := 1
	for _, side := range n.Shape {
		if side < 1 || size*side > maxSNNSize {
			return fmt.Errorf("shape %v: sides are positive and their product is at most %d", n.Shape, maxSNNSize)
		}
		size *= side
	}
	if n.Neurons < 1 || n.Neurons > core.MaxNeurons || n.Classes < 0 || n.Classes > maxSNNSize {
		return fmt.Errorf("%d neurons and %d classes: at least 1 and at most %d of either", n.Neurons, n.Classes, maxSNNSize)
	}
	return n.checkLengths(size)
}

// maxTheta keeps threshold and theta together inside 32 bits.
const maxTheta = 1 << 30

// checkConstants refuses constants that cannot be shown.
func (n *SNN) checkConstants() error {
	for i := range n.Constants {
		c := &n.Constants[i]
		if e := c.Error(); math.IsNaN(e) || math.IsInf(e, 0) {
			return fmt.Errorf("constant %d: %g stands for %g, which has no relative error", i, c.Have, c.Want)
		}
		for _, text := range []string{c.Name, c.Unit, c.Register} {
			if strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
				return fmt.Errorf("constant %d: %q is no text to show", i, text)
			}
		}
	}
	return nil
}

func (n *SNN) checkLengths(inputs int) error {
	for _, part := range []struct {
		name       string
		have, want int
		optional   bool
	}{
		{"weights", len(n.Weights), inputs * n.Neurons, false},
		{"adaptive thresholds", len(n.Theta), n.Neurons, true},
		{"targets", len(n.Target), n.Neurons, true},
		{"labels", len(n.Labels), n.Neurons, true},
		{"proportions", len(n.Proportions), len(n.Labels), true},
	} {
		if part.have != part.want && !(part.optional && part.have == 0) {
			return fmt.Errorf("%d %s for %d inputs and %d neurons: want %d", part.have, part.name, inputs, n.Neurons, part.want)
		}
	}
	for j, theta := range n.Theta {
		if theta > maxTheta || theta < -maxTheta {
			return fmt.Errorf("neuron %d has an adaptive threshold of %d: it is at most %d", j, theta, maxTheta)
		}
	}
	for i, label := range n.Labels {
		if label < -1 || int(label) >= n.Classes {
			return fmt.Errorf("neuron %d has label %d of %d classes", i, label, n.Classes)
		}
	}
	return nil
}
