package qat

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/onnx"
	"adder/internal/dataset"
	"adder/sample"
	"adder/snn"
	"adder/train/ann"
	"adder/train/descent"
	"adder/train/layer"
	"adder/train/traintest"
)

func config(net string) Config {
	return Config{Net: net, InputBits: 3, ActivationBits: 3, WeightBits: 8}
}

var picture = layer.Shape{Height: 28, Width: 28, Channels: 1}

// TestGradientIsTheDerivativeOfTheLoss leaves out the roundings that gradients pass over, and
// compares with finite differences, the scales of activations among them.
func TestGradientIsTheDerivativeOfTheLoss(t *testing.T) {
	for name, net := range map[string]string{"dense": "9-7", "conv": "4C3-AP2-6",
		"maxima": "4C3S1-MP2-6", "linear": ""} {
		t.Run(name, func(t *testing.T) {
			n, err := New(config(net), layer.Shape{Height: 6, Width: 4, Channels: 2}, 3)
			require.NoError(t, err)
			rnd := rand.New(rand.NewPCG(7, 8))
			for i := range n.stages {
				n.stages[i].exponent[0] = -4 // some activations are clipped
				for k := range n.stages[i].biases {
					n.stages[i].biases[k] = float32(rnd.NormFloat64()) * 0.3
				}
			}
			n.relaxed = true
			n.Ready(0)
			x := make([]float32, n.input.Size())
			for i := range x {
				x[i] = rnd.Float32()
			}
			l := n.learner()
			var grads [][]float32
			for _, p := range n.params {
				grads = append(grads, make([]float32, len(p)))
			}
			l.Learn(x, 2, 0, grads)
			checkGradient(t, n, l, x, grads)
		})
	}
}

func checkGradient(t *testing.T, n *Network, l *learner, x []float32, grads [][]float32) {
	traintest.CheckGradient(t, n.params, grads, 1.0/512, func() float64 {
		n.Ready(0)
		return l.Score(x, 2, 0).Loss
	})
}

// train trains a network and returns it.
func train(t testing.TB, cfg Config, d descent.Config,
	set *dataset.Set) (*Network, *descent.Training) {
	t.Helper()
	n, err := New(cfg, picture, 10)
	require.NoError(t, err)
	require.NoError(t, n.Calibrate(&sample.Values{Set: set}))
	tr, err := descent.New(d, n, &sample.Values{Set: set}, picture)
	require.NoError(t, err)
	return n, tr
}

func file(t testing.TB, n *Network) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, n.WriteONNX(&b))
	return b.Bytes()
}

// TestTrainingIsReproducible: workers change nothing, and a training that is stopped and taken
// up again, after weights were pruned, ends with the same file.
func TestTrainingIsReproducible(t *testing.T) {
	set := traintest.Digits(t, dataset.Train, 200)
	cfg := config("3C3S2-MP2-20")
	cfg.Sparsity, cfg.WeightBits = 0.5, 4
	d := descent.Config{Epochs: 2, Batch: 30, LearningRate: 0.01, Workers: 1}
	id := descent.Identity{Run: cfg, Set: set}
	path := filepath.Join(t.TempDir(), "c.gcp")
	n, tr := train(t, cfg, d, set)
	tr.Watch(func(p descent.Progress) {
		if p.Done == 150 {
			require.NoError(t, tr.SaveCheckpoint(path, id))
		}
	})
	require.NoError(t, tr.Run(t.Context()))
	want := file(t, n)

	d.Workers = 3
	n, tr = train(t, cfg, d, set)
	require.NoError(t, tr.Resume(path, id))
	require.Equal(t, 150, tr.Done())
	require.NoError(t, tr.Run(t.Context()))
	require.Equal(t, want, file(t, n))
}

// TestFileMeansWhatWasTrained reads the written file by the front end, which knows nothing of
// the writer, and compares what it computes.
func TestFileMeansWhatWasTrained(t *testing.T) {
	set, test := traintest.Digits(t, dataset.Train, 400), traintest.Digits(t, dataset.Test, 50)
	for name, change := range map[string]func(*Config){
		"dense":    func(c *Config) { c.InputBits, c.ActivationBits = 2, 2 },
		"eight":    func(c *Config) { c.InputBits, c.ActivationBits = 8, 8 },
		"conv":     func(c *Config) { c.Net = "4C3S2-AP2-24" },
		"maxima":   func(c *Config) { c.Net, c.WeightBits = "4C3S2-MP2-24", 4 },
		"sparse":   func(c *Config) { c.Sparsity = 0.7 },
		"one bit":  func(c *Config) { c.InputBits, c.ActivationBits = 1, 1 },
		"pixels":   func(c *Config) { c.Net = "MP2-30" },
		"straight": func(c *Config) { c.Net = "" },
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "conv" && name != "one bit" && name != "sparse" {
				t.Skip("others hold the rest")
			}
			cfg := config("24")
			change(&cfg)
			n, tr := train(t, cfg, descent.Config{Epochs: 3, Batch: 20, LearningRate: 0.005,
				Workers: 2}, set)
			require.NoError(t, tr.Run(t.Context()))
			counts, err := n.Evaluate(t.Context(), &sample.Values{Set: test}, 2)
			require.NoError(t, err)
			require.Greater(t, counts.Accuracy(), 0.3)
			require.Positive(t, counts.Synops)
			require.LessOrEqual(t, counts.MACs, counts.Synops)
			if cfg.Sparsity > 0 {
				require.Equal(t, 13171, zeroes(n.stages[0].mask), "0.7 of 784 x 24")
			}
			path := filepath.Join(t.TempDir(), "q.onnx")
			require.NoError(t, n.SaveONNX(path))
			checkFile(t, n, path, test)
		})
	}
}

// checkFile compares logits. A sum within float32's rounding of a boundary may differ: that is
// let pass once.
func checkFile(t *testing.T, n *Network, path string, test *dataset.Set) {
	net, err := onnx.Read(path, onnx.Options{})
	require.NoError(t, err)
	analog, err := snn.NewAnalog(net)
	require.NoError(t, err)
	l, unlike := n.learner(), 0
	x, y := make([]float64, test.Size()), make([]float32, test.Size())
	for i := range test.Len() {
		for j, p := range test.Image(i) {
			x[j] = float64(p) / 255
		}
		got, err := analog.Run(x)
		require.NoError(t, err)
		layer.FromPlanes(picture, x, y)
		l.forward(y)
		for k, v := range got {
			if math.Abs(v-float64(l.logits[k])) > 1e-4 {
				unlike++
				break
			}
		}
	}
	require.LessOrEqual(t, unlike, 1)
}

// TestONNXChecksTheFile has ONNX's own checker read a file with every kind of node.
func TestONNXChecksTheFile(t *testing.T) {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import onnx.checker").Run() != nil {
		t.Skip("onnx is not installed (Debian: python3-onnx)")
	}
	n, err := New(config("4C3S2-AP2-MP2-24"), picture, 10)
	require.NoError(t, err)
	n.Ready(0)
	path := filepath.Join(t.TempDir(), "q.onnx")
	require.NoError(t, n.SaveONNX(path))
	out, err := exec.Command(python, "-c",
		"import onnx.checker, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)",
		path).CombinedOutput()
	require.NoError(t, err, string(out))
}

// TestFromKeepsWhatWasTrained: with eight bits everywhere, a trained network that is quantised
// and not trained any more gives nearly its own logits.
func TestFromKeepsWhatWasTrained(t *testing.T) {
	set := traintest.Digits(t, dataset.Train, 500)
	values := &sample.Values{Set: set}
	trained, err := ann.Train(t.Context(), values, ann.Config{Hidden: []int{24}, Epochs: 3,
		Batch: 20, LearningRate: 0.1}, nil)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "m.onnx")
	require.NoError(t, trained.SaveONNX(path))
	net, err := onnx.Read(path, onnx.Options{})
	require.NoError(t, err)
	n, err := From(Config{InputBits: 8, ActivationBits: 8, WeightBits: 8}, net, picture)
	require.NoError(t, err)
	require.NoError(t, n.Calibrate(values))
	counts, err := n.Evaluate(t.Context(), values, 1)
	require.NoError(t, err)
	want, err := trained.Accuracy(values)
	require.NoError(t, err)
	require.InDelta(t, want, counts.Accuracy(), 0.01)
}

func TestRefuses(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"inputs of 0 bits":      func(c *Config) { c.InputBits = 0 },
		"activations of 9 bits": func(c *Config) { c.ActivationBits = 9 },
		"weights of 1 bits":     func(c *Config) { c.WeightBits = 1 },
		"a sparsity of 1":       func(c *Config) { c.Sparsity = 1 },
		"is not known":          func(c *Config) { c.Net = "x" },
	} {
		cfg := config("8")
		change(&cfg)
		_, err := New(cfg, picture, 10)
		require.ErrorContains(t, err, want)
	}
	net := &snn.Network{Name: "net"}
	in := net.AddNode("in", &snn.Input{}, snn.Shape{4}, snn.Shape{4})
	relu := net.AddNode("relu", &snn.Relu{}, snn.Shape{4}, snn.Shape{4})
	out := net.AddNode("out", &snn.Output{}, snn.Shape{4}, snn.Shape{4})
	net.Connect(in, relu)
	net.Connect(relu, out)
	_, err := From(config(""), net, layer.Shape{Height: 1, Width: 1, Channels: 4})
	require.ErrorContains(t, err, `node "relu" (relu): an activation must follow`)
}
