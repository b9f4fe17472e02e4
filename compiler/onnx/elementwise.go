package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"adder/snn"
)

// relu drops a Relu where nothing can be below 0.
func relu(c *call) error {
	v, err := c.signal(0)
	if err != nil {
		return err
	}
	if v.nonNegative {
		return c.give(0, v.alias())
	}
	return c.rectify(v, 0)
}

// rectify adds min(max(x, 0), ceil).
func (c *call) rectify(v *value, ceil float64) error {
	out, err := c.append("", &snn.Relu{Ceil: ceil}, v.dims, v.batch, v)
	if err != nil {
		return err
	}
	out.nonNegative = true
	return c.give(0, out)
}

// clip is a Relu with a ceiling. A Clip that follows a Relu lowers the
// Relu's ceiling.
func clip(c *call) error {
	v, err := c.signal(0)
	if err != nil {
		return err
	}
	low, high, err := c.clipBounds()
	if err != nil {
		return err
	}
	if math.IsNaN(low) || math.IsNaN(high) || low > 0 || high <= 0 || low < 0 && !v.nonNegative {
		return fmt.Errorf("it clips to [%g, %g]; Adder reads a Clip from 0 to a positive value, since a firing rate cannot be negative", low, high)
	}
	ceil := high
	if high >= math.MaxFloat32 {
		ceil = 0
	}
	if !v.nonNegative {
		return c.rectify(v, ceil)
	}
	if ceil == 0 {
		return c.give(0, v.alias())
	}
	if r, ok := c.b.net.Nodes[v.node].Op.(*snn.Relu); ok && c.exclusive(0, v) {
		if r.Ceil == 0 || ceil < r.Ceil {
			r.Ceil = ceil
		}
		return c.give(0, v.alias())
	}
	return c.rectify(v, ceil)
}

// clipBounds are attributes before operator set 11 and inputs since.
func (c *call) clipBounds() (low, high float64, err error) {
	if low, err = c.floatAttribute("min", math.Inf(-1)); err != nil {
		return 0, 0, err
	}
	if high, err = c.floatAttribute("max", math.Inf(1)); err != nil {
		return 0, 0, err
	}
	if c.b.opset < 11 {
		return low, high, nil
	}
	if low, err = c.scalar(1, low); err != nil {
		return 0, 0, err
	}
	high, err = c.scalar(2, high)
	return low, high, err
}

// scalar gives input i, a constant of one element, or def where it is left
// out.
func (c *call) scalar(i int, def float64) (float64, error) {
	t, err := c.constant(i)
	if err != nil || t == nil {
		return def, err
	}
	if t.size() != 1 {
		return 0, fmt.Errorf("input %d has %d elements, not 1; export the model again", i, t.size())
	}
	return t.at(0), nil
}

// batchNormalization is, in inference, a scale and a shift per channel.
func batchNormalization(c *call) error {
	v, err := c.signal(0)
	if err != nil {
		return err
	}
	if err := c.checkInference(); err != nil {
		return err
	}
	if len(v.dims) < 2 {
		return fmt.Errorf("its input %v has no channel axis; export the model again", v.dims)
	}
	epsilon, err := c.floatAttribute("epsilon", 1e-5)
	if err != nil {
		return err
	}
	var parameters [4]*tensor // scale, bias, mean, variance
	for i := range parameters {
		if parameters[i], err = c.weights(i + 1); err != nil {
			return err
		}
		if n := parameters[i].size(); n != v.dims[1] {
			return fmt.Errorf("input %d has %d elements for %d channels; export the model again", i+1, n, v.dims[1])
		}
	}
	factor, shift, err := normalisation(parameters, epsilon)
	if err != nil {
		return err
	}
	return c.scalePerChannel(v, factor, shift)
}

func (c *call) checkInference() error {
	training, err := c.intAttribute("training_mode", 0)
	if err != nil {
		return err
	}
	spatial, err := c.intAttribute("spatial", 1)
	if err != nil {
		return err
	}
	if training != 0 {
		return errors.New("it is in training mode; export the model in evaluation mode (model.eval())")
	}
	if spatial == 0 {
		return errors.New("it has statistics per element (spatial = 0); export the model with operator set 9 or later")
	}
	return nil
}

// normalisation gives scale/sqrt(variance+epsilon) and what is left as the
// shift.
func normalisation(p [4]*tensor, epsilon float64) (factor, shift []float64, err error) {
	n := p[0].size()
	factor, shift = make([]float64, n), make([]float64, n)
	for i := range n {
		variance := p[3].at(i) + epsilon
		if !(variance > 0) || math.IsInf(variance, 0) {
			return nil, nil, fmt.Errorf("the variance of channel %d is %g; export the model again", i, p[3].at(i))
		}
		factor[i] = p[0].at(i) / math.Sqrt(variance)
		shift[i] = p[1].at(i) - float64(p[2].at(i)*factor[i])
	}
	return factor, shift, nil
}

// scalePerChannel scales along axis 1. Where another axis than the batch
// stands before it, the parameters are spread over the elements.
func (c *call) scalePerChannel(v *value, factor, shift []float64) error {
	dims := make([]int, len(v.dims)-1)
	for i := range dims {
		dims[i] = 1
	}
	dims[0] = len(factor)
	spread := func(values []float64) ([]float64, error) {
		return c.spread(&tensor{kind: kindFloat64, dims: dims, f64: values}, v)
	}
	f, err := spread(factor)
	if err != nil {
		return err
	}
	s, err := spread(shift)
	if err != nil {
		return err
	}
	return c.emit(&snn.Scale{Factor: f, Shift: s}, v)
}

// neg is y = -x.
func neg(c *call) error {
	v, err := c.signal(0)
	if err != nil {
		return err
	}
	return c.emit(&snn.Scale{Factor: []float64{-1}}, v)
}

// operands gives the signal and the constant of an operator on both, and
// at which input the signal is. Both results are nil where two signals meet.
func (c *call) operands() (*value, *tensor, int, error) {
	for at := range 2 {
		v, err := c.need(1 - at)
		if err != nil {
			return nil, nil, 0, err
		}
		if v.constant == nil {
			continue
		}
		if err := c.checkFinite(1-at, v.constant); err != nil {
			return nil, nil, 0, err
		}
		x, err := c.signal(at)
		if err != nil {
			return nil, nil, 0, err
		}
		x, err = c.grown(x, len(v.constant.dims))
		return x, v.constant, at, err
	}
	return nil, nil, 0, nil
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

// mul is a product with a constant.
func mul(c *call) error {
	x, t, _, err := c.operands()
	if err != nil {
		return err
	}
	if t == nil {
		return errors.New("it multiplies two signals, which adders cannot; Adder reads products with constants")
	}
	factor, err := c.spread(t, x)
	if err != nil {
		return err
	}
	return c.emit(&snn.Scale{Factor: factor}, x)
}

// div is a quotient by a constant.
func div(c *call) error {
	x, t, at, err := c.operands()
	if err != nil {
		return err
	}
	if t == nil || at != 0 {
		return errors.New("it divides by a signal, which adders cannot; Adder reads quotients by constants")
	}
	factor, err := c.spread(t, x)
	if err != nil {
		return err
	}
	for i, d := range factor {
		factor[i] = 1 / d
		if d == 0 || math.IsInf(factor[i], 0) {
			return fmt.Errorf("it divides by %g (element %d); export the model again", d, i)
		}
	}
	return c.emit(&snn.Scale{Factor: factor}, x)
}

// sub is a difference with a constant on either side, or of two signals.
func sub(c *call) error {
	x, t, at, err := c.operands()
	if err != nil {
		return err
	}
	if t == nil {
		return c.difference()
	}
	if at == 0 {
		return c.shift(x, t, 0, -1)
	}
	shift, err := c.spread(t, x)
	if err != nil {
		return err
	}
	return c.emit(&snn.Scale{Factor: []float64{-1}, Shift: shift}, x)
}

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

// add is a sum with a constant, or of branches. Sum may have any number of
// inputs.
func add(c *call) error {
	if len(c.node.inputs) != 2 {
		return c.addAll()
	}
	x, t, at, err := c.operands()
	if err != nil {
		return err
	}
	if t == nil {
		return c.addAll()
	}
	return c.shift(x, t, at, 1)
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

// shift adds sign times a constant: to the bias of the layer that gives
// the signal where only this node reads it, else by a Scale.
func (c *call) shift(x *value, t *tensor, at int, sign float64) error {
	if c.exclusive(at, x) {
		done, err := c.foldIntoBias(x, t, sign)
		if done || err != nil {
			return err
		}
	}
	shift, err := c.spread(t, x)
	if err != nil {
		return err
	}
	for i := range shift {
		shift[i] *= sign
	}
	return c.emit(&snn.Scale{Factor: []float64{1}, Shift: shift}, x)
}

// foldIntoBias adds sign t to the bias of a Dense or Conv if t has one
// value per output or one for all.
func (c *call) foldIntoBias(x *value, t *tensor, sign float64) (bool, error) {
	var bias *[]float64
	axis := len(x.dims) - 1
	switch op := c.b.net.Nodes[x.node].Op.(type) {
	case *snn.Dense:
		bias = &op.Bias
	case *snn.Conv:
		bias, axis = &op.Bias, 1
	default:
		return false, nil
	}
	own, err := alignTo(t.dims, x.dims)
	if err != nil {
		return false, err
	}
	for i, d := range own {
		if i != axis && d != 1 {
			return false, nil
		}
	}
	n := x.dims[axis]
	if *bias == nil {
		if err := c.b.budget.spend(n); err != nil {
			return false, err
		}
		*bias = make([]float64, n)
	}
	for i := range *bias {
		j := 0
		if own[axis] != 1 {
			j = i
		}
		(*bias)[i] += sign * t.at(j)
	}
	if err := finite(*bias); err != nil {
		return false, err
	}
	// The sum is still the layer's own signal: a second Add may follow.
	return true, c.give(0, &value{node: x.node, dims: x.dims, batch: x.batch, fresh: true})
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

// alignTo gives extents the rank of a signal by leading ones, and checks
// that a constant of these extents repeats over the signal, not the
// reverse.
func alignTo(dims, signal []int) ([]int, error) {
	extra := len(dims) - len(signal)
	own := dims
	if extra > 0 {
		own = dims[extra:]
		if slices.ContainsFunc(dims[:extra], func(d int) bool { return d != 1 }) {
			return nil, fmt.Errorf("the constant %v does not fit the signal %v; export the model again", dims, signal)
		}
	} else if extra < 0 {
		own = append(slices.Repeat([]int{1}, -extra), dims...)
	}
	for i, d := range own {
		if d != 1 && d != signal[i] {
			return nil, fmt.Errorf("the constant %v does not fit the signal %v; export the model again", dims, signal)
		}
	}
	return own, nil
}

// spread gives a constant in the form that snn.Scale has: one value, one
// per channel, or one per element of v. The result is the caller's.
func (c *call) spread(t *tensor, v *value) ([]float64, error) {
	own, err := alignTo(t.dims, v.dims)
	if err != nil {
		return nil, err
	}
	if err := c.b.budget.spend(t.size()); err != nil {
		return nil, err
	}
	channel := 0
	if v.batch == 0 {
		channel = 1
	}
	perChannel := true
	for i, d := range own {
		perChannel = perChannel && (d == 1 || i == channel)
	}
	if perChannel {
		return t.floats(), nil
	}
	size := v.shape().Size()
	if err := c.b.budget.spend(size); err != nil {
		return nil, err
	}
	from := walk(v.dims, broadcastSteps(own, v.dims), 0)
	out := make([]float64, size)
	for i := range out {
		out[i] = t.at(from(i))
	}
	return out, nil
}
