package convert

import (
	"fmt"
	"slices"

	"adder/snn"
)

// MaxPool is a spiking form of a max-pooling layer.
type MaxPool string

const (
	// MaxPoolOr spikes in each tick in which any input of the window does: a stateless threshold.
	// It is exact if the inputs of a window spike together, and too large if they alternate.
	MaxPoolOr MaxPool = "or"
	// MaxPoolFirst passes the spikes of the input of the window that spiked
	// first in the sample, in a tie those of the first in the window. With
	// integrate-and-fire neurons and steady input the first is mostly the
	// one with the largest activation. It takes two stateless neurons per
	// input of a window.
	MaxPoolFirst MaxPool = "first"
)

// parseMaxPool reads a form; "" is none.
func parseMaxPool(s string) (MaxPool, error) {
	m := MaxPool(s)
	if m != "" && m != MaxPoolOr && m != MaxPoolFirst {
		return "", fmt.Errorf("max-pooling as %q: the spiking forms are %s and %s", s, MaxPoolOr,
			MaxPoolFirst)
	}
	return m, nil
}

// checkMaxPools refuses max-pooling layers without a form.
func checkMaxPools(net *snn.Network, form MaxPool) error {
	if _, err := parseMaxPool(string(form)); err != nil || form != "" {
		return err
	}
	if i := slices.IndexFunc(net.Nodes, func(v snn.Node) bool {
		return v.Op.Kind() == "maxpool"
	}); i >= 0 {
		return fmt.Errorf("node %s is a max-pooling layer, which has no linear spiking form: "+
			"choose an approximation with --maxpool %s or --maxpool %s, or replace it by average "+
			"pooling and train again",
			net.Nodes[i].Name, MaxPoolOr, MaxPoolFirst)
	}
	return nil
}

// copyMaxPool puts neurons in the place of max-pooling node i.
func (b *converter) copyMaxPool(i int) error {
	node := &b.from.Nodes[i]
	in := b.from.Incoming(i)
	var scale []float64
	if len(in) == 1 {
		scale = b.spikeScale(in[0].From)
	}
	if scale == nil {
		return fmt.Errorf("node %s pools signals that are no activations: its spiking forms need "+
			"spikes; put it behind an activation, with nothing between but moves of elements and "+
			"a normalisation whose factors are not negative", node.Name)
	}
	op := node.Op.(*snn.MaxPool)
	pooled, err := pooledScale(node, op.Window, scale)
	if err != nil {
		return err
	}
	spikes := b.scaledInputs(i, node.Name+".down", inverse(scale))
	pool := &windowGates{b: b, node: node, op: op, spikes: spikes}
	at := 0
	if b.maxPool == MaxPoolOr {
		at = pool.or()
	} else {
		at = pool.first()
	}
	b.pooled[i] = pooled
	b.out[i] = b.scaled(at, node.Name+".up", pooled, node.Out)
	return nil
}

// windowGates builds the neurons of a max-pooling layer.
type windowGates struct {
	b      *converter
	node   *snn.Node
	op     *snn.MaxPool
	spikes int // node of the new network
}

// or fires where the sum of a window is at least one spike.
func (g *windowGates) or() int {
	sum := g.b.to.AddNode(g.node.Name+".sum", &snn.Pool{Window: g.op.Window}, g.node.In, g.node.Out)
	g.b.to.Connect(g.spikes, sum)
	n := g.b.to.AddNode(g.node.Name, gate(0.5), g.node.Out, g.node.Out)
	g.b.to.Connect(sum, n)
	return n
}

func gate(threshold float64) *snn.Neuron {
	return &snn.Neuron{Model: snn.ModelThreshold, VThreshold: []float64{threshold}}
}

// first gives each input k of a window a latch and a gate. With K inputs, a
// latch fires when
//
//	input k + 2K latch k - 3K (sum of latches before k) - (sum of latches after k) >= 1
//
// with the latches of the tick before. The first spike of a window sets its
// latch, which then keeps itself up (2K - (K-1) >= 1 even against all later
// ones that were set in the same tick) and the others down (an input alone
// is 1, a latch in the way at least -1, and -3K outweighs 2K + 1). The slack
// is for weights that are rounded: all of this holds while a weight of 1
// rounds to at least 1 (latchBits). The gate passes
//
//	input k + latch k - 2 (sum of latches before k) >= 2
//
// that is, its input while its latch is the first that is set.
func (g *windowGates) first() int {
	k := g.op.Window.KernelH * g.op.Window.KernelW
	apart := slices.Clone(g.node.Out)
	apart[0] *= k
	inputs := g.b.to.AddNode(g.node.Name+".inputs", g.unfold(k), g.node.In, apart)
	g.b.to.Connect(g.spikes, inputs)

	latch := g.b.to.AddNode(g.node.Name+".latch", gate(0.5), apart, apart)
	hold := g.mix(".hold", apart, k, func(to, from int) float64 {
		switch {
		case from == to:
			return float64(2 * k)
		case from < to:
			return float64(-3 * k)
		default:
			return -1
		}
	})
	g.b.to.Connect(inputs, latch)
	g.b.to.Edges = append(g.b.to.Edges, snn.Edge{From: latch, To: hold, Delayed: true})
	g.b.to.Connect(hold, latch)

	choose := g.mix(".choose", apart, k, func(to, from int) float64 {
		switch {
		case from == to:
			return 1
		case from < to:
			return -2
		default:
			return 0
		}
	})
	g.b.to.Connect(latch, choose)
	pass := g.b.to.AddNode(g.node.Name, gate(1.5), apart, apart)
	g.b.to.Connect(inputs, pass)
	g.b.to.Connect(choose, pass)

	channels := g.node.Out[0]
	join := &snn.Conv{InChannels: channels * k, OutChannels: channels, Groups: channels,
		Window: point, Weight: slices.Repeat([]float64{1}, channels*k)}
	at := g.b.to.AddNode(g.node.Name+".join", join, apart, g.node.Out)
	g.b.to.Connect(pass, at)
	return at
}

// latchBits is the least width of weights with which the latches of windows
// of k inputs work: the largest, 3K, may be at most twice the largest
// integer, so that 1 does not round to 0.
func latchBits(k int) int {
	bits := 3
	for 2*(1<<(bits-1)-1) <= 3*k {
		bits++
	}
	return bits
}

// CheckLatches is an error for weights too narrow for MaxPoolFirst.
func CheckLatches(net *snn.Network, form MaxPool, weightBits int) error {
	if form != MaxPoolFirst {
		return nil
	}
	for i := range net.Nodes {
		op, ok := net.Nodes[i].Op.(*snn.MaxPool)
		if !ok {
			continue
		}
		if k := op.Window.KernelH * op.Window.KernelW; weightBits < latchBits(k) {
			return fmt.Errorf("node %s: --maxpool first over windows of %d inputs needs weights "+
				"of %d bits, not %d: use more bits or --maxpool or",
				net.Nodes[i].Name, k, latchBits(k), weightBits)
		}
	}
	return nil
}

// point is the window of a 1 x 1 convolution.
var point = snn.Window{KernelH: 1, KernelW: 1, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1}

// unfold gives each of the k inputs of a window its own channel.
func (g *windowGates) unfold(k int) *snn.Conv {
	channels := g.node.In[0]
	op := &snn.Conv{InChannels: channels, OutChannels: channels * k, Groups: channels,
		Window: g.op.Window, Weight: make([]float64, channels*k*k)}
	for c := range channels * k {
		op.Weight[c*k+c%k] = 1
	}
	return op
}

// mix adds a node that weighs the k channels of each window against each
// other.
func (g *windowGates) mix(name string, shape snn.Shape, k int,
	weight func(to, from int) float64) int {
	channels := g.node.Out[0]
	op := &snn.Conv{InChannels: channels * k, OutChannels: channels * k, Groups: channels,
		Window: point}
	for range channels {
		for to := range k {
			for from := range k {
				op.Weight = append(op.Weight, weight(to, from))
			}
		}
	}
	return g.b.to.AddNode(g.node.Name+name, op, shape, shape)
}
