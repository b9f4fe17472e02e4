package survey

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/core"
	"adder/snn"
	"adder/spike/encode"
)

// Network is a network as layers of neurons.
type Network struct {
	Name  string
	Input snn.Shape
	// Layers are in an order in which sources come before their targets, except in loops.
	Layers []Layer
	// WeightBits is the width of weights, sign included.
	WeightBits int

	net *snn.Network
	// code is that of Form.
	code string
	// maxima counts max-pooling layers without a form.
	maxima int
	// narrowed is how many parts of hidden layers are left, 0 for all.
	narrowed int
}

// Layer is a layer of neurons.
type Layer struct {
	Name  string
	Shape snn.Shape
	// Neurons is the number of neurons, which is more than the shape's for some maxima.
	Neurons int
	// Models are the neuron models that it needs.
	Models []core.Model
	// Reset is the reset of its neurons, "" for none.
	Reset profile.Reset
	// Thresholds is the number of different thresholds.
	Thresholds int
	// Read says that its potentials are read, Output that the host receives its spikes.
	Read, Output bool
	Inputs       []Projection

	node int
	// pairs says that each neuron is two compartments, which Neurons counts.
	pairs bool
	// rows are the weights of a few neurons, used how many types of axons they need where a
	// chip stores weights by these.
	rows [][]float64
	used int
}

// Projection is the input of a layer from one source.
type Projection struct {
	// Source is a layer, or FromInput.
	Source int
	// FanIn is the largest number of its elements that one neuron has as sources.
	FanIn int
	// Mixed counts its elements with weights of both signs.
	Mixed int
	geometry
}

// FromInput as Projection.Source is the host's signal.
const FromInput = -1

// geometry is how the sources of neurons move with them. A neuron has sources in Channels channels,
// each of which a window of KernelH x KernelW, that moves by StepH x StepW from a neuron to the
// next; Apart says that each channel of neurons has its own channels. Elements is the size of the
// source. Without a Plane all neurons have the same sources, or disjoint ones with Apart.
type geometry struct {
	Plane, Apart                         bool
	Channels                             int
	KernelH, KernelW, StepH, StepW, H, W int
	Elements                             int
}

// tile is how many elements are sources of neurons of so many channels, rows and columns together.
func (g *geometry) tile(channels, rows, columns, fanIn int) int {
	if !g.Plane {
		if g.Apart {
			return min(g.Elements, channels*rows*columns*fanIn)
		}
		return min(g.Elements, fanIn)
	}
	heard := g.Channels
	if g.Apart {
		heard *= channels
	}
	h := min(g.H, g.KernelH+(rows-1)*g.StepH)
	w := min(g.W, g.KernelW+(columns-1)*g.StepW)
	return min(g.Elements, heard*h*w)
}

// Form is how a network's activations and pools become neurons.
type Form struct {
	// Code is a code of package encode, or "" for rates.
	Code       string
	WeightBits int
	MaxPool    convert.MaxPool
	Pool       convert.Pool
	// FanIn is the largest fan-in of a neuron, which decides whether a pool has its own neurons; 0
	// for no limit.
	FanIn int
	// Spikes adds firing neurons to a last layer that has none, and reads their spikes.
	Spikes bool
}

// Layers lists the layers of a network: those that conversion makes of an ANN, or its
// neurons.
func Layers(net *snn.Network, f Form) (*Network, error) {
	prepared := net
	if net.IsANN() {
		var err error
		prepared, err = convert.Prepare(net, convert.Options{Pool: f.Pool, MaxPool: f.MaxPool,
			FanIn: f.FanIn})
		if err != nil {
			return nil, err
		}
	}
	n := &Network{Name: net.Name, WeightBits: f.WeightBits, net: prepared, code: f.Code}
	layerOf := map[int]int{}
	order, err := prepared.Order()
	if err != nil {
		return nil, err
	}
	for _, i := range order {
		node := &prepared.Nodes[i]
		if node.Op.Kind() == "input" {
			n.Input = node.Out
			layerOf[i] = FromInput
		}
		if node.Op.Kind() == "maxpool" && f.Code == "" && f.MaxPool == "" {
			n.maxima++
		}
		if l, ok := layerAt(prepared, i, &f); ok {
			layerOf[i] = len(n.Layers)
			n.Layers = append(n.Layers, l)
		}
	}
	w := newWalk(prepared, layerOf)
	for i := range n.Layers {
		n.Layers[i].Inputs = w.inputs(n.Layers[i].node)
		n.Layers[i].rows = w.weightRows(n.Layers[i].node)
	}
	n.markOutput()
	return n, nil
}

// layerAt is the layer that a node becomes.
func layerAt(net *snn.Network, i int, f *Form) (Layer, bool) {
	node := &net.Nodes[i]
	l := Layer{Name: node.Name, Shape: node.Out, Neurons: node.Out.Size(), Thresholds: 1, node: i}
	switch op := node.Op.(type) {
	case *snn.Neuron:
		l.Models = core.ModelsTrained(op.Model.String())
		l.Read = !op.Model.Spikes()
		l.Thresholds = distinct(op.VThreshold)
		if op.Model.Spikes() && op.Model != snn.ModelThreshold {
			l.Reset = resetOf(op.Reset)
		}
	case *snn.Relu:
		l.activation(f)
	case *snn.MaxPool:
		l.activation(f)
		switch {
		case f.Code != "":
			l.Models = append(l.Models, core.ModelMax)
			l.Neurons *= op.Window.KernelH * op.Window.KernelW
		case f.MaxPool == convert.MaxPoolFirst:
			l.Neurons *= 2 * op.Window.KernelH * op.Window.KernelW
		}
	case *snn.Output:
		if !readsSum(net, i) {
			return l, false
		}
		if l.activation(f); f.Spikes && f.Code == "" {
			break
		}
		l.Models, l.Reset, l.Read = append(slices.Clone(l.Models), core.ModelIntegrator), "", true
	default:
		return l, false
	}
	return l, true
}

// activation gives a layer the neurons that an activation becomes.
func (l *Layer) activation(f *Form) {
	switch f.Code {
	case "":
		l.Models, l.Reset = core.ModelsTrained(snn.ModelIF.String()), profile.ResetSubtract
	case encode.KindLevel:
		l.Models = []core.Model{core.ModelLevel}
	default:
		l.Models = []core.Model{core.ModelRadix}
	}
}

// readsSum reports whether an output has its own neurons: its input is not spikes.
func readsSum(net *snn.Network, i int) bool {
	if net.IsANN() {
		return true
	}
	for _, e := range net.Incoming(i) {
		if _, ok := net.Nodes[e.From].Op.(*snn.Neuron); ok || net.Spiking(e.From) {
			return false
		}
	}
	return true
}

func resetOf(m snn.ResetMode) profile.Reset {
	switch m {
	case snn.ResetToValue:
		return profile.ResetValue
	case snn.ResetNone:
		return ""
	}
	return profile.ResetSubtract
}

// distinct counts different values, 1 for none.
func distinct(values []float64) int {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return max(1, len(slices.Compact(sorted)))
}

// markOutput finds the layers whose spikes or potentials the host reads: those that are a source
// only of themselves.
func (n *Network) markOutput() {
	isSource := make([]bool, len(n.Layers))
	for i := range n.Layers {
		for _, p := range n.Layers[i].Inputs {
			if p.Source != FromInput && p.Source != i {
				isSource[p.Source] = true
			}
		}
	}
	for i := range n.Layers {
		n.Layers[i].Output = !isSource[i]
	}
}

// Neurons is the number of neurons of all layers.
func (n *Network) Neurons() (sum int64) {
	for i := range n.Layers {
		sum += int64(n.Layers[i].Neurons)
	}
	return sum
}

// Synapses bounds the number of synapses from above.
func (n *Network) Synapses() (sum int64) {
	for i := range n.Layers {
		for k := range n.Layers[i].Inputs {
			sum += int64(n.Layers[i].Neurons) * int64(n.Layers[i].Inputs[k].FanIn)
		}
	}
	return sum
}

// FanIn is the largest number of sources of a neuron of the layer.
func (l *Layer) FanIn() (sum int) {
	for i := range l.Inputs {
		sum += l.Inputs[i].FanIn
	}
	return sum
}
