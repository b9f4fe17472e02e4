package survey

import (
	"math/rand/v2"

	"adder/snn"
)

// syntheticCount is the number of generated samples where data is missing.
const syntheticCount = 2

// SyntheticSamples generates samples of a network's input, always the same: they set the scale of
// its activations, on which no limit of a chip depends.
func SyntheticSamples(net *snn.Network) [][]float64 {
	draw := rand.New(rand.NewPCG(1, 2))
	samples := make([][]float64, syntheticCount)
	for i := range samples {
		for _, in := range net.Inputs() {
			for range net.Nodes[in].Out.Size() {
				samples[i] = append(samples[i], draw.Float64())
			}
		}
	}
	return samples
}
