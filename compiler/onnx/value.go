package onnx

import (
	"fmt"
	"slices"

	"adder/snn"
)

// value is the value of a name of the graph: a constant, or a signal that depends on the sample.
type value struct {
	// constant is nil for a signal.
	constant *tensor

	// node is the node of the network that gives the signal.
	node int
	// dims are the signal's extents as ONNX has them, the batch as 1.
	dims []int
	// batch is the position of the batch axis in dims, -1 without one.
	batch int
	// margin is zero padding that dims count but node does not yet give:
	// a Pad on the way to the window that can take it in.
	margin margin
	// padName names the Pad that made the margin.
	padName string
	// view is set where the axes wait to be moved: node, margin and padName
	// are then those of view.of.
	view *view
	// fresh says that the name is node's own, not another name for it.
	fresh bool
	// nonNegative says that no element can be below 0.
	nonNegative bool
	// pooled says that the signal is that of a pool, moved or not: a Relu after it may be meant to
	// have its own neurons.
	pooled bool
	// grid is set where the elements are integers that a QuantizeLinear gives.
	grid *snn.Quantise
	// integer says that the elements are of an integer type, in which sums
	// wrap and quotients are cut.
	integer bool
	// ended names the Softmax, Sigmoid or the like that was dropped after the
	// signal: only the output may follow.
	ended string
}

// margin is zero padding around H x W.
type margin struct{ top, left, bottom, right int }

func (m margin) empty() bool { return m == margin{} }

// shape is the signal's shape without the batch.
func (v *value) shape() snn.Shape {
	out := make(snn.Shape, 0, len(v.dims))
	for i, d := range v.dims {
		if i != v.batch {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		return snn.Shape{1}
	}
	return out
}

// bare is the signal as its node gives it, without the margin.
func (v *value) bare() *value {
	u := v.alias()
	u.margin, u.padName = margin{}, ""
	u.dims = slices.Clone(v.dims)
	last := len(u.dims) - 1
	if !v.margin.empty() {
		u.dims[last] -= v.margin.left + v.margin.right
	}
	if v.margin.top != 0 || v.margin.bottom != 0 {
		u.dims[last-1] -= v.margin.top + v.margin.bottom
	}
	return u
}

// alias is the same signal under another name.
func (v *value) alias() *value {
	u := *v
	u.fresh = false
	return &u
}

// asFloat is the same signal as real numbers.
func (v *value) asFloat() *value {
	u := v.alias()
	u.integer = false
	return u
}

// budget bounds what a model can expand to: constants that nodes compute
// and parameters that nodes copy. It grows with what the file holds, so
// honest models never meet it.
type budget struct{ elements int }

// The elements that any model may expand to, and how many more for each
// that it holds.
const (
	budgetBase   = 1 << 24
	budgetFactor = 8
)

func (b *budget) earn(elements int) { b.elements += budgetFactor * elements }

func (b *budget) spend(elements int) error {
	if elements > b.elements {
		return fmt.Errorf("the model's constants expand to far more than the file holds; export " +
			"it with constants folded")
	}
	b.elements -= elements
	return nil
}

// maxSignal is the largest signal in elements, far above the layers that
// neuromorphic systems hold; it keeps products of extents away from the
// limits of int.
const maxSignal = 1 << 24

// checkSignal bounds the extents of a signal.
func checkSignal(dims []int) error {
	if len(dims) > maxRank {
		return fmt.Errorf("the signal has %d axes, more than the %d that Adder reads", len(dims),
			maxRank)
	}
	if slices.Contains(dims, 0) {
		return fmt.Errorf("the signal has no elements (%v)", dims)
	}
	if n, ok := product(dims); !ok || n > maxSignal {
		return fmt.Errorf("the signal %v has more than %d elements, the most that Adder reads",
			dims, maxSignal)
	}
	return nil
}
