package onnx

import (
	"fmt"
	"slices"

	"adder/snn"
)

func (c *call) difference() error {
	x, err := c.signal(0)
	if err != nil {
		return err
	}
	y, err := c.signal(1)
	if err != nil {
		return err
	}
	negative, err := c.append("_negative", &snn.Scale{Factor: []float64{-1}}, y.dims, y.batch, y)
	if err != nil {
		return err
	}
	return c.sum([]*value{x, negative})
}

func (c *call) addAll() error {
	var signals []*value
	for i := range max(len(c.node.inputs), 1) {
		v, err := c.signal(i)
		if err != nil {
			return err
		}
		signals = append(signals, v)
	}
	return c.sum(signals)
}

// sum adds signals of one shape: they meet in a node that has an edge from
// each. A signal that is added to itself is scaled instead, since a pair of
// nodes has one edge.
func (c *call) sum(signals []*value) error {
	signals, err := c.sameDims(signals)
	if err != nil {
		return err
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
			return c.give(0, distinct[0].alias())
		}
		return c.emit(&snn.Scale{Factor: times}, distinct[0])
	}
	nonNegative := true
	for i, v := range distinct {
		nonNegative = nonNegative && v.nonNegative
		if times[i] == 1 {
			continue
		}
		if distinct[i], err = c.append("_times", &snn.Scale{Factor: []float64{times[i]}}, v.dims, v.batch, v); err != nil {
			return err
		}
	}
	out, err := c.append("", &snn.Reshape{}, distinct[0].dims, distinct[0].batch, distinct...)
	if err != nil {
		return err
	}
	out.nonNegative = nonNegative
	return c.give(0, out)
}

// sameDims gives signals the same rank and checks that none would be
// repeated by broadcasting.
func (c *call) sameDims(signals []*value) ([]*value, error) {
	rank, batch := 0, -1
	for _, v := range signals {
		rank = max(rank, len(v.dims))
	}
	out := make([]*value, len(signals))
	for i, v := range signals {
		g, err := c.grown(v, rank)
		if err != nil {
			return nil, err
		}
		if batch < 0 {
			batch = g.batch
		}
		out[i] = g
		if !slices.Equal(g.dims, out[0].dims) {
			return nil, fmt.Errorf("it adds signals of different extents, %v and %v; Adder adds branches of the same shape", out[0].dims, g.dims)
		}
	}
	for i, v := range out {
		var err error
		if out[i], err = c.rename("_batch", v, v.dims, batch); err != nil {
			return nil, err
		}
	}
	return out, nil
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
