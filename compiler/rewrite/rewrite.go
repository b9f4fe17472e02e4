// Package rewrite replaces parts of a spiking network that a chip cannot run by equivalent parts
// that it can:
//
//	a threshold on the potential of LI     LIF neurons that do not reset
//	a last layer that is not of neurons    LI neurons that forget everything in a tick
//	a bias before a Delay                  a neuron that always fires, delayed
//	several inputs                         one input, from which each takes its part
//	several outputs                        the first of them
//
// Only the last changes the output; a warning says so.
//
//	rewrite.go  rewrites of the graph: parts that nothing reads, joins, thresholds
//	delay.go    delays in ticks
package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"adder/snn"
)

// Network returns an equivalent network that lower accepts, and warnings. It is net itself if
// nothing is to be done, else a new network.
func Network(net *snn.Network) (*snn.Network, []string, error) {
	r := &rewriting{net: &snn.Network{
		Name: net.Name, Nodes: slices.Clone(net.Nodes), Edges: slices.Clone(net.Edges), DT: net.DT,
		Encoder: net.Encoder, Warnings: net.Warnings,
	}}
	r.outputs()
	r.inputs()
	r.thresholds()
	if err := r.delays(); err != nil {
		return nil, nil, fmt.Errorf("rewrite %s: %w", net.Name, err)
	}
	if !r.changed {
		return net, nil, nil
	}
	out := r.compact()
	if err := out.Validate(); err != nil {
		return nil, nil, fmt.Errorf("rewrite %s: %w", net.Name, err)
	}
	return out, r.warnings, nil
}

// rewriting is a network that is being changed. Nodes are appended and marked as gone, so that
// indices remain valid.
type rewriting struct {
	net      *snn.Network
	gone     map[int]bool
	changed  bool
	warnings []string
}

// add appends a node under a name that no other has.
func (r *rewriting) add(name string, op snn.Op, in, out snn.Shape) int {
	r.changed = true
	free := name
	for k := 2; ; k++ {
		if _, taken := r.net.Find(free); !taken {
			return r.net.AddNode(free, op, in, out)
		}
		free = fmt.Sprintf("%s.%d", name, k)
	}
}

// remove takes a node and its edges out.
func (r *rewriting) remove(node int) {
	if r.gone == nil {
		r.gone = map[int]bool{}
	}
	r.gone[node], r.changed = true, true
	r.net.Edges = slices.DeleteFunc(r.net.Edges, func(e snn.Edge) bool {
		return e.From == node || e.To == node
	})
}

// redirect redirects the edges into one node to another.
func (r *rewriting) redirect(from, to int) {
	for i := range r.net.Edges {
		if r.net.Edges[i].To == from {
			r.net.Edges[i].To = to
		}
	}
}

// compact leaves out what is gone.
func (r *rewriting) compact() *snn.Network {
	out := *r.net
	out.Nodes, out.Edges = nil, nil
	index := make([]int, len(r.net.Nodes))
	for i := range r.net.Nodes {
		index[i] = len(out.Nodes)
		if !r.gone[i] {
			out.Nodes = append(out.Nodes, r.net.Nodes[i])
		}
	}
	for _, e := range r.net.Edges {
		out.Edges = append(out.Edges, snn.Edge{From: index[e.From], To: index[e.To],
			Delayed: e.Delayed})
	}
	return &out
}

// source is the population that is the only, unchanged source of a node, through nodes that at most
// rename axes, or -1.
func (r *rewriting) source(node int) int {
	for {
		in := r.net.Incoming(node)
		if len(in) != 1 || in[0].Delayed {
			return -1
		}
		node = in[0].From
		switch r.net.Nodes[node].Op.(type) {
		case *snn.Neuron:
			return node
		case *snn.Reshape:
		default:
			return -1
		}
	}
}

// outputs leaves one Output node with neurons before it. If its source is anything but one
// population, these are neurons that hold the sum of one tick, or that forward delayed spikes.
func (r *rewriting) outputs() {
	all := r.net.Outputs()
	for _, output := range all {
		if r.source(output) < 0 {
			r.readout(output)
		}
	}
	if len(all) < 2 {
		return
	}
	r.warnings = append(r.warnings,
		fmt.Sprintf("the outputs are %s, and a chip is read at one: it is %s; --probe and "+
			"--probe-v record the layers before the others",
			r.names(all), r.net.Nodes[all[0]].Name))
	for _, output := range all[1:] {
		r.remove(output)
	}
}

// readout puts neurons before an output, under the name of its source.
func (r *rewriting) readout(output int) {
	name := r.net.Nodes[output].Name
	if in := r.net.Incoming(output); len(in) == 1 {
		name = r.net.Nodes[in[0].From].Name
	}
	if !(r.net.DT > 0) {
		r.net.DT = 1 // nothing else depends on the length of a tick
	}
	shape := r.net.Nodes[output].In
	op := &snn.Neuron{Model: snn.ModelLI, Tau: []float64{r.net.DT}, R: []float64{1},
		VLeak: []float64{0}}
	if r.net.Spiking(output) { // spikes that were delayed
		op = &snn.Neuron{Model: snn.ModelIF, R: []float64{1}, UnitStep: true,
			VThreshold: []float64{0.5}, VReset: []float64{0}}
	}
	node := r.add(name+".readout", op, shape, shape)
	r.redirect(output, node)
	r.net.Connect(node, output)
}

func (r *rewriting) names(nodes []int) string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = r.net.Nodes[n].Name
	}
	return strings.Join(names, ", ")
}

// inputs puts several inputs side by side, in the order of snn.Network.Inputs.
func (r *rewriting) inputs() {
	all := r.net.Inputs()
	if len(all) < 2 {
		return
	}
	total := 0
	for _, i := range all {
		total += r.net.Nodes[i].Out.Size()
	}
	shape, first := snn.Shape{total}, int32(0)
	joined := r.add("inputs", &snn.Input{}, shape, shape)
	for _, i := range all {
		node := &r.net.Nodes[i]
		from := make([]int32, node.Out.Size())
		for k := range from {
			from[k] = first + int32(k)
		}
		first += int32(len(from))
		node.Op, node.In = &snn.Gather{From: from}, shape
		r.net.Connect(joined, i)
	}
	r.warnings = append(r.warnings, fmt.Sprintf("the inputs %s are fed side by side, in this order",
		r.names(all)))
}

// thresholds joins neurons that output their potential with a Threshold that only they feed, to a
// neuron that spikes and does not reset.
func (r *rewriting) thresholds() {
	for i := range r.net.Nodes {
		op, ok := r.net.Nodes[i].Op.(*snn.Neuron)
		if !ok || op.Model != snn.ModelThreshold {
			continue
		}
		from := r.source(i)
		if from < 0 || r.net.Nodes[from].Op.(*snn.Neuron).Model.Spikes() {
			continue
		}
		r.join(from, i)
	}
}

func (r *rewriting) join(from, threshold int) {
	spiking := map[snn.Model]snn.Model{snn.ModelI: snn.ModelIF, snn.ModelLI: snn.ModelLIF,
		snn.ModelCubaLI: snn.ModelCubaLIF}
	op := *r.net.Nodes[from].Op.(*snn.Neuron)
	last := r.net.Nodes[threshold].Op.(*snn.Neuron)
	op.Model, op.Reset, op.VThreshold, op.AtLeast =
		spiking[op.Model], snn.ResetNone, last.VThreshold, last.AtLeast
	r.net.Nodes[threshold].Op, r.changed = &op, true
	r.net.Edges = slices.DeleteFunc(r.net.Edges, func(e snn.Edge) bool { return e.To == threshold })
	shape := r.net.Nodes[threshold].In
	for _, e := range r.net.Incoming(from) {
		reshape := r.add(r.net.Nodes[threshold].Name+".in", &snn.Reshape{}, r.net.Nodes[from].In,
			shape)
		r.net.Edges = append(r.net.Edges, snn.Edge{From: e.From, To: reshape, Delayed: e.Delayed},
			snn.Edge{From: reshape, To: threshold})
	}
	r.prune(from)
}

// prune removes a node without readers, and reshapes that then have none.
func (r *rewriting) prune(node int) {
	heard := func(n int) bool {
		return slices.ContainsFunc(r.net.Edges, func(e snn.Edge) bool {
			if e.From != n {
				return false
			}
			_, reshape := r.net.Nodes[e.To].Op.(*snn.Reshape)
			return !reshape || slices.ContainsFunc(r.net.Edges, func(f snn.Edge) bool {
				return f.From == e.To
			})
		})
	}
	if heard(node) {
		return
	}
	for _, e := range slices.Clone(r.net.Edges) {
		if e.From == node {
			r.remove(e.To)
		}
	}
	r.remove(node)
}
