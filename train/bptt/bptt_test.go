package bptt

import (
	"bytes"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/nir"
	"adder/internal/dataset"
	"adder/sample"
	"adder/snn"
	"adder/train/descent"
	"adder/train/layer"
	"adder/train/traintest"
)

func small(t testing.TB, change func(*Config)) *Network {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Net, cfg.Ticks, cfg.Width = "3C3-AP2-5", 3, 2
	if change != nil {
		change(&cfg)
	}
	n, err := New(cfg, layer.Shape{Height: 4, Width: 4, Channels: 2}, 3)
	require.NoError(t, err)
	return n
}

// TestGradientIsTheDerivativeOfTheLoss puts the surrogate's integral in the place of the step,
// where the gradient is that of a smooth function, and compares it with finite differences.
func TestGradientIsTheDerivativeOfTheLoss(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"lif":       func(c *Config) { c.Surrogate = "triangle" },
		"rectangle": func(c *Config) { c.Width = 6 },
		"subtract": func(c *Config) {
			c.Surrogate, c.Reset, c.Keep = "triangle", "subtract", 0.75
		},
		"if":        func(c *Config) { c.Surrogate, c.Neuron, c.Width = "triangle", "if", 3 },
		"bernoulli": func(c *Config) { c.Surrogate, c.Encoder = "triangle", "bernoulli" },
		"pools":     func(c *Config) { c.Surrogate, c.Net = "triangle", "4-3" },
		"linear":    func(c *Config) { c.Net = "" },
	} {
		t.Run(name, func(t *testing.T) {
			n := small(t, change)
			l := n.learner()
			l.surrogate.relaxed = true
			x := make([]float32, n.input.Size())
			rnd := rand.New(rand.NewPCG(5, 6))
			for i := range x {
				x[i] = rnd.Float32()
			}
			for _, p := range n.params {
				for i := range p {
					p[i] += 0.1 * float32(rnd.NormFloat64())
				}
			}
			n.Ready(0)
			grads := zeros(n.params)
			l.Learn(x, 1, 7, grads)
			checkGradient(t, n, l, x, grads)
		})
	}
}

func zeros(like [][]float32) (out [][]float32) {
	for _, p := range like {
		out = append(out, make([]float32, len(p)))
	}
	return out
}

func checkGradient(t *testing.T, n *Network, l *learner, x []float32, grads [][]float32) {
	traintest.CheckGradient(t, n.params, grads, 1.0/256, func() float64 {
		n.Ready(0)
		return l.Score(x, 1, 7).Loss
	})
}

var picture = layer.Shape{Height: 28, Width: 28, Channels: 1}

func training(t testing.TB, cfg Config, d descent.Config,
	set *dataset.Set) (*Network, *descent.Training) {
	t.Helper()
	n, err := New(cfg, picture, 10)
	require.NoError(t, err)
	tr, err := descent.New(d, n, &sample.Values{Set: set}, picture)
	require.NoError(t, err)
	return n, tr
}

func file(t testing.TB, n *Network) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, n.WriteNIR(&b))
	return b.Bytes()
}

// TestTrainingIsReproducible: workers change nothing, and a training that is stopped and
// taken up again, in the middle of an epoch, ends with the same file.
func TestTrainingIsReproducible(t *testing.T) {
	set := traintest.Digits(t, dataset.Train, 100)
	for name, change := range map[string]func(*Config){
		"real":     func(*Config) {},
		"integers": func(c *Config) { c.Bits = 8 },
		"bernoulli": func(c *Config) {
			c.Encoder, c.Neuron, c.Reset = "bernoulli", "if", "subtract"
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := DefaultConfig()
			cfg.Net, cfg.Ticks, cfg.Seed = "2C3S2-AP2-12", 3, 9
			change(&cfg)
			d := descent.Config{Epochs: 2, Batch: 30, LearningRate: 0.01, Shift: 1, Seed: 9,
				Workers: 1}
			n, tr := training(t, cfg, d, set)
			require.NoError(t, tr.Run(t.Context()))
			want := file(t, n)

			d.Workers = 3
			id := descent.Identity{Run: cfg, Set: set}
			path := filepath.Join(t.TempDir(), "c.gcp")
			n, tr = training(t, cfg, d, set)
			tr.Watch(func(p descent.Progress) {
				if p.Done == 160 {
					require.NoError(t, tr.SaveCheckpoint(path, id))
				}
			})
			require.NoError(t, tr.Run(t.Context()))
			require.Equal(t, want, file(t, n))

			d.Workers = 2
			n, tr = training(t, cfg, d, set)
			require.NoError(t, tr.Resume(path, id))
			require.Equal(t, 160, tr.Done())
			require.NoError(t, tr.Run(t.Context()))
			require.Equal(t, want, file(t, n))

			other := cfg
			other.Ticks++
			_, tr = training(t, other, d, set)
			require.ErrorContains(t, tr.Resume(path, descent.Identity{Run: other, Set: set}),
				"another training")
			_, tr = training(t, cfg, d, set)
			require.ErrorContains(t,
				tr.Resume(path, descent.Identity{Run: cfg, Set: traintest.Digits(t, dataset.Train, 99)}),
				"other images")
		})
	}
}

// TestFileMeansWhatWasTrained runs written files in the float64 reference, which reads them
// by NIR's rules and knows nothing of this package.
func TestFileMeansWhatWasTrained(t *testing.T) {
	train, test := traintest.Digits(t, dataset.Train, 300), traintest.Digits(t, dataset.Test, 20)
	for name, change := range map[string]func(*Config){
		"lif dense": func(c *Config) { c.Net = "40" },
		"lif conv":  func(c *Config) { c.Net, c.Keep = "3C3-AP2-3C3S2-20", 0.75 },
		"if":        func(c *Config) { c.Net, c.Neuron, c.Reset = "40", "if", "subtract" },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := DefaultConfig()
			cfg.Ticks = 4
			change(&cfg)
			n, tr := training(t, cfg, descent.Config{Epochs: 2, Batch: 20, LearningRate: 0.01,
				Workers: 2}, train)
			require.NoError(t, tr.Run(t.Context()))
			path := filepath.Join(t.TempDir(), "n.nir")
			require.NoError(t, n.SaveNIR(path))
			reset := snn.ResetToValue
			if cfg.Reset == "subtract" {
				reset = snn.ResetSubtract
			}
			read, err := nir.Read(path, nir.Options{DT: DT, Reset: reset})
			require.NoError(t, err)
			require.Empty(t, read.Warnings)
			checkReference(t, n, read, test)
		})
	}
}

// checkReference compares the last potentials. A potential within float32's rounding of a
// threshold may fire in one and not in the other: that is let pass once.
func checkReference(t *testing.T, n *Network, read *snn.Network, test *dataset.Set) {
	engine, err := snn.NewReference(read, snn.ReferenceOptions{})
	require.NoError(t, err)
	output, ok := read.Find("output_sum")
	require.True(t, ok)
	l, unlike := n.learner(), 0
	x, y := make([]float64, test.Size()), make([]float32, test.Size())
	for i := range test.Len() {
		for k, p := range test.Image(i) {
			x[k] = float64(p) / 255
		}
		engine.Reset()
		for range n.cfg.Ticks {
			require.NoError(t, engine.Step([][]float64{x}))
		}
		layer.FromPlanes(picture, x, y)
		l.forward(y, 0)
		for k, v := range engine.Signal(output) {
			if math.Abs(v/float64(n.cfg.Ticks)-float64(l.logits[k])) > 1e-4 {
				unlike++
				break
			}
		}
		require.NotZero(t, spikes(l), "hidden neurons fire")
	}
	require.LessOrEqual(t, unlike, 1)
}

func spikes(l *learner) (sum float32) {
	for _, s := range l.layers[0].spikes {
		for _, z := range s {
			sum += z
		}
	}
	return sum
}

func TestRefuses(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"neurons":            func(c *Config) { c.Neuron = "srm" },
		"keeps 1":            func(c *Config) { c.Keep = 1 },
		"reset":              func(c *Config) { c.Reset = "none" },
		"0 ticks":            func(c *Config) { c.Ticks = 0 },
		"encoder":            func(c *Config) { c.Encoder = "latency" },
		"surrogate":          func(c *Config) { c.Surrogate = "step" },
		"thresholds wide":    func(c *Config) { c.Width = 0 },
		"a gain of 0":        func(c *Config) { c.Gain = 0 },
		"10-bit weights":     func(c *Config) { c.Bits = 10 },
		"maxima of spikes":   func(c *Config) { c.Net = "3C3-MP2-5" },
		"begins with a pool": func(c *Config) { c.Net = "AP2-5" },
		"is not known":       func(c *Config) { c.Net = "x" },
	} {
		cfg := DefaultConfig()
		change(&cfg)
		_, err := New(cfg, picture, 10)
		require.ErrorContains(t, err, want)
	}
	n := small(t, nil)
	require.Error(t, n.SaveNIR(filepath.Join(t.TempDir(), "none", "n.nir")))
}
