package bench

import (
	"encoding/json"
	"fmt"
	"slices"

	"adder/chip"
	"adder/quantised"
	"adder/sample"
	"adder/spike"
	"adder/spike/encode"
)

// AgainstQuantised is the difference between a run on a chip and the quantised network that it
// computes by a code, on the same samples, integer by integer.
type AgainstQuantised struct {
	Samples int
	// Outputs is the number of outputs of a sample, and Differ the number of outputs that differ,
	// over all samples.
	Outputs int
	Differ  int64
	// First is where an output differs first, nil where none does.
	First *OutputDifference
	// Layers are those of the quantised network that have one neuron of the chip per neuron, in
	// order, without the output.
	Layers []LevelDifference
	// Labelled, Correct and SameClass are those of Against.
	Labelled           bool
	Correct, SameClass int
}

// OutputDifference is an integer that differs.
type OutputDifference struct {
	Sample, Output int
	Have, Want     int64
}

// LevelDifference compares the levels of a layer.
type LevelDifference struct {
	Layer string
	// Spikes are the chip's, Differ the number of levels that differ over all samples, and First
	// the first of them, nil if there is none.
	Spikes int64
	Differ int64
	First  *OutputDifference
}

// QuantisedComparison compares the outcomes of a run with a quantised network.
type QuantisedComparison struct {
	Result    AgainstQuantised
	evaluator *quantised.Evaluator
	coded     *encode.Coded
	source    *sample.Encoded
	levels    []int32
	layers    []probedLayer
}

// probedLayer is a layer of the quantised network whose spikes are probed.
type probedLayer struct {
	population int // of the quantised network
	probe      int // in Options.Spikes
	bits       int
	outputs    int
}

// CompareQuantised extends a run so that it is compared with net, from which its image was made: it
// appends probes, and puts a comparison before the run's own Each. Call it before the run's engines
// are made. The result is complete when the run has ended.
func CompareQuantised(r *Run, net *quantised.Network) (*QuantisedComparison, error) {
	source, ok := r.Source.(*sample.Encoded)
	if !ok {
		return nil, fmt.Errorf("compare with the quantised network: samples of %s have no levels",
			r.Source.Name())
	}
	coded, ok := source.Encoder.(*encode.Coded)
	if !ok {
		return nil, fmt.Errorf("compare with the quantised network: encoder %s sends no levels",
			source.Encoder.Config().Kind)
	}
	e, err := quantised.NewEvaluator(net)
	if err != nil {
		return nil, err
	}
	c := &QuantisedComparison{evaluator: e, coded: coded, source: source}
	c.Result.Outputs, c.Result.Labelled = net.Populations[net.Output].Neurons, sample.Labelled(
		source)
	r.Options.Spikes = slices.Clone(r.Options.Spikes)
	for p := range net.Populations {
		pop := &net.Populations[p]
		at, err := r.Chip.Population(pop.Name)
		if p == net.Output || err != nil || r.Chip.Size(at)%pop.Size() != 0 {
			continue
		}
		c.layers = append(c.layers, probedLayer{p, len(r.Options.Spikes), pop.Bits, pop.Size()})
		c.Result.Layers = append(c.Result.Layers, LevelDifference{Layer: pop.Name})
		r.Options.Spikes = append(r.Options.Spikes, at)
	}
	r.Also = append(slices.Clone(r.Also), c)
	each := r.Each
	r.Each = func(sample int, o *chip.Outcome) error {
		if err := c.compare(sample, o); err != nil || each == nil {
			return err
		}
		return each(sample, o)
	}
	return c, nil
}

// SaveState implements Kept.
func (c *QuantisedComparison) SaveState() ([]byte, error) { return json.Marshal(c.Result) }

// RestoreState implements Kept.
func (c *QuantisedComparison) RestoreState(state []byte) error {
	var r AgainstQuantised
	if err := json.Unmarshal(state, &r); err != nil {
		return err
	}
	if len(r.Layers) != len(c.Result.Layers) || r.Outputs != c.Result.Outputs {
		return fmt.Errorf("a comparison of %d layers of %d", len(r.Layers), len(c.Result.Layers))
	}
	c.Result = r
	return nil
}

// compare compares one outcome with the network.
func (c *QuantisedComparison) compare(number int, o *chip.Outcome) error {
	c.levels = c.source.Levels(c.coded, number, c.levels)
	want, err := c.evaluator.RunLevels(c.levels)
	if err != nil {
		return err
	}
	if len(o.Output) != len(want) {
		return fmt.Errorf("compare with the quantised network: the chip has %d outputs, the "+
			"network %d", len(o.Output), len(want))
	}
	r := &c.Result
	r.Samples++
	for k, v := range want {
		if have := int64(o.Output[k]); have != v {
			r.Differ++
			r.First = firstDifference(r.First, number, k, have, v)
		}
	}
	class := classOfSums(want)
	if class == o.Class {
		r.SameClass++
	}
	if label := c.source.Label(number); label >= 0 && label == class {
		r.Correct++
	}
	for i, l := range c.layers {
		r.Layers[i].compare(number, LevelsOf(o.Spikes[l.probe], c.coded.Config().Kind, l.bits,
			l.outputs), c.evaluator.Levels(l.population))
		r.Layers[i].Spikes += int64(o.Spikes[l.probe].Count())
	}
	return nil
}

func firstDifference(first *OutputDifference, number, k int, have, want int64) *OutputDifference {
	if first != nil {
		return first
	}
	return &OutputDifference{Sample: number, Output: k, Have: have, Want: want}
}

func (l *LevelDifference) compare(number int, have, want []int32) {
	for k, v := range want {
		if have[k] != v {
			l.Differ++
			l.First = firstDifference(l.First, number, k, int64(have[k]), int64(v))
		}
	}
}

// LevelsOf decodes the level of each output of a layer from its spikes. The train covers the
// ticks of the layer's window in which it adds up, then those in which it sends. Of a window
// of a maximum the last neuron fires.
func LevelsOf(train *spike.Train, kind string, bits, outputs int) []int32 {
	out, run := make([]int32, outputs), train.Sources()/outputs
	ticks := encode.CodeTicks(kind, bits)
	for t := range ticks {
		worth := int32(1)
		if kind == encode.KindRadix {
			worth = 1 << (ticks - 1 - t)
		}
		train.Each(train.Ticks()-ticks+t, func(n int) { out[n/run] += worth })
	}
	return out
}

// classOfSums is classOf of integers.
func classOfSums(sums []int64) int {
	if len(sums) == 1 && sums[0] > 0 {
		return 1
	}
	return slices.Index(sums, slices.Max(sums))
}
