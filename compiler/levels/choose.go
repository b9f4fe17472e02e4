package levels

import (
	"context"
	"fmt"
	"math/bits"
	"slices"

	"adder/quantised"
	"adder/snn"
)

// Choice is the chosen bits, with cost and accuracy on the samples that they were chosen on.
type Choice struct {
	Options Options
	// Synops are additions per sample where each set bit of a level takes one per synapse.
	Synops float64
	// Accuracy is the share of samples that agree with their labels or, without, with the
	// class of the ANN; Float is that of the ANN itself.
	Accuracy, Float float64
	Samples         int
}

// maxJudged bounds the samples on which bits are chosen.
const maxJudged = 1000

// mostChosen is the widest activation that is tried.
const mostChosen = 8

// Choose looks for the bits of the input and of each activation with the least synaptic operations
// among those that lose at most so many points of accuracy on calibration samples. labels may be
// nil: the classes that the ANN computes are used then. Bits that o has are kept. It tries the same
// bits for all activations first, and then takes bits off one layer after the other as long as the
// loss allows.
func (m *Measured) Choose(ctx context.Context, o Options, labels []int,
	loss float64) (*Choice, error) {
	j, err := m.judge(labels)
	if err != nil {
		return nil, err
	}
	least := j.float - loss/100
	best, err := m.uniform(ctx, o, j, least)
	if err != nil {
		return nil, err
	}
	if best == nil {
		return nil, fmt.Errorf("no activations of up to %d bits lose less than %g points of "+
			"accuracy (%.2f %% of %d samples): give a larger --loss, more weight bits, or "+
			"fine-tune the network",
			mostChosen, loss, 100*j.float, len(j.classes))
	}
	return m.narrow(ctx, best, j, least)
}

// uniform tries all pairs of bits, those of the input and those of all activations.
func (m *Measured) uniform(ctx context.Context, o Options, j *judge,
	least float64) (best *Choice, err error) {
	inputs, activations := tried(o.InputBits), tried(o.ActivationBits)
	for _, in := range inputs {
		for _, act := range activations {
			c := o
			c.InputBits, c.ActivationBits = in, act
			found, err := m.try(ctx, c, j)
			if err != nil {
				return nil, err
			}
			if found.Accuracy >= least && (best == nil || found.Synops < best.Synops) {
				best = found
			}
			if found.Accuracy >= least {
				break // more bits of activations only cost more
			}
		}
	}
	return best, nil
}

func tried(given int) []int {
	if given > 0 {
		return []int{given}
	}
	var out []int
	for b := 1; b <= mostChosen; b++ {
		out = append(out, b)
	}
	return out
}

// narrow takes bits off single layers, in their order, while the loss allows it.
func (m *Measured) narrow(ctx context.Context, best *Choice, j *judge,
	least float64) (*Choice, error) {
	for p := range m.skeleton.roles {
		if m.skeleton.roles[p].kind != roleActivation {
			continue
		}
		name := m.flat.Populations[p].Name
		for b := best.Options.ActivationBits - 1; b >= 1; b-- {
			c := best.Options
			c.LayerBits = map[string]int{name: b}
			for k, v := range best.Options.LayerBits {
				if k != name {
					c.LayerBits[k] = v
				}
			}
			found, err := m.try(ctx, c, j)
			if err != nil {
				return nil, err
			}
			if found.Accuracy < least || found.Synops >= best.Synops {
				break
			}
			best = found
		}
	}
	return best, nil
}

// judge are the samples, with the classes that they should have.
type judge struct {
	samples [][]float64
	classes []int
	float   float64
}

func (m *Measured) judge(labels []int) (*judge, error) {
	analog, err := snn.NewAnalog(m.Prepared)
	if err != nil {
		return nil, err
	}
	j := &judge{samples: m.samples[:min(len(m.samples), maxJudged)]}
	right := 0
	for i, x := range j.samples {
		y, err := analog.Run(x)
		if err != nil {
			return nil, err
		}
		class := largest(y)
		if i < len(labels) {
			if class == labels[i] {
				right++
			}
			class = labels[i]
		} else {
			right++
		}
		j.classes = append(j.classes, class)
	}
	j.float = float64(right) / float64(max(len(j.samples), 1))
	return j, nil
}

// try makes a network and runs the samples through it.
func (m *Measured) try(ctx context.Context, o Options, j *judge) (*Choice, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	net, _, err := m.Network(ctx, o)
	if err != nil {
		return nil, err
	}
	e, err := quantised.NewEvaluator(net)
	if err != nil {
		return nil, err
	}
	fans := fansOf(net)
	right, ops := 0, int64(0)
	for i, x := range j.samples {
		y, err := e.Run(x)
		if err != nil {
			return nil, err
		}
		if slices.Index(y, slices.Max(y)) == j.classes[i] {
			right++
		}
		for source, fan := range fans {
			for s, level := range e.Levels(source - 1) {
				ops += int64(fan[s]) * int64(bits.OnesCount32(uint32(level)))
			}
		}
	}
	n := float64(len(j.samples))
	return &Choice{Options: o, Synops: float64(ops) / n, Accuracy: float64(right) / n,
		Float: j.float, Samples: len(j.samples)}, nil
}

// fansOf counts the synapses of each source, [1 + population][outputs]; the input is first.
func fansOf(net *quantised.Network) [][]int32 {
	out := make([][]int32, 1+len(net.Populations))
	out[0] = make([]int32, net.Input.Size)
	for p := range net.Populations {
		out[1+p] = make([]int32, net.Populations[p].Size())
	}
	for i := range net.Projections {
		r := &net.Projections[i]
		for s := range r.Weights.Sources {
			r.Weights.Each(s, func(int32, int32) { out[1+r.Source][s]++ })
		}
	}
	out[1+net.Output] = nil
	return out
}

func largest(y []float64) int { return slices.Index(y, slices.Max(y)) }
