package bench

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/nir"
	"adder/internal/dataset"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike"
	"adder/spike/encode"
)

// compileNIR reads a file and puts it on the chip adder with 8-bit weights.
func compileNIR(t *testing.T, path string, dt float64, ticks int) (*chip.Chip, *snn.Network) {
	net, err := nir.Read(path, nir.Options{DT: dt})
	require.NoError(t, err)
	p, err := profile.Load("adder")
	require.NoError(t, err)
	r, err := compiler.Compile(t.Context(), net, compiler.Options{Chip: p, WeightBits: 8,
		Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: int32(ticks)}})
	require.NoError(t, err)
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	return c, net
}

// recorded is an npz file that holds packed spikes.
type recorded struct {
	t    *testing.T
	file *npz.File
}

func openRecorded(t *testing.T, path string) *recorded {
	f, err := npz.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return &recorded{t, f}
}

func (r *recorded) integers(name string) []int {
	a, err := r.file.Array(name)
	require.NoError(r.t, err)
	values, err := a.Int64s()
	require.NoError(r.t, err)
	out := make([]int, len(values))
	for i, v := range values {
		out[i] = int(v)
	}
	return out
}

// trains unpacks bits, a row per sample, the first element in the highest
// bit.
func (r *recorded) trains(name string, ticks, size int) []*spike.Train {
	a, err := r.file.Array(name)
	require.NoError(r.t, err)
	bits, err := a.Uint8s()
	require.NoError(r.t, err)
	out := make([]*spike.Train, a.Shape[0])
	for s := range out {
		out[s] = spike.NewTrain(size, ticks)
		for i := range ticks * size {
			if bits[s*a.Shape[1]+i/8]>>(7-i%8)&1 == 1 {
				out[s].Set(i/size, i%size)
			}
		}
	}
	return out
}

// count adds up the spikes of a layer as the training tool recorded them.
func (r *recorded) count(layer string, ticks int) int64 {
	var n int64
	for _, train := range r.trains(layer+"_spike_bits", ticks,
		r.integers(layer + "_spike_shape")[2]) {
		n += int64(train.Count())
	}
	return n
}

// TestTrainedNetworksOnChip holds networks that snnTorch trained, at 8 bits,
// to the spikes and accuracies that snnTorch recorded.
func TestTrainedNetworksOnChip(t *testing.T) {
	networks, images := outside.Folder(t, "nir"), outside.Folder(t, "mnist")
	for _, tt := range []struct {
		name   string
		layers map[string]string // of the chip: in the recording
		images func(t *testing.T, set *dataset.Set) sample.Source
		points float64
		want   float64
	}{
		{"dev_mlp_lif", map[string]string{"1": "L1", "3": "L3"}, bernoulliImages, 1, 94.78},
		{"dev_rnn_leaky", map[string]string{"1.lif": "L1", "3": "L3"}, rowByRow, 2, 74.2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(networks, "snntorch", tt.name)
			rec := openRecorded(t, path+".npz")
			ticks := rec.integers("T")[0]
			c, net := compileNIR(t, path+".nir", 0, ticks)

			source := &sample.Trains{Title: tt.name,
				Trains: rec.trains("input_bits", ticks, rec.integers("input_shape")[0]),
				Labels: rec.integers("label")}
			_, against, err := EvaluateAgainst(context.Background(),
				Run{Chip: c, Source: source, Workers: 2}, net)
			require.NoError(t, err)
			logAgainst(t, against)
			for _, layer := range against.Layers {
				want := rec.count(tt.layers[layer.Layer], ticks)
				require.Equal(t, want, layer.Reference,
					"layer %s: the reference has snnTorch's spikes", layer.Layer)
				require.InEpsilon(t, want, layer.Chip, 0.03, "layer %s", layer.Layer)
			}

			set, err := dataset.Open(images, dataset.Test)
			require.NoError(t, err)
			e, err := Evaluate(context.Background(),
				Run{Chip: c, Source: tt.images(t, set), Workers: 2})
			require.NoError(t, err)
			t.Logf("accuracy %.2f %% on %d images, %.2f %% in snnTorch", 100*e.Accuracy(),
				e.Samples, tt.want)
			require.InDelta(t, tt.want, 100*e.Accuracy(), tt.points)
		})
	}
}

// bernoulliImages are all test images, each pixel a chance of a spike in
// each of 25 ticks.
func bernoulliImages(t *testing.T, set *dataset.Set) sample.Source {
	encoder, err := encode.New(encode.Config{Kind: encode.KindBernoulli, Ticks: 25})
	require.NoError(t, err)
	require.Equal(t, 10_000, set.Len())
	return &sample.Encoded{Values: sample.Values{Set: set}, Encoder: encoder}
}

// rowByRow are the first 2,000 test images: tick t is row t, and pixels
// above 127 are spikes.
func rowByRow(_ *testing.T, set *dataset.Set) sample.Source {
	set = set.Head(2000)
	out := &sample.Trains{Title: "rows"}
	for i := range set.Len() {
		train := spike.NewTrain(28, 28)
		for k, pixel := range set.Image(i) {
			if pixel > 127 {
				train.Set(k/28, k%28)
			}
		}
		out.Trains = append(out.Trains, train)
		out.Labels = append(out.Labels, int(set.Labels[i]))
	}
	return out
}

func logAgainst(t *testing.T, a *Against) {
	for i := range a.Layers {
		l := &a.Layers[i]
		if !l.Spikes {
			t.Logf("layer %s: potentials off by %.4g rms of %.4g", l.Layer, l.RMSError, l.RMS)
			continue
		}
		spikes, relative := l.Difference()
		t.Logf("layer %s: %d spikes, reference %d, %+d (%+.2f %%), %d unlike in %d samples",
			l.Layer, l.Chip, l.Reference, spikes, 100*relative, l.Differing, l.Diverged)
	}
}

// TestPublishedNetworksOnChip runs every public file and every small graph
// that a chip can hold beside the reference.
func TestPublishedNetworksOnChip(t *testing.T) {
	root := outside.Folder(t, "nir")
	var records []string
	for _, pattern := range []string{"cases/*.npz", "synth/*.npz"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		records = append(records, found...)
	}
	for _, record := range records {
		name := strings.TrimSuffix(filepath.Base(record), ".npz")
		t.Run(name, func(t *testing.T) { runPublished(t, root, record, name) })
	}
}

func runPublished(t *testing.T, root, record, name string) {
	base, inTicks := strings.CutSuffix(name, "__dt1")
	model, dt := filepath.Join(root, "synth", base+".nir"), 0.0
	if filepath.Base(filepath.Dir(record)) == "cases" {
		model = filepath.Join(root, "public", base+".nir")
	}
	if inTicks {
		dt = 1
	}
	if name == "norse__braille__4bea868__dt1" {
		requireTooLongATick(t, model)
		return
	}
	rec := openRecorded(t, record)
	shape := rec.integers("input_shape")
	source := &sample.Trains{Title: name, Trains: rec.trains("input_bits", shape[1],
		snn.Shape(shape[2:]).Size())}
	c, net := compileNIR(t, model, dt, shape[1])
	e, against, err := EvaluateAgainst(context.Background(),
		Run{Chip: c, Source: source, Workers: 2}, net)
	require.NoError(t, err)
	require.Zero(t, e.Counts.Dropped)
	logAgainst(t, against)
	for i := range against.Layers {
		l := &against.Layers[i]
		// At 8 bits some potentials near the threshold fall on the other
		// side; a recurrent layer carries that on.
		require.InDelta(t, l.Reference, l.Chip, 2+0.05*float64(l.Reference), "spikes of layer %s",
			l.Layer)
		require.LessOrEqual(t, l.RMSError, 0.02*l.RMS, "potentials of layer %s", l.Layer)
	}
}

// requireTooLongATick: one of the files has time constants below a second,
// and with ticks of a second its potentials would change sign by leaking,
// which no chip does.
func requireTooLongATick(t *testing.T, model string) {
	net, err := nir.Read(model, nir.Options{DT: 1})
	require.NoError(t, err)
	p, err := profile.Load("adder")
	require.NoError(t, err)
	_, err = compiler.Compile(t.Context(), net, compiler.Options{Chip: p, WeightBits: 8,
		Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 100}})
	require.ErrorContains(t, err, "layer hidden.lif: neuron 0: a tick keeps -0.1111 of the state")
	require.ErrorContains(t, err, "--dt")
}
