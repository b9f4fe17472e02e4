package onnx

import (
	"fmt"
	"slices"

	"adder/snn"
)

// difference is x - y.
func (c *call) difference() error {
	signals, err := c.operandSignals([]int{0, 1})
	if err != nil {
		return err
	}
	x, y := signals[0], signals[1]
	negative, err := c.append("_negative", &snn.Scale{Factor: []float64{-1}}, y.dims, y.batch, y)
	if err != nil {
		return err
	}
	out, err := c.sum([]*value{x, negative})
	if err != nil {
		return err
	}
	return c.give(0, out)
}

// addAll is Sum or Mean of any number of signals and constants.
func (c *call) addAll() error {
	var at []int
	var constant *tensor
	n := max(len(c.node.inputs), 1)
	for i := range n {
		v, err := c.need(i)
		if err != nil {
			return err
		}
		if v.constant == nil {
			at = append(at, i)
			continue
		}
		if err := c.checkFinite(i, v.constant); err != nil {
			return err
		}
		if constant, err = c.foldPair("Add", constant, v.constant); err != nil {
			return err
		}
	}
	if len(at) == 1 && constant != nil {
		x, t, err := c.meeting(at[0], constant)
		if err != nil {
			return err
		}
		return c.shifted(x, t, n)
	}
	signals, err := c.operandSignals(at)
	if err != nil {
		return err
	}
	out, err := c.sum(signals)
	if err != nil {
		return err
	}
	if constant != nil {
		if constant, err = c.turned(constant, out.dims); err != nil {
			return err
		}
	}
	return c.shifted(out, constant, n)
}

// shifted gives x plus a constant, which may be nil, divided by n where the
// node is a Mean.
func (c *call) shifted(x *value, t *tensor, n int) error {
	factor := 1.0
	if c.node.op == "Mean" {
		factor = 1 / float64(n)
	}
	if t == nil {
		if factor == 1 {
			return c.give(0, x)
		}
		out, err := c.append("_mean", &snn.Scale{Factor: []float64{factor}}, x.dims, x.batch, x)
		if err != nil {
			return err
		}
		out.nonNegative = x.nonNegative
		return c.give(0, out)
	}
	shift, err := c.spread(t, x)
	if err != nil {
		return err
	}
	for i := range shift {
		shift[i] *= factor
	}
	out, err := c.append("_shift", &snn.Scale{Factor: []float64{factor}, Shift: shift}, x.dims,
		x.batch, x)
	if err != nil {
		return err
	}
	return c.give(0, out)
}

// operandSignals gives inputs that are signals, all in one order of axes.
func (c *call) operandSignals(at []int) ([]*value, error) {
	raw := make([]*value, len(at))
	for k, i := range at {
		var err error
		if raw[k], err = c.raw(i); err != nil {
			return nil, err
		}
	}
	return c.looseAll(raw)
}

// sum adds signals: they meet in a node that has an edge from each. A
// signal that is added to itself is scaled instead, since a pair of nodes
// has one edge.
func (c *call) sum(signals []*value) (*value, error) {
	signals, err := c.sameDims(signals)
	if err != nil {
		return nil, err
	}
	var distinct []*value
	var times []float64
	for _, v := range signals {
		i := slices.IndexFunc(distinct, func(u *value) bool { return u.node == v.node })
		if i < 0 {
			distinct, times = append(distinct, v), append(times, 1)
			continue
		}
		times[i]++
	}
	if len(distinct) == 1 {
		if times[0] == 1 {
			return distinct[0].alias(), nil
		}
		return c.append("", &snn.Scale{Factor: times}, distinct[0].dims, distinct[0].batch,
			distinct[0])
	}
	for i, v := range distinct {
		if times[i] == 1 {
			continue
		}
		if distinct[i], err = c.append("_times", &snn.Scale{Factor: []float64{times[i]}}, v.dims,
			v.batch, v); err != nil {
			return nil, err
		}
		distinct[i].nonNegative = v.nonNegative
	}
	return c.meet(distinct)
}

// meet adds a node that has an edge from each of several signals of one
// shape.
func (c *call) meet(signals []*value) (*value, error) {
	out, err := c.append("", &snn.Reshape{}, signals[0].dims, signals[0].batch, signals...)
	if err != nil {
		return nil, err
	}
	out.nonNegative = !slices.ContainsFunc(signals, func(v *value) bool { return !v.nonNegative })
	return out, nil
}

// sameDims gives signals the same extents, repeating those that
// broadcasting repeats.
func (c *call) sameDims(signals []*value) ([]*value, error) {
	rank, batch := 0, -1
	for _, v := range signals {
		rank = max(rank, len(v.dims))
	}
	out := make([]*value, len(signals))
	var dims []int
	for i, v := range signals {
		g, err := c.grown(v, rank)
		if err != nil {
			return nil, err
		}
		if batch < 0 {
			batch = g.batch
		}
		out[i] = g
		if dims == nil {
			dims = g.dims
		}
		both, ok := broadcast(dims, g.dims)
		if !ok {
			return nil, fmt.Errorf("it adds signals of different extents, %v and %v; Adder adds "+
				"branches of the same shape", dims, g.dims)
		}
		dims = both
	}
	for i, v := range out {
		var err error
		if out[i], err = c.repeated("_repeated", v, dims, batch); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// repeated is v with axes of 1 repeated to extents dims.
func (c *call) repeated(suffix string, v *value, dims []int, batch int) (*value, error) {
	if slices.Equal(v.dims, dims) {
		return c.rename("_batch", v, dims, batch)
	}
	if batch >= 0 && dims[batch] != 1 {
		return nil, fmt.Errorf("it repeats the signal %v to %v, along the batch; export the "+
			"model again", v.dims, dims)
	}
	return c.take(suffix, v, dims, batch, walk(dims, broadcastSteps(v.dims, dims), 0))
}

// grown gives v leading axes of 1 up to a rank, as broadcasting does.
func (c *call) grown(v *value, rank int) (*value, error) {
	missing := rank - len(v.dims)
	if missing <= 0 {
		return v, nil
	}
	dims := append(slices.Repeat([]int{1}, missing), v.dims...)
	batch := v.batch + missing
	if v.batch < 0 {
		batch = 0
	}
	return c.rename("_grown", v, dims, batch)
}
