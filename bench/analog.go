package bench

import "adder/internal/dataset"

// Analog gives the images of a set as real numbers 0..1, pixel/255, which
// is what the models that Adder imports and trains take.
func Analog(set *dataset.Set) [][]float64 {
	out := make([][]float64, set.Len())
	for i := range out {
		image := set.Image(i)
		x := make([]float64, len(image))
		for k, b := range image {
			x[k] = float64(b) / 255
		}
		out[i] = x
	}
	return out
}
