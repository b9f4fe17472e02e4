package encode

import (
	"testing"

	"adder/spike"
)

// BenchmarkEncode asks how many images of 28x28 a core encodes per second. The images
// have the statistics of handwritten digits: 150 nonzero elements, half of them
// full scale.
func BenchmarkEncode(b *testing.B) {
	x := digitLike(784)
	for _, name := range Names() {
		b.Run(name, func(b *testing.B) {
			e, err := New(Config{Kind: name, Ticks: 100})
			if err != nil {
				b.Fatal(err)
			}
			var out spike.Train
			var work Work
			b.ReportAllocs()
			for sample := uint64(0); b.Loop(); sample++ {
				work.Add(e.Encode(sample, x, &out))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
			b.ReportMetric(float64(out.Count()), "spikes")
			b.ReportMetric(float64(work.Draws)/float64(b.N), "draws/image")
		})
	}
}

// digitLike is a sample with 150 nonzero elements of which 75 are full scale, in
// strokes.
func digitLike(elements int) []uint8 {
	x := make([]uint8, elements)
	for i := range 150 {
		value := uint8(fullScale)
		if i%2 == 1 {
			value = uint8(1 + i*37%254)
		}
		x[(100+i/6*28+i%6)%elements] = value
	}
	return x
}
