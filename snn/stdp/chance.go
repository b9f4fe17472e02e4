package stdp

import "adder/fixedpoint"

// Chance decides what is random in a layer, by what is decided and not by what
// was decided before.
type Chance interface {
	// Escape returns a number uniform in [0, 1) for a neuron in a tick of a sample.
	Escape(sample uint64, tick, neuron int) float32
	// Pick returns the position in candidates, which has at least two neurons, of
	// the one that spikes in a tick of a sample.
	Pick(sample uint64, tick int, candidates []int32) int
}

// Keyed is the [Chance] of a seed. Its draws are those of package fixedpoint: a
// winner is the candidate with the smallest draw, as docs/neurocore.md has it for
// the chip's fair arbiter.
type Keyed struct {
	source fixedpoint.Source
}

// NewKeyed returns the Chance of a seed.
func NewKeyed(seed uint64) Keyed { return Keyed{fixedpoint.NewSource(seed)} }

// Escape is part of Chance: a multiple of 2^-24.
func (k Keyed) Escape(sample uint64, tick, neuron int) float32 {
	return unit(k.source.Draw(sample, uint64(neuron), uint64(tick), fixedpoint.PurposeEscape))
}

// Pick is part of Chance.
func (k Keyed) Pick(sample uint64, tick int, candidates []int32) int {
	stream := k.source.Stream(sample, uint64(tick), fixedpoint.PurposeArbiter)
	best, smallest := 0, ^uint64(0)
	for i, neuron := range candidates {
		if draw := stream.Draw(uint64(neuron)); draw < smallest {
			best, smallest = i, draw
		}
	}
	return best
}

// unit maps the top 24 bits of a draw to [0, 1), which float32 holds exactly.
func unit(draw uint64) float32 { return float32(draw>>40) / (1 << 24) }
