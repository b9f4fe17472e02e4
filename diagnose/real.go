package diagnose

import (
	"context"
	"math"
	"slices"

	"adder/quantised"
	"adder/snn"
)

// realForm evaluates real numbers.
type realForm struct {
	c      *Case
	net    *snn.Network
	analog *snn.Analog
	nodes  map[string]int
}

func newReal(c *Case, net *snn.Network) (*realForm, error) {
	analog, err := snn.NewAnalog(net)
	if err != nil {
		return nil, err
	}
	f := &realForm{c: c, net: net, analog: analog, nodes: map[string]int{}}
	for i := range net.Nodes {
		switch net.Nodes[i].Op.(type) {
		case *snn.Relu, *snn.Quantise:
			f.nodes[net.Nodes[i].Name] = i
		}
	}
	return f, nil
}

func (f *realForm) run(_ context.Context, i int) (*step, error) {
	x, err := f.c.Analog(i)
	if err != nil {
		return nil, err
	}
	y, err := f.analog.Run(x)
	if err != nil {
		return nil, err
	}
	s := &step{class: classOf(y), values: map[string][]float64{}}
	for name, node := range f.nodes {
		s.values[name] = f.c.windowed(name, f.analog.Activation(node))
	}
	return s, nil
}

// windowed is the output of a layer of a code: the largest of each of its windows.
func (c *Case) windowed(layer string, values []float64) []float64 {
	q := c.Compiled.Quantised
	if q == nil {
		return slices.Clone(values)
	}
	p := slices.IndexFunc(q.Populations, func(p quantised.Population) bool {
		return p.Name == layer
	})
	if p < 0 || q.Populations[p].Windows == nil || q.Populations[p].Neurons != len(values) {
		return slices.Clone(values)
	}
	w := q.Populations[p].Windows
	out := make([]float64, q.Populations[p].Size())
	for o := range out {
		out[o] = math.Inf(-1)
		for _, m := range w.Member[w.Start[o]:w.Start[o+1]] {
			out[o] = max(out[o], values[m])
		}
	}
	return out
}

// cutAtRanges is the prepared network with every activation cut where its range ends. One
// with ranges by channel is cut at the largest.
func cutAtRanges(c *Case) *snn.Network {
	ranges := map[string]float64{}
	if l := c.Compiled.Report.Levels; l != nil {
		for i := range l.Layers {
			ranges[l.Layers[i].Name] = l.Layers[i].Range
		}
	}
	for i := range c.Compiled.Report.Conversion {
		ranges[c.Compiled.Report.Conversion[i].Layer] = c.Compiled.Report.Conversion[i].Lambda
	}
	net := *c.Compiled.Prepared
	net.Nodes = slices.Clone(net.Nodes)
	for i := range net.Nodes {
		op, ok := net.Nodes[i].Op.(*snn.Relu)
		if r := ranges[net.Nodes[i].Name]; ok && r > 0 && (op.Ceil == 0 || r < op.Ceil) {
			net.Nodes[i].Op = &snn.Relu{Ceil: r}
		}
	}
	return &net
}
