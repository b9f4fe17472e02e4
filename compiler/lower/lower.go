// Package lower turns a spiking network into its flat form: chains of linear operations
// become projections, and Retime gives each layer its depth and each projection its delay.
//
//	lower.go   the walk along linear chains between populations
//	gather.go  moves of elements, composed
//	push.go    sparse operations, composed entry by entry
//	retime.go  depths and delays
package lower

import (
	"fmt"
	"slices"
	"strings"

	"adder/compiler/flat"
	"adder/internal/parallel"
	"adder/snn"
)

// Network folds every chain of linear operations between two stateful nodes into one projection,
// and the constants of the chain into a bias per neuron. Signals that reach a population on several
// paths of equal delay are summed.
func Network(net *snn.Network) (*flat.Network, error) {
	inputs, outputs := net.Inputs(), net.Outputs()
	if len(inputs) != 1 {
		return nil, fmt.Errorf(
			"lower %s: the network has %d inputs (%s); a chip is fed through one", net.Name,
			len(inputs), nodeNames(net, inputs))
	}
	if len(outputs) != 1 {
		return nil, fmt.Errorf("lower %s: the network has %d outputs (%s); a chip is read at "+
			"one: leave the one that gives the class and probe the other layers", net.Name,
			len(outputs), nodeNames(net, outputs))
	}
	l := &lowering{net: net, input: inputs[0], index: map[int]int{},
		transposed: map[int]snn.Matrix{}}
	out := &flat.Network{Name: net.Name, InputName: net.Nodes[l.input].Name,
		InputShape: net.Nodes[l.input].Out, DT: net.DT}
	biases, err := l.biases()
	if err != nil {
		return nil, fmt.Errorf("lower %s: %w", net.Name, err)
	}
	for i := range net.Nodes {
		node := &net.Nodes[i]
		if neuron, ok := node.Op.(*snn.Neuron); ok {
			l.index[i] = len(out.Populations)
			out.Populations = append(out.Populations,
				flat.Population{Name: node.Name, Shape: node.Out, Neuron: neuron, Bias: biases[i]})
		}
	}
	for i := range net.Nodes {
		if _, ok := l.index[i]; !ok {
			continue
		}
		found, err := l.into(i)
		if err != nil {
			return nil, fmt.Errorf("lower %s: %w", net.Name, err)
		}
		out.Projections = append(out.Projections, found...)
	}
	if out.Output, err = l.output(outputs[0]); err != nil {
		return nil, fmt.Errorf("lower %s: %w", net.Name, err)
	}
	return out, nil
}

func nodeNames(net *snn.Network, nodes []int) string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = net.Nodes[n].Name
	}
	return strings.Join(names, ", ")
}

type lowering struct {
	net        *snn.Network
	input      int
	index      map[int]int // node -> population
	transposed map[int]snn.Matrix
}

// path is a chain of linear nodes from a source to a population.
type path struct {
	source    int   // node
	chain     []int // nodes, source side first
	wait, lag int
	// delays are the names of the Delay nodes on the way.
	delays []string
	// masks are set where a Delay differs from element to element.
	masks []mask
}

// mask keeps, at a place of the chain, the elements that a delay of one
// length applies to.
type mask struct {
	before int // number of nodes of the chain between mask and target
	keep   []float64
}

// output finds the population that feeds the output node.
func (l *lowering) output(node int) (int, error) {
	for {
		in := l.net.Incoming(node)
		if len(in) != 1 {
			return 0, fmt.Errorf("output %s has %d sources; a chip reads one population",
				l.net.Nodes[node].Name, len(in))
		}
		node = in[0].From
		if p, ok := l.index[node]; ok {
			return p, nil
		}
		if l.net.Nodes[node].Op.Kind() != "reshape" {
			return 0, fmt.Errorf("node %s (%s) feeds the output; only neurons can be read: end "+
				"the network with a layer of neurons, LI or I for graded values",
				l.net.Nodes[node].Name, l.net.Nodes[node].Op.Kind())
		}
	}
}

// biases gives what reaches each node when nothing spikes.
func (l *lowering) biases() (map[int][]float64, error) {
	order, err := l.net.Order()
	if err != nil {
		return nil, err
	}
	signal := make([][]float64, len(l.net.Nodes)) // nil is zero
	out := map[int][]float64{}
	for _, i := range order {
		node := &l.net.Nodes[i]
		sum := l.constantInput(i, signal)
		switch {
		case node.Op.Kind() == "neuron":
			if sum != nil {
				out[i] = sum
			}
		case snn.IsLinear(node.Op):
			signal[i], err = constantOutput(node, sum)
			if err != nil {
				return nil, err
			}
		case node.Op.Kind() == "delay" && sum != nil:
			return nil, fmt.Errorf("node %s delays a signal with a bias, which a core adds from "+
				"the first tick on: put the bias after the delay", node.Name)
		}
	}
	return out, nil
}

func (l *lowering) constantInput(i int, signal [][]float64) []float64 {
	var sum []float64
	for _, e := range l.net.Incoming(i) {
		s := signal[e.From]
		if s == nil {
			continue
		}
		if sum == nil {
			sum = make([]float64, len(s))
		}
		for k, v := range s {
			sum[k] += v
		}
	}
	return sum
}

// constantOutput is nil where everything is zero.
func constantOutput(node *snn.Node, in []float64) ([]float64, error) {
	if in == nil && snn.Biases(node) == nil {
		return nil, nil
	}
	if in == nil {
		in = make([]float64, node.In.Size())
	}
	linear, err := snn.NewLinear(node)
	if err != nil {
		return nil, err
	}
	out := make([]float64, node.Out.Size())
	linear.Forward(in, out)
	if !slices.ContainsFunc(out, func(v float64) bool { return v != 0 }) {
		return nil, nil
	}
	return out, nil
}

// into lists the projections into node target, by source and delay.
func (l *lowering) into(target int) ([]flat.Projection, error) {
	var paths []path
	if err := l.walk(target, path{}, &paths); err != nil {
		return nil, err
	}
	var out []flat.Projection
	for _, p := range paths {
		weights, err := l.compose(p, target)
		if err != nil {
			return nil, err
		}
		if weights.Matrix == nil && len(weights.Value) == 0 {
			continue // the chain lets nothing through
		}
		source := flat.FromInput
		if p.source != l.input {
			source = l.index[p.source]
		}
		same := slices.IndexFunc(out, func(q flat.Projection) bool {
			return q.Source == source && q.Wait == p.wait && q.Lag == p.lag
		})
		if same >= 0 {
			out[same].Weights = flat.Sum(out[same].Weights, weights)
			out[same].Delays = slices.Compact(
				slices.Sorted(slices.Values(append(out[same].Delays, p.delays...))))
			continue
		}
		out = append(out, flat.Projection{Source: source, Target: l.index[target], Wait: p.wait,
			Lag: p.lag, Delays: p.delays, Weights: weights})
	}
	return out, nil
}

// walk follows the edges into node backwards to every stateful source.
func (l *lowering) walk(node int, p path, found *[]path) error {
	for _, e := range l.net.Incoming(node) {
		q := p
		if e.Delayed {
			q.lag++
		}
		from := &l.net.Nodes[e.From]
		_, stateful := l.index[e.From]
		switch {
		case stateful && !from.Op.(*snn.Neuron).Model.Spikes():
			return fmt.Errorf("node %s hears the potential of %s, and only spikes travel on a "+
				"chip: neurons without a threshold can stand at the output alone",
				l.net.Nodes[node].Name, from.Name)
		case stateful || e.From == l.input:
			q.source = e.From
			q.chain = slices.Clone(q.chain)
			slices.Reverse(q.chain)
			*found = append(*found, q)
		case snn.IsLinear(from.Op):
			q.chain = append(slices.Clip(q.chain), e.From)
			if err := l.walk(e.From, q, found); err != nil {
				return err
			}
		case from.Op.Kind() == "delay":
			if err := l.walkDelay(e.From, q, found); err != nil {
				return err
			}
		default:
			return fmt.Errorf("node %s (%s) cannot run on spikes: convert the network first",
				from.Name, from.Op.Kind())
		}
	}
	return nil
}

// walkDelay splits a delay into one path per length.
func (l *lowering) walkDelay(node int, p path, found *[]path) error {
	ticks := l.net.Nodes[node].Op.(*snn.Delay).Ticks
	lengths := slices.Compact(slices.Sorted(slices.Values(ticks)))
	for _, length := range lengths {
		q := p
		q.wait += length
		if length > 0 {
			q.delays = append(slices.Clip(q.delays), l.net.Nodes[node].Name)
		}
		if len(lengths) > 1 {
			keep := make([]float64, len(ticks))
			for i, t := range ticks {
				if t == length {
					keep[i] = 1
				}
			}
			q.masks = append(slices.Clip(q.masks), mask{before: len(q.chain), keep: keep})
		}
		if err := l.walk(node, q, found); err != nil {
			return err
		}
	}
	return nil
}

// compose multiplies the nodes of a path out.
func (l *lowering) compose(p path, target int) (flat.Weights, error) {
	if w, ok := l.composeDense(p); ok {
		return w, nil
	}
	sources := l.net.Nodes[p.source].Out.Size()
	targets := l.net.Nodes[target].In.Size()
	parts := make([]*flat.ListBuilder, composeParts)
	pushers := make([]*pusher, min(parallel.Workers(), composeParts))
	for w := range pushers {
		pushers[w] = newPusher(l, p)
	}
	parallel.Each(composeParts, func(worker, i int) {
		first, last := parallel.Span(sources, composeParts, i)
		parts[i] = flat.NewListBuilder(last-first, targets)
		pushers[worker].pushAll(first, last, parts[i])
	})
	return flat.Join(sources, targets, parts), nil
}

// composeParts is the number of runs of sources that are composed side by side.
const composeParts = 32

// pushAll lists the targets of sources first to last-1.
func (u *pusher) pushAll(first, last int, b *flat.ListBuilder) {
	for s := first; s < last; s++ {
		for _, e := range u.push(s) {
			if e.value != 0 {
				b.Add(e.index, e.value)
			}
		}
		b.EndSource()
	}
}

// composeDense keeps the matrix of a chain that is one plain Dense with
// scales, reshapes and gathers around it, so that a large layer is not held
// twice.
func (l *lowering) composeDense(p path) (flat.Weights, bool) {
	if len(p.masks) > 0 {
		return flat.Weights{}, false
	}
	var w flat.Weights
	var inputs, outputs []int32
	for _, i := range p.chain {
		node := &l.net.Nodes[i]
		switch op := node.Op.(type) {
		case *snn.Reshape:
		case *snn.Gather:
			if w.Matrix == nil {
				inputs, w.Column = moved(inputs, op.From), movedFactor(w.Column, op.From)
			} else {
				outputs, w.Row = moved(outputs, op.From), movedFactor(w.Row, op.From)
			}
		case *snn.Scale:
			if w.Matrix == nil {
				w.Column = times(w.Column, scaleByElement(op, node))
			} else {
				w.Row = times(w.Row, scaleByElement(op, node))
			}
		case *snn.Dense:
			_, cols := op.W.Dims()
			if w.Matrix != nil || cols != node.In.Size() {
				return flat.Weights{}, false
			}
			w.Matrix = op.W
		default:
			return flat.Weights{}, false
		}
	}
	if w.Matrix == nil {
		return w, false
	}
	if inputs != nil {
		w.Matrix = &gatheredColumns{of: w.Matrix, from: inputs, factor: w.Column,
			sources: l.net.Nodes[p.source].Out.Size()}
		w.Column = nil
	}
	if outputs != nil {
		w.Matrix = &gatheredRows{of: w.Matrix, from: outputs}
	}
	w.Targets, w.Sources = w.Matrix.Dims()
	return w, true
}

// scaleByElement is a scale's factor per element, or its one factor.
func scaleByElement(op *snn.Scale, node *snn.Node) []float64 {
	if len(op.Factor) == 1 {
		return op.Factor
	}
	out := make([]float64, node.In.Size())
	for i := range out {
		snn.Fanout(node, i, func(_ int, v float64) { out[i] = v })
	}
	return out
}

// times multiplies two parameters element by element; nil is 1.
func times(a, b []float64) []float64 {
	if a == nil {
		return b
	}
	out := make([]float64, max(len(a), len(b)))
	for i := range out {
		out[i] = snn.At(a, i, 1) * snn.At(b, i, 1)
	}
	return out
}
