package qat

import (
	"math"

	"adder/train/descent"
)

// learner works on one sample at a time.
type learner struct {
	net    *Network
	layers []signals
	logits []float32
}

// signals are those of a stage.
type signals struct {
	// signals are the signals before each pool and the input of the layer, as integers (or, after
	// means, parts of them), in the unit of the stage's in.
	signals [][]float32
	// sum is the layer's in its unit, delta the gradient of the loss by it in real numbers.
	sum, delta []float32
	// below are gradients by signals.
	below [][]float32
}

func (n *Network) learner() *learner {
	l := &learner{net: n, logits: make([]float32, n.Outputs())}
	for i := range n.stages {
		s := &n.stages[i]
		size := s.Linear.Out().Size()
		g := signals{sum: make([]float32, size), delta: make([]float32, size)}
		for _, p := range s.Pools {
			g.signals = append(g.signals, make([]float32, p.Of.Size()))
		}
		g.signals = append(g.signals, make([]float32, s.Linear.In().Size()))
		for _, h := range g.signals {
			g.below = append(g.below, make([]float32, len(h)))
		}
		l.layers = append(l.layers, g)
	}
	return l
}

// Score implements descent.Learner.
func (l *learner) Score(x []float32, label int, _ uint64) descent.Score {
	l.forward(x)
	return descent.CrossEntropy(l.logits, label, nil)
}

// Learn implements descent.Learner.
func (l *learner) Learn(x []float32, label int, _ uint64, grads [][]float32) descent.Score {
	l.forward(x)
	last := len(l.layers) - 1
	score := descent.CrossEntropy(l.logits, label, l.layers[last].delta)
	for i := last; i >= 0; i-- {
		l.backward(i, grads[3*i], grads[3*i+1])
		if i > 0 {
			l.activation(i-1, grads[3*i-1])
		}
	}
	return score
}

// forward sets logits to a sample's, in real numbers.
func (l *learner) forward(x []float32) {
	first, most := &l.layers[0], float64(top(l.net.cfg.InputBits))
	for k, v := range x {
		first.signals[0][k] = round(min(max(float64(v)*most, 0), most))
	}
	for i := range l.layers {
		l.weigh(i)
		if l.net.last(i) {
			break
		}
		l.quantise(i, l.layers[i+1].signals[0])
	}
	s, g := &l.net.stages[len(l.layers)-1], &l.layers[len(l.layers)-1]
	for k, v := range g.sum {
		l.logits[k] = float32(float64(v) * s.unit())
	}
}

// weigh sets the sums of a layer.
func (l *learner) weigh(i int) {
	g, s := &l.layers[i], &l.net.stages[i]
	for k, p := range s.Pools {
		p.Forward(g.signals[k], g.signals[k+1])
	}
	for at := 0; at < len(g.sum); at += len(s.b) {
		copy(g.sum[at:], s.b)
	}
	s.Linear.Forward(s.w, g.signals[len(s.Pools)], g.sum)
}

// quantise sets a to the activations of a layer.
func (l *learner) quantise(i int, a []float32) {
	g, s := &l.layers[i], &l.net.stages[i]
	factor, most := s.unit()/float64(s.out), float64(top(l.net.cfg.ActivationBits))
	for k, v := range g.sum {
		a[k] = 0
		if v > 0 {
			a[k] = l.net.round(min(float64(v)*factor, most))
		}
	}
}

// backward adds the gradients of a layer's weights and biases and sets that by its input, before
// the pools, in real numbers.
func (l *learner) backward(i int, weights, biases []float32) {
	g, s := &l.layers[i], &l.net.stages[i]
	for at := 0; at < len(g.delta); at += len(biases) {
		for c := range biases {
			biases[c] += g.delta[at+c]
		}
	}
	pools := len(s.Pools)
	for k, d := range g.delta {
		g.sum[k] = d * s.in // inputs are scaled by so much more
	}
	s.Linear.Gradient(g.signals[pools], g.sum, weights)
	if i == 0 {
		return
	}
	clear(g.below[pools])
	s.Linear.Backward(s.backward, g.delta, g.below[pools])
	for k := pools - 1; k >= 0; k-- {
		s.Pools[k].Backward(g.signals[k], g.signals[k+1], g.below[k+1], g.below[k])
	}
}

// activation takes the gradient by the activations of a layer back to its sums, and adds that
// of the logarithm of their scale. Between 0 and the greatest the rounding is passed over;
// outside nothing goes through.
func (l *learner) activation(i int, exponent []float32) {
	g, s, above := &l.layers[i], &l.net.stages[i], &l.layers[i+1]
	factor, most := s.unit()/float64(s.out), float64(top(l.net.cfg.ActivationBits))
	var sum float64
	for k, d := range above.below[0] {
		x := float64(g.sum[k]) * factor
		switch {
		case d == 0 || x < 0:
			g.delta[k] = 0
		case x > most:
			g.delta[k] = 0
			sum += float64(d) * most
		default:
			g.delta[k] = d
			sum += float64(d) * (float64(above.signals[0][k]) - x)
		}
	}
	exponent[0] += float32(sum * float64(s.out) * math.Ln2)
}
