package bench_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/compiler/ir"
	"adder/compiler/nir"
	"adder/compiler/place"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike"
	"adder/spike/encode"
)

// rate32 is the coding the convolutional networks are held to.
var rate32 = encode.Config{Kind: encode.KindRate, Ticks: 32}

// head is the first images of the test data: a convolutional network takes
// the time of many perceptrons.
func (m *mnist) head(n int) *mnist {
	return &mnist{test: m.test.Head(min(n, m.test.Len())), calibration: m.calibration}
}

// onChip compiles a network for a chip, placed by a seed.
func onChip(t *testing.T, data *mnist, net *snn.Network, name string,
	seed uint64) *compiler.Result {
	t.Helper()
	on, err := profile.Load(name)
	require.NoError(t, err)
	encoder, err := encode.New(rate32)
	require.NoError(t, err)
	r, err := compiler.Compile(t.Context(), net, compiler.Options{
		Chip: on, WeightBits: 8, Encoder: compiler.EncoderSettings(encoder.Config()),
		Placement:  place.Options{Seed: seed},
		Conversion: convert.Options{Calibration: data.calibration, InputPeak: encoder.Peak()},
	})
	require.NoError(t, err)
	return r
}

// TestConvertedCNN holds a convolutional network to its ANN on 1,000 images.
// On all 10,000 the chip gets 96.78 % and the ANN 96.73 %
// (adder run cnn_avgpool_8_16.onnx --data mnist --ticks 32).
func TestConvertedCNN(t *testing.T) {
	data, net := acceptance(t, "cnn_avgpool_8_16.onnx")
	data = data.head(1000)
	ann := annAccuracy(t, data, net)
	img, encoder := spiking(t, data, net, 8, rate32)
	found := evaluate(t, data, img, encoder)
	t.Logf("%.2f %% on the chip, %.2f %% as an ANN, on %d images", 100*found.Accuracy(), 100*ann,
		found.Samples)
	require.LessOrEqual(t, points(ann, found, 32), 0.7)
}

// TestUnfoldedBatchNormIsFolded compares the integers and the accuracy of a
// network with those of its twin that has BatchNormalization left in.
func TestUnfoldedBatchNormIsFolded(t *testing.T) {
	data, net := acceptance(t, "cnn_avgpool_8_16.onnx")
	_, twin := acceptance(t, "cnn_avgpool_bn_unfolded.onnx")
	data = data.head(300)
	a, b := onChip(t, data, net, "adder", 0), onChip(t, data, twin, "adder", 0)
	require.Len(t, b.Network.Projections, len(a.Network.Projections))
	differing := 0
	for k := range a.Network.Projections {
		differing += requireWithin(t, &a.Network.Projections[k].Weights,
			&b.Network.Projections[k].Weights, 1)
	}
	encoder, err := encode.New(rate32)
	require.NoError(t, err)
	folded, unfolded := evaluate(t, data, a.Image, encoder), evaluate(t, data, b.Image, encoder)
	t.Logf("%d of %d weights differ; %.2f and %.2f %%", differing, a.Image.Synapses,
		100*folded.Accuracy(), 100*unfolded.Accuracy())
	require.InDelta(t, 100*folded.Accuracy(), 100*unfolded.Accuracy(), 0.1)
}

// requireWithin compares weights and counts those that differ.
func requireWithin(t *testing.T, a, b *ir.Weights, most int) (differing int) {
	t.Helper()
	require.Equal(t, []int{a.Sources, a.Targets}, []int{b.Sources, b.Targets})
	for s := range a.Sources {
		row := make([]int, a.Targets)
		a.Each(s, func(target, w int32) { row[target] = int(w) })
		b.Each(s, func(target, w int32) { row[target] -= int(w) })
		for target, d := range row {
			require.LessOrEqual(t, max(d, -d), most, "source %d target %d", s, target)
			if d != 0 {
				differing++
			}
		}
	}
	return differing
}

// samples codes the first images.
func samples(t *testing.T, data *mnist, n int) []*chip.Sample {
	t.Helper()
	encoder, err := encode.New(rate32)
	require.NoError(t, err)
	source := &sample.Encoded{Values: sample.Values{Set: data.test.Head(n)}, Encoder: encoder}
	out := make([]*chip.Sample, n)
	for i := range out {
		out[i] = new(chip.Sample)
		source.Feed(i, out[i])
	}
	return out
}

// everySpike records all layers.
func everySpike(c *chip.Chip) chip.Options {
	opts := chip.Options{Ticks: 32}
	for p := range c.Image().Populations {
		opts.Spikes = append(opts.Spikes, p)
	}
	return opts
}

// TestPlacementOfCNNChangesNoSpike places a network by other seeds.
func TestPlacementOfCNNChangesNoSpike(t *testing.T) {
	data, net := acceptance(t, "cnn_avgpool_8_16.onnx")
	in := samples(t, data, 10)
	var want []*chip.Outcome
	var tiles [][]layout.Segment
	for _, seed := range []uint64{0, 1, 2} {
		r := onChip(t, data, net, "adder", seed)
		c, err := chip.Load(r.Image)
		require.NoError(t, err)
		tiles = append(tiles, r.Image.Populations[0].Segments)
		engine := c.NewFast(everySpike(c))
		for i, s := range in {
			got, err := engine.Run(t.Context(), s)
			require.NoError(t, err)
			if seed == 0 {
				want = append(want, got)
				continue
			}
			require.Equal(t, want[i].Spikes, got.Spikes, "seed %d sample %d", seed, i)
			require.Equal(t, want[i].Output, got.Output, "seed %d sample %d", seed, i)
		}
	}
	require.NotEqual(t, tiles[0], tiles[1], "the seeds place alike: the test shows nothing")
}

// TestEnginesAgreeOnCNN compares the engines on 50 images.
func TestEnginesAgreeOnCNN(t *testing.T) {
	data, net := acceptance(t, "cnn_avgpool_8_16.onnx")
	c, err := chip.Load(onChip(t, data, net, "adder", 0).Image)
	require.NoError(t, err)
	fast := c.NewFast(everySpike(c))
	cycle, err := c.NewCycle(everySpike(c), nil)
	require.NoError(t, err)
	for i, s := range samples(t, data, 50) {
		want, err := fast.Run(t.Context(), s)
		require.NoError(t, err)
		got, err := cycle.Run(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, want.Spikes, got.Spikes, "sample %d", i)
		require.Equal(t, want.Output, got.Output, "sample %d", i)
		require.Equal(t, want.Counts.Core, got.Counts.Core, "sample %d", i)
		require.Equal(t, want.Counts.Traffic, got.Counts.Traffic, "sample %d", i)
	}
}

// TestPublishedCNN runs a published spiking network on the recorded input
// of its case file, on two chips and both engines.
func TestPublishedCNN(t *testing.T) {
	folder := outside.Folder(t, "nir")
	const name = "NIR__cnn_sinabs__89e0a61"
	file, err := npz.Open(filepath.Join(folder, "cases", name+".npz"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	net, err := nir.Read(filepath.Join(folder, "public", name+".nir"), nir.Options{DT: 1e-4})
	require.NoError(t, err)
	trains := packedTrains(t, file, "input_bits", 300, 2*34*34)
	for _, on := range []string{"adder", "loihi"} {
		t.Run(on, func(t *testing.T) {
			p, err := profile.Load(on)
			require.NoError(t, err)
			r, err := compiler.Compile(t.Context(), net, compiler.Options{Chip: p, WeightBits: 8,
				Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 300}})
			require.NoError(t, err)
			c, err := chip.Load(r.Image)
			require.NoError(t, err)
			found, err := bench.Evaluate(context.Background(),
				bench.Run{Chip: c, Workers: 2, Source: &sample.Trains{Title: name, Trains: trains}})
			require.NoError(t, err)
			for i, pop := range r.Image.Populations {
				want := 0
				for _, train := range packedTrains(t, file, "spk/"+pop.Name, 300,
					r.Network.Populations[i].Size) {
					want += train.Count()
				}
				got := found.SpikesByPopulation[i]
				t.Logf("layer %s: %d spikes, the reference %d (%+.2f %%)", pop.Name, got, want,
					100*(float64(got)/float64(want)-1))
				require.InEpsilon(t, want, got, 0.03, "layer %s", pop.Name)
			}
			requireEnginesAgree(t, c, trains[0])
		})
	}
}

func requireEnginesAgree(t *testing.T, c *chip.Chip, train *spike.Train) {
	t.Helper()
	opts := everySpike(c)
	opts.Ticks = train.Ticks()
	want, err := c.NewFast(opts).Run(t.Context(), &chip.Sample{Spikes: train})
	require.NoError(t, err)
	cycle, err := c.NewCycle(opts, nil)
	require.NoError(t, err)
	got, err := cycle.Run(t.Context(), &chip.Sample{Spikes: train})
	require.NoError(t, err)
	require.Equal(t, want.Spikes, got.Spikes)
	require.Equal(t, want.Counts.Traffic, got.Counts.Traffic)
}

// packedTrains unpacks spikes, a row per sample, the first in the highest
// bit.
func packedTrains(t *testing.T, file *npz.File, name string, ticks, size int) []*spike.Train {
	t.Helper()
	a, err := file.Array(name)
	require.NoError(t, err)
	bits, err := a.Uint8s()
	require.NoError(t, err)
	row := len(bits) / a.Shape[0]
	out := make([]*spike.Train, a.Shape[0])
	for s := range out {
		out[s] = spike.NewTrain(size, ticks)
		for i := range ticks * size {
			if bits[s*row+i/8]>>(7-i%8)&1 == 1 {
				out[s].Set(i/size, i%size)
			}
		}
	}
	return out
}
