package ann

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"adder/sample"
)

// sgd takes the steps of gradient descent on one network.
type sgd struct {
	*forward
	batch    int
	rate     float32
	momentum float32
	labels   []int
	deltas   [][]float32 // deltas[i] is the loss's gradient by the output of layer i before ReLU
	grads    []Dense     // the gradient by the weights
	steps    []Dense     // the last step before the learning rate; nil without momentum
}

func newSGD(a *Network, batch int, cfg Config) *sgd {
	s := &sgd{
		forward: newForward(a, batch), batch: batch,
		rate: float32(cfg.LearningRate), momentum: float32(cfg.Momentum),
		labels: make([]int, batch),
		grads:  zerosLike(a),
	}
	for _, l := range a.Layers {
		s.deltas = append(s.deltas, make([]float32, batch*l.Out))
	}
	if cfg.Momentum > 0 {
		s.steps = zerosLike(a)
	}
	return s
}

func zerosLike(a *Network) []Dense {
	var z []Dense
	for _, l := range a.Layers {
		z = append(z, Dense{In: l.In, Out: l.Out, Weight: make([]float32, len(l.Weight)),
			Bias: make([]float32, l.Out)})
	}
	return z
}

// epoch goes once through samples in the given order. It reports p with updated counts after each
// batch.
func (s *sgd) epoch(ctx context.Context, samples sample.Samples, order []int, p Progress,
	report func(Progress)) error {
	var loss float64
	right := 0
	for len(order) > 0 {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		n := min(s.batch, len(order))
		for i, k := range order[:n] {
			if err := s.load(i, samples, k); err != nil {
				return err
			}
			s.labels[i] = samples.Label(k)
		}
		order = order[n:]
		batchLoss, batchRight := s.gradient(n)
		if math.IsNaN(batchLoss) || math.IsInf(batchLoss, 0) {
			return fmt.Errorf("%w after %d images: lower the learning rate (%v)", errDiverged,
				p.Done, s.rate)
		}
		s.step()
		loss += batchLoss
		right += batchRight
		p.Done += n
		p.Loss = loss / float64(p.Done)
		p.Accuracy = float64(right) / float64(p.Done)
		report(p)
	}
	return nil
}

// gradient sets grads to the gradient of the mean cross-entropy of the n loaded
// images. It returns the sum of their losses and how many were classed right.
func (s *sgd) gradient(n int) (loss float64, right int) {
	logits := s.run(n)
	last := len(s.ann.Layers) - 1
	k := s.ann.Layers[last].Out
	for r := range n {
		row := logits.Data[r*k : (r+1)*k]
		label := s.labels[r]
		if argMax(row) == label {
			right++
		}
		loss += crossEntropy(row, label, 1/float64(n), s.deltas[last][r*k:(r+1)*k])
	}
	for i := last; i >= 0; i-- {
		s.backward(i, n)
	}
	return loss, right
}

// backward sets the gradient of layer i from deltas[i], and deltas[i-1].
func (s *sgd) backward(i, n int) {
	l, g := s.ann.Layers[i], s.grads[i]
	x, delta := matrix(n, l.In, s.acts[i]), matrix(n, l.Out, s.deltas[i])
	// The input is the left factor in both products of its size, because
	// gonum skips the zeros of that side, and most pixels are zero.
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, x, delta, 0, matrix(l.In, l.Out, g.Weight))
	clear(g.Bias)
	for r := range n {
		blas32.Axpy(1, vector(delta.Data[r*l.Out:(r+1)*l.Out]), vector(g.Bias))
	}
	if i == 0 {
		return
	}
	below := matrix(n, l.In, s.deltas[i-1])
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, delta, matrix(l.In, l.Out, l.Weight), 0, below)
	for j, a := range x.Data {
		if a <= 0 {
			below.Data[j] = 0
		}
	}
}

// step moves the network against its gradient.
func (s *sgd) step() {
	for i, l := range s.ann.Layers {
		d := s.grads[i]
		if s.steps != nil {
			d = s.steps[i]
			accumulate(s.momentum, d.Weight, s.grads[i].Weight)
			accumulate(s.momentum, d.Bias, s.grads[i].Bias)
		}
		blas32.Axpy(-s.rate, vector(d.Weight), vector(l.Weight))
		blas32.Axpy(-s.rate, vector(d.Bias), vector(l.Bias))
	}
}

// accumulate sets v to m*v + g.
func accumulate(m float32, v, g []float32) {
	blas32.Scal(m, vector(v))
	blas32.Axpy(1, vector(g), vector(v))
}

// crossEntropy returns the loss -log softmax(logits)[label] and sets delta to
// scale times its gradient by the logits.
func crossEntropy(logits []float32, label int, scale float64, delta []float32) float64 {
	top := float64(logits[argMax(logits)])
	var sum float64
	for _, x := range logits {
		sum += exp(float64(x) - top)
	}
	for i, x := range logits {
		p := exp(float64(x)-top) / sum
		if i == label {
			p--
		}
		delta[i] = float32(p * scale)
	}
	return math.Log(sum) - (float64(logits[label]) - top)
}

// ln2Hi + ln2Lo is the natural logarithm of 2; ln2Hi ends in zeros, so that its
// product with a small integer is exact.
const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// exp returns e to the x for x <= 0, within a few units in the last place. It
// is here because math.Exp uses fused multiply-adds on processors that have
// them, and so differs in the last bit between machines of one architecture.
func exp(x float64) float64 {
	if !(x > -700) {
		if math.IsNaN(x) {
			return x
		}
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	r := x - float64(k*ln2Hi)
	r -= float64(k * ln2Lo)
	// Taylor's series on |r| <= ln(2)/2; the term of degree 14 is below 1e-17.
	sum := 1.0
	for n := 13.0; n > 0; n-- {
		sum = 1 + float64(float64(sum*r)/n)
	}
	return math.Ldexp(sum, int(k))
}
