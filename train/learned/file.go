package learned

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"adder/compiler/quantise"
	"adder/core"
	"adder/snn/stdp"
	"adder/spike/encode"
	"adder/train/frame"
	"adder/train/setting"
)

// snnMagic begins a network's file.
const snnMagic = "\x89SNN\r\n\x1a\n"

// snnHeader is the header of a network's file.
type snnHeader struct {
	Name    string          `json:"name"`
	Neuron  string          `json:"neuron"`
	Rule    string          `json:"rule"`
	Encoder encode.Config   `json:"encoder"`
	Setting setting.Setting `json:"setting"`
	// Constants are for the reader; nothing is made of them.
	Constants []quantise.Constant `json:"constants,omitempty"`
	Shape     []int               `json:"shape"`
	Neurons   int                 `json:"neurons"`
	Classes   int                 `json:"classes"`
	Images    int                 `json:"images"`
	Seed      uint64              `json:"seed"`
	Data      string              `json:"data"`
}

func (n *Network) header() *snnHeader {
	return &snnHeader{
		Name: n.Name, Neuron: n.Neuron.String(), Rule: n.Rule.String(), Encoder: n.Encoder,
		Setting: n.Setting, Constants: n.Constants,
		Shape: n.Shape, Neurons: n.Neurons, Classes: n.Classes, Images: n.Images, Seed: n.Seed,
		Data: n.Data,
	}
}

// frame is the network as a file.
func (n *Network) frame(h *snnHeader) *frame.Frame {
	return &frame.Frame{
		Magic: snnMagic, What: "a network", Header: h,
		Short: []*[]uint16{&n.Weights, &n.Proportions},
		Long:  []*[]int32{&n.Theta, &n.Target, &n.Labels},
	}
}

// Save writes the network to a file, whose ending is .snn by custom.
func (n *Network) Save(path string) error {
	if err := n.frame(n.header()).Save(path); err != nil {
		return fmt.Errorf("write network: %w", err)
	}
	return nil
}

// Open reads a file that Save wrote.
func Open(path string) (*Network, error) {
	n, h := &Network{}, &snnHeader{}
	if err := n.frame(h).Load(path); err != nil {
		return nil, fmt.Errorf("read network: %w", err)
	}
	if err := n.adopt(h); err != nil {
		return nil, fmt.Errorf("read network: %s: %w", path, err)
	}
	return n, nil
}

// decodeSNN is OpenSNN for a file in memory.
func decodeSNN(data []byte) (*Network, error) {
	n, h := &Network{}, &snnHeader{}
	if err := n.frame(h).Decode(data); err != nil {
		return nil, err
	}
	return n, n.adopt(h)
}

// maxSNNSize bounds the inputs and neurons of a network from a file.
const maxSNNSize = 1 << 16

// adopt takes over a header and checks that all parts agree.
func (n *Network) adopt(h *snnHeader) (err error) {
	if n.Neuron, err = stdp.ParseModel(h.Neuron); err != nil {
		return err
	}
	if n.Rule, err = stdp.ParseRule(h.Rule); err != nil {
		return err
	}
	n.Name, n.Encoder, n.Setting, n.Constants, n.Shape, n.Neurons =
		h.Name, h.Encoder, h.Setting, h.Constants, h.Shape, h.Neurons
	n.Classes, n.Images, n.Seed, n.Data = h.Classes, h.Images, h.Seed, h.Data
	if _, err := encode.New(n.Encoder); err != nil {
		return err
	}
	if err := errors.Join(n.Setting.Check(), n.checkConstants()); err != nil {
		return err
	}
	size := 1
	for _, side := range n.Shape {
		if side < 1 || size*side > maxSNNSize {
			return fmt.Errorf("shape %v: sides are positive and their product is at most %d",
				n.Shape, maxSNNSize)
		}
		size *= side
	}
	if n.Neurons < 1 || n.Neurons > core.MaxNeurons || n.Classes < 0 || n.Classes > maxSNNSize {
		return fmt.Errorf("%d neurons and %d classes: at least 1 and at most %d of either",
			n.Neurons, n.Classes, maxSNNSize)
	}
	return n.checkLengths(size)
}

// maxTheta keeps threshold and theta together inside 32 bits.
const maxTheta = 1 << 30

// checkConstants refuses constants that cannot be shown.
func (n *Network) checkConstants() error {
	for i := range n.Constants {
		c := &n.Constants[i]
		if e := c.Error(); math.IsNaN(e) || math.IsInf(e, 0) {
			return fmt.Errorf("constant %d: %g stands for %g, which has no relative error", i,
				c.Have, c.Want)
		}
		for _, text := range []string{c.Name, c.Unit, c.Register} {
			if strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
				return fmt.Errorf("constant %d: %q is no text to show", i, text)
			}
		}
	}
	return nil
}

func (n *Network) checkLengths(inputs int) error {
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
			return fmt.Errorf("%d %s for %d inputs and %d neurons: want %d", part.have, part.name,
				inputs, n.Neurons, part.want)
		}
	}
	for j, theta := range n.Theta {
		if theta > maxTheta || theta < -maxTheta {
			return fmt.Errorf("neuron %d has an adaptive threshold of %d: it is at most %d", j,
				theta, maxTheta)
		}
	}
	for i, label := range n.Labels {
		if label < -1 || int(label) >= n.Classes {
			return fmt.Errorf("neuron %d has label %d of %d classes", i, label, n.Classes)
		}
	}
	return nil
}
