package survey

import (
	"math/rand/v2"

	"adder/snn"
)

// madeUpSamples is the number of generated samples where data is missing.
const madeUpSamples = 2

// MadeUp generates samples of a network's input, always the same: they set the scale of its
// activations, on which no limit of a chip depends.
func MadeUp(net *snn.Network) [][]float64 {
	draw := rand.New(rand.NewPCG(1, 2))
	samples := make([][]float64, madeUpSamples)
	for i := range samples {
		for _, in := range net.Inputs() {
			for range net.Nodes[in].Out.Size() {
				samples[i] = append(samples[i], draw.Float64())
			}
		}
	}
	return samples
}
