package levels

import "adder/quantised"

// maxCorrected bounds the samples over which means are taken.
const maxCorrected = 256

// means are the mean activations of the layers that a network has so far, each less its
// zero point, over calibration samples; without samples there are none.
type means struct {
	net *quantised.Network
	// inputs are the levels of the input, [samples][elements], levels those of the
	// populations, [populations][samples][outputs].
	inputs [][]int32
	levels [][][]int32
	input  []float64
	byPop  [][]float64
}

func newMeans(net *quantised.Network, samples [][]float64) *means {
	m := &means{net: net}
	if len(samples) == 0 {
		return m
	}
	stride := (len(samples) + maxCorrected - 1) / maxCorrected
	for i := 0; i < len(samples); i += stride {
		levels := make([]int32, net.Input.Size)
		net.Input.Levels(samples[i], levels)
		m.inputs = append(m.inputs, levels)
	}
	m.input = mean(m.inputs, net.Input.Zero)
	return m
}

// of gives the means of a population, or of the input, [outputs], nil without samples.
func (m *means) of(source int) []float64 {
	if source == quantised.FromInput {
		return m.input
	}
	return m.byPop[source]
}

// add runs the samples through population p, whose sources were run before.
func (m *means) add(p int) error {
	pop := &m.net.Populations[p]
	if len(m.inputs) == 0 || pop.Bits == 0 {
		m.levels, m.byPop = append(m.levels, nil), append(m.byPop, nil)
		return nil
	}
	sums := make([]int64, pop.Neurons)
	levels := make([][]int32, len(m.inputs))
	for i := range levels {
		m.net.Sum(p, func(source int) []int32 {
			if source == quantised.FromInput {
				return m.inputs[i]
			}
			return m.levels[source][i]
		}, sums)
		levels[i] = make([]int32, pop.Size())
		pop.Activations(sums, levels[i])
	}
	m.levels, m.byPop = append(m.levels, levels), append(m.byPop, mean(levels, pop.Zero))
	return nil
}

func mean(levels [][]int32, zero int32) []float64 {
	out := make([]float64, len(levels[0]))
	for _, sample := range levels {
		for i, a := range sample {
			out[i] += float64(a - zero)
		}
	}
	for i := range out {
		out[i] /= float64(len(levels))
	}
	return out
}
