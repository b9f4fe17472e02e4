package stdp

import (
	"testing"

	"adder/spike"
	"adder/spike/encode"
)

// BenchmarkRun asks how many images of a digit's statistics a core presents per second, with
// learning, in batches of 64 to 100 neurons.
func BenchmarkRun(b *testing.B) {
	for _, model := range Models() {
		for _, kind := range []string{encode.KindPoissonRenewal, encode.KindBernoulli,
			encode.KindRankOrder} {
			b.Run(model.String()+"/"+kind, func(b *testing.B) {
				n, err := New(DefaultConfig(model, PostPre, 100))
				if err != nil {
					b.Fatal(err)
				}
				samples, trains := digitLike(b, kind, 64)
				for b.Loop() {
					if _, err := n.Run(samples, trains); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N*len(samples))/b.Elapsed().Seconds(), "images/s")
			})
		}
	}
}

// digitLike returns a batch of trains of images with 150 nonzero elements, half of
// them full scale, each image in another place.
func digitLike(tb testing.TB, kind string, batch int) ([]uint64, []*spike.Train) {
	e, err := encode.New(encode.Config{Kind: kind, Ticks: 100})
	if err != nil {
		tb.Fatal(err)
	}
	var samples []uint64
	var trains []*spike.Train
	for s := range batch {
		x := make([]uint8, 784)
		for i := range 150 {
			value := uint8(255)
			if i%2 == 1 {
				value = uint8(1 + i*37%254)
			}
			x[(100+5*s+i/6*28+i%6)%len(x)] = value
		}
		train := new(spike.Train)
		e.Encode(uint64(s), x, train)
		samples, trains = append(samples, uint64(s)), append(trains, train)
	}
	return samples, trains
}
