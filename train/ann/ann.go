// Package ann trains the conventional network that a spiking network is compared with, and writes
// its ONNX file.
//
// [Train] fits a multilayer perceptron with ReLU layers by plain stochastic
// gradient descent, with the initial values that PyTorch gives its Linear
// layers, so that its figures compare with the field's. [Network.WriteONNX] writes
// it as other tools read it.
//
// The algebra is gonum's, in float32. A seed gives the same network to the
// bit on one architecture, whatever the number of threads and the processor's
// extensions: nothing here depends on fused multiply-adds, and gonum's
// parallel product gives each block of the result to one goroutine, which sums
// it in a fixed order. Between architectures the last bits may differ.
//
// The package does not convert a network to spikes (compiler/convert) and does
// not price it (package bench).
package ann

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"adder/sample"
	"adder/train/random"
)

// The limits of a network's shape; they keep a slip of the keyboard from taking
// all memory.
const (
	maxWidth  = 1 << 16
	maxHidden = 64
)

// Config is the network and the training.
type Config struct {
	// Hidden holds the widths of the ReLU layers between input and output;
	// empty means a linear classifier.
	Hidden []int
	// Epochs is the number of passes over the training set, at least 1.
	Epochs int
	// Batch is the number of images per step, at least 1. The last batch of an epoch may be
	// shorter.
	Batch int
	// LearningRate multiplies the mean gradient of a batch; above 0.
	LearningRate float64
	// Momentum is the part of the last step that is taken again, 0 (plain
	// gradient descent) to below 1: v = Momentum*v + gradient, w -= LearningRate*v.
	Momentum float64
	// Seed chooses the initial weights and the order of the images.
	Seed uint64
}

// DefaultConfig returns settings with which 784-128-10 exceeds 97.5 % on MNIST: ten passes of plain
// gradient descent.
func DefaultConfig() Config {
	return Config{Hidden: []int{128}, Epochs: 10, Batch: 64, LearningRate: 0.2}
}

// Check returns an error that names the first setting that cannot be used.
func (c Config) Check() error {
	if len(c.Hidden) > maxHidden {
		return fmt.Errorf("%d hidden layers: at most %d", len(c.Hidden), maxHidden)
	}
	for i, n := range c.Hidden {
		if n < 1 || n > maxWidth {
			return fmt.Errorf("hidden layer %d has %d neurons: must be 1 to %d", i+1, n, maxWidth)
		}
	}
	switch {
	case c.Epochs < 1:
		return fmt.Errorf("%d epochs: must be at least 1", c.Epochs)
	case c.Batch < 1:
		return fmt.Errorf("batches of %d: must be at least 1", c.Batch)
	case !(c.LearningRate > 0) || c.LearningRate > math.MaxFloat32:
		return fmt.Errorf("learning rate %v: must be above 0 and finite", c.LearningRate)
	case !(c.Momentum >= 0 && c.Momentum < 1):
		return fmt.Errorf("momentum %v: must be at least 0 and below 1", c.Momentum)
	}
	return nil
}

// Dense is a fully connected layer: y = x*Weight + Bias.
type Dense struct {
	// In and Out are the numbers of inputs and outputs.
	In, Out int
	// Weight has the shape [In, Out], row-major: the row of an input is its contribution to each
	// output. The row of a black pixel is skipped.
	Weight []float32
	// Bias has the shape [Out].
	Bias []float32
}

// Network is a multilayer perceptron: dense layers with ReLU between them, none
// after the last. Its input is a sample's real numbers, row-major (the pixels of a
// picture divided by 255); its output one logit per class.
type Network struct {
	// Layers holds the layers from input to output, at least one.
	Layers []Dense
}

// newANN returns a network of the given widths, input and output included,
// with weights and biases uniform in ±1/sqrt(fan-in), as PyTorch's Linear has
// them by default (torch/nn/modules/linear.py, reset_parameters).
func newANN(widths []int, seed uint64) *Network {
	a := &Network{Layers: make([]Dense, len(widths)-1)}
	for i := range a.Layers {
		in, out := widths[i], widths[i+1]
		d := Dense{In: in, Out: out, Weight: make([]float32, in*out), Bias: make([]float32, out)}
		rnd := random.New(seed, random.Weights, i)
		bound := 1 / math.Sqrt(float64(in))
		for j := range d.Weight {
			d.Weight[j] = rnd.Symmetric(bound)
		}
		for j := range d.Bias {
			d.Bias[j] = rnd.Symmetric(bound)
		}
		a.Layers[i] = d
	}
	return a
}

// Inputs returns the number of inputs.
func (a *Network) Inputs() int { return a.Layers[0].In }

// Outputs returns the number of outputs, one per class.
func (a *Network) Outputs() int { return a.Layers[len(a.Layers)-1].Out }

// Widths returns the widths of all layers, input and output included, such as
// 784, 128, 10.
func (a *Network) Widths() []int {
	w := []int{a.Inputs()}
	for _, l := range a.Layers {
		w = append(w, l.Out)
	}
	return w
}

// evalBatch is the number of images that are evaluated at a time.
const evalBatch = 256

// Logits returns the network's output for every sample, shape
// [s.Len(), a.Outputs()]. An error says that the samples have another size.
func (a *Network) Logits(s sample.Samples) ([]float32, error) {
	if err := a.checkInput(s); err != nil {
		return nil, err
	}
	f := newForward(a, min(evalBatch, s.Len()))
	out := make([]float32, 0, s.Len()*a.Outputs())
	for lo := 0; lo < s.Len(); lo += evalBatch {
		n := min(evalBatch, s.Len()-lo)
		for i := range n {
			if err := f.load(i, s, lo+i); err != nil {
				return nil, err
			}
		}
		out = append(out, f.run(n).Data...)
	}
	return out, nil
}

// Accuracy returns the part of the samples, 0 to 1, whose greatest logit, the
// first of several, is that of their label.
func (a *Network) Accuracy(s sample.Samples) (float64, error) {
	logits, err := a.Logits(s)
	if err != nil {
		return 0, err
	}
	if s.Len() == 0 {
		return 0, errors.New("accuracy: there are no samples")
	}
	right, k := 0, a.Outputs()
	for i := range s.Len() {
		if argMax(logits[i*k:(i+1)*k]) == s.Label(i) {
			right++
		}
	}
	return float64(right) / float64(s.Len()), nil
}

func (a *Network) checkInput(s sample.Samples) error {
	if size := sample.Size(s.Shape()); size != a.Inputs() {
		return fmt.Errorf("samples of shape %v, %d elements, for a network of %d inputs", s.Shape(),
			size, a.Inputs())
	}
	return nil
}

func argMax(v []float32) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}

// forward evaluates a network on up to a fixed number of images at a time.
type forward struct {
	ann  *Network
	acts [][]float32 // acts[0] the input, acts[i+1] the output of layer i
	real []float64   // one sample
}

func newForward(a *Network, batch int) *forward {
	f := &forward{ann: a, acts: make([][]float32, len(a.Layers)+1)}
	for i, w := range a.Widths() {
		f.acts[i] = make([]float32, batch*w)
	}
	return f
}

// load sets a row of the batch to a sample.
func (f *forward) load(row int, s sample.Samples, number int) (err error) {
	if f.real, err = s.Analog(number, f.real); err != nil {
		return err
	}
	dst := f.acts[0][row*len(f.real):][:len(f.real)]
	for i, x := range f.real {
		dst[i] = float32(x)
	}
	return nil
}

// run evaluates the first n rows and returns their logits, valid until the
// next run.
func (f *forward) run(n int) blas32.General {
	x := matrix(n, f.ann.Inputs(), f.acts[0])
	for i, l := range f.ann.Layers {
		y := matrix(n, l.Out, f.acts[i+1])
		for r := range n {
			copy(y.Data[r*l.Out:], l.Bias)
		}
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, x, matrix(l.In, l.Out, l.Weight), 1, y)
		if i < len(f.ann.Layers)-1 {
			relu(y.Data)
		}
		x = y
	}
	return x
}

func relu(v []float32) {
	for i, x := range v {
		v[i] = max(x, 0)
	}
}

// matrix views the first rows*cols values of data as a matrix.
func matrix(rows, cols int, data []float32) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: data[:rows*cols]}
}

// vector views data as a vector.
func vector(data []float32) blas32.Vector {
	return blas32.Vector{N: len(data), Inc: 1, Data: data}
}

// Progress is the progress of a training.
type Progress struct {
	// Epoch counts from 1 to Epochs.
	Epoch, Epochs int
	// Done and Total are images of this epoch.
	Done, Total int
	// Loss is the mean cross-entropy (nats) and Accuracy the part of images
	// classed right, over this epoch's images so far, each as it was before its step.
	Loss, Accuracy float64
}

// errDiverged is wrapped by the error of a training run whose loss is no
// longer a number.
var errDiverged = errors.New("training diverged")

// Train trains a network on samples with labels and returns it. Where progress is not nil it
// is called after each batch, from the calling goroutine. The network depends
// on samples and cfg alone. A cancelled ctx ends the training after the current
// batch with ctx's error; a loss that is no longer finite ends it with
// [errDiverged].
func Train(ctx context.Context, s sample.Samples, cfg Config,
	progress func(Progress)) (*Network, error) {
	if err := cfg.Check(); err != nil {
		return nil, fmt.Errorf("train ann: %w", err)
	}
	if s.Len() == 0 || !sample.Labelled(s) {
		return nil, errors.New("train ann: the training set holds no samples with labels")
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	widths := append([]int{sample.Size(s.Shape())}, cfg.Hidden...)
	a := newANN(append(widths, s.Classes()), cfg.Seed)
	descent := newSGD(a, min(cfg.Batch, s.Len()), cfg)
	order := make([]int, s.Len())
	for epoch := 1; epoch <= cfg.Epochs; epoch++ {
		random.Shuffle(order, random.New(cfg.Seed, random.Order, epoch))
		if err := descent.epoch(ctx, s, order, Progress{Epoch: epoch, Epochs: cfg.Epochs,
			Total: len(order)}, progress); err != nil {
			return nil, fmt.Errorf("train ann: epoch %d of %d: %w", epoch, cfg.Epochs, err)
		}
	}
	return a, nil
}
