package quantised

// Network is a feed-forward network of integers. Populations are in topological order: sources
// before their targets.
//
// With a the level of a source, whose value is a - Zero, the sum of a neuron is
//
//	S = Bias + sum over projections of the sum over sources of weight (a - Zero) 2^Exponent
//
// and its activation is how many of its boundaries T_1 <= T_2 <= ... are <= S. Where the population
// has Windows, each of its outputs takes the largest sum of a window instead of S. The sums of the
// output population are the output. Missing synapses, such as those of padding, add nothing.
type Network struct {
	Name        string
	Input       Input
	Populations []Population
	Projections []Projection
	// Output is the index of the population that is read. It has no bits.
	Output int
}

// Input is how the host converts a sample to integers: an element x has the activation x / Scale,
// rounded as QuantizeLinear of ONNX rounds, plus Zero, within 0 and 2^Bits - 1.
type Input struct {
	Name  string
	Shape []int
	Size  int
	// Bits is the width of an activation, of value Scale (a - Zero) in the units of the samples.
	Bits  int
	Scale float64
	Zero  int32
}

// Population is a layer of neurons.
type Population struct {
	Name string
	// Shape is the shape of its outputs, Neurons the number of its sums. Without Windows these are
	// equally many.
	Shape   []int
	Neurons int
	// Bits is the width of an activation, 0 for the output.
	Bits int
	// Theta, if not nil, has one entry per neuron, from 1 up, and gives its boundaries:
	// T_j = j theta - (theta >> 1) for j in 1 to 2^Bits - 1. Groups is then nil.
	Theta []int64
	// Groups are runs of neurons with boundaries in common, which cover all neurons in
	// order; used where Theta is nil. The output has neither.
	Groups []Group
	// Bias has one entry per neuron, in the unit of the sum. Neither the rounding of the
	// boundaries nor zero points of sources are in it.
	Bias []int64
	// Windows, if not nil, are max-pooling windows.
	Windows *Windows
	// Unit is the value of 1 in the sum in the model's units, Scale that of one level of an
	// activation; each has one entry, or one per neuron. The value of an activation a is Scale (a -
	// Zero). The output has no Scale.
	Unit, Scale []float64
	Zero        int32
}

// Group is a run of neurons that share their boundaries.
type Group struct {
	First, Count int
	// Boundaries ascend; there are at most 2^Bits - 1. No sum reaches Never, and every sum reaches
	// Always.
	Boundaries []int64
}

// Windows are sets of neurons of which only the largest sum is used. Neurons of a window have the
// same boundaries.
type Windows struct {
	// Output o takes the largest of neurons Member[Start[o]:Start[o+1]], at least one.
	Start, Member []int32
}

// FromInput as Projection.Source is the host's input.
const FromInput = -1

// Projection is all synapses from one source to one population that have the same
// exponent.
type Projection struct {
	Name string
	// Source and Target are indices of populations; Source may be FromInput.
	Source, Target int
	// Exponent is the power of two from a weight to the sum, 0 or more. At least one
	// projection of a target has 0, unless it has none.
	Exponent int
	// WeightBits is the width of the weights, sign included, 16 at most.
	WeightBits int
	Weights    Weights
}

// Weights are integers by source: row i has the targets and weights of source i. Targets are
// neurons, sources the outputs of a population. Exactly one form is used.
type Weights struct {
	Sources, Targets int
	// Dense is [Sources][Targets] for weights of up to 8 bits, Dense16 for more.
	Dense   []int8
	Dense16 []int16
	// Start, Target and Value list row i at [Start[i]:Start[i+1]], by ascending target.
	Start  []int64
	Target []int32
	Value  []int16
}

// Size is the number of outputs.
func (p *Population) Size() int {
	if p.Windows != nil {
		return len(p.Windows.Start) - 1
	}
	return p.Neurons
}

// Top is the largest activation of a neuron of the population.
func (p *Population) Top() int32 {
	if p.Theta != nil {
		return int32(1)<<p.Bits - 1
	}
	top := 0
	for i := range p.Groups {
		top = max(top, len(p.Groups[i].Boundaries))
	}
	return int32(top)
}

// Top is the largest activation of an element of the input.
func (in *Input) Top() int32 { return int32(1)<<in.Bits - 1 }

// boundary is T_j of a theta.
func boundary(theta, j int64) int64 { return j*theta - theta>>1 }

// Sources is the number of outputs of a projection's source.
func (n *Network) Sources(p *Projection) int {
	if p.Source == FromInput {
		return n.Input.Size
	}
	return n.Populations[p.Source].Size()
}

// Top is the largest activation of a population, or of the input where source is
// FromInput.
func (n *Network) Top(source int) int32 {
	if source == FromInput {
		return n.Input.Top()
	}
	return n.Populations[source].Top()
}

// Bits is the width of the activations of a population, or of the input.
func (n *Network) Bits(source int) int {
	if source == FromInput {
		return n.Input.Bits
	}
	return n.Populations[source].Bits
}

// Zero is the level that represents 0 in a population, or in the input.
func (n *Network) Zero(source int) int32 {
	if source == FromInput {
		return n.Input.Zero
	}
	return n.Populations[source].Zero
}

// Each calls visit with every nonzero weight of source i, by ascending target.
func (w *Weights) Each(i int, visit func(target, weight int32)) {
	switch {
	case w.Dense != nil:
		eachOf(w.Dense[i*w.Targets:(i+1)*w.Targets], visit)
	case w.Dense16 != nil:
		eachOf(w.Dense16[i*w.Targets:(i+1)*w.Targets], visit)
	default:
		for k := w.Start[i]; k < w.Start[i+1]; k++ {
			if w.Value[k] != 0 {
				visit(w.Target[k], int32(w.Value[k]))
			}
		}
	}
}

func eachOf[W int8 | int16](row []W, visit func(target, weight int32)) {
	for t, v := range row {
		if v != 0 {
			visit(int32(t), int32(v))
		}
	}
}
