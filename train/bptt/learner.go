package bptt

import (
	"math"

	"adder/spike"
	"adder/train/descent"
)

// learner works on one sample at a time.
type learner struct {
	net       *Network
	surrogate surrogate
	keep      float64
	subtract  bool
	layers    []signals
	logits    []float32
	delta     []float32
	bytes     []uint8
	train     *spike.Train
}

// signals are those of a stage, tick by tick.
type signals struct {
	// input is the input of the layer, after the pools; pooled holds what is between pools.
	input  [][]float32
	pooled [][]float32
	// sum is the input of a tick in units, v the potential.
	sum, v []float32
	// u is the potential before the reset in thresholds, spikes what fired, gradient
	// the loss's by the spikes and then by u.
	u, spikes, gradient [][]float32
	// below is the gradient by the input of a tick, slope the surrogate.
	below, slope []float32
}

func (n *Network) learner() *learner {
	l := &learner{
		net: n, keep: n.cfg.keep(), subtract: n.cfg.Reset == "subtract",
		logits: make([]float32, n.classes), delta: make([]float32, n.classes),
		surrogate: newSurrogate(n.cfg.Surrogate, float32(n.cfg.Width)),
	}
	ticks := n.cfg.Ticks
	for i := range n.stages {
		s := &n.stages[i]
		size := s.Linear.Out().Size()
		g := signals{sum: make([]float32, size), v: make([]float32, size),
			below: make([]float32, s.Linear.In().Size()), slope: make([]float32, size)}
		for _, p := range s.Pools {
			g.pooled = append(g.pooled, make([]float32, p.Of.Size()))
		}
		g.input = make([][]float32, ticks)
		for t := range ticks {
			if i == 0 || len(s.Pools) > 0 {
				g.input[t] = make([]float32, s.Linear.In().Size())
			}
			if !n.last(i) {
				g.u = append(g.u, make([]float32, size))
				g.spikes = append(g.spikes, make([]float32, size))
				g.gradient = append(g.gradient, make([]float32, size))
			}
		}
		l.layers = append(l.layers, g)
	}
	if n.encoder != nil {
		l.bytes = make([]uint8, n.input.Size())
		l.train = spike.NewTrain(n.input.Size(), ticks)
	}
	return l
}

// Score implements descent.Learner.
func (l *learner) Score(x []float32, label int, key uint64) descent.Score {
	l.forward(x, key)
	return descent.CrossEntropy(l.logits, label, nil)
}

// Learn implements descent.Learner.
func (l *learner) Learn(x []float32, label int, key uint64, grads [][]float32) descent.Score {
	l.forward(x, key)
	score := descent.CrossEntropy(l.logits, label, l.delta)
	l.backward(grads)
	return score
}

// direct reports whether the input of the first layer is the same in every tick.
func (l *learner) direct() bool { return l.net.encoder == nil }

// setInput sets the input of the first layer.
func (l *learner) setInput(x []float32, key uint64) {
	input := l.layers[0].input
	if l.direct() {
		copy(input[0], x)
		l.net.levels(input[0])
		return
	}
	shape := l.net.input
	plane := shape.Height * shape.Width
	for c := range shape.Channels {
		for p := range plane {
			v := min(max(x[p*shape.Channels+c], 0), 1)
			l.bytes[c*plane+p] = uint8(math.Round(float64(v) * 255))
		}
	}
	l.net.encoder.Encode(key, l.bytes, l.train)
	for t, dst := range input {
		clear(dst)
		l.train.Each(t, func(k int) { dst[k%plane*shape.Channels+k/plane] = 1 })
	}
}

// forward runs a sample and sets logits to the mean potential that the last layer gains in
// a tick.
func (l *learner) forward(x []float32, key uint64) {
	l.setInput(x, key)
	for i := range l.layers {
		l.pool(i)
		if l.net.last(i) {
			l.read(i)
			return
		}
		l.run(i)
	}
}

// pool sets the input of stage i to the pooled spikes of the one before.
func (l *learner) pool(i int) {
	if i == 0 {
		return
	}
	g, s, before := &l.layers[i], &l.net.stages[i], &l.layers[i-1]
	for t, x := range before.spikes {
		if len(s.Pools) == 0 {
			g.input[t] = x
			continue
		}
		for k, p := range s.Pools {
			y := g.input[t]
			if k+1 < len(s.Pools) {
				y = g.pooled[k+1]
			}
			p.Forward(x, y)
			x = y
		}
	}
}

// weigh sets the sum of stage i to the weighted input of a tick, in units.
func (l *learner) weigh(i, t int) {
	g, s := &l.layers[i], &l.net.stages[i]
	clear(g.sum)
	s.Linear.Forward(s.forward, g.input[t], g.sum)
	switch {
	case s.exact:
		for k, a := range g.sum {
			g.sum[k] = a * s.scale
		}
	case s.whole:
		for k, a := range g.sum {
			g.sum[k] = float32(math.RoundToEven(float64(a) * float64(s.scale)))
		}
	}
}

// run runs the ticks of a layer that fires.
func (l *learner) run(i int) {
	g, s := &l.layers[i], &l.net.stages[i]
	channels := len(s.biases)
	clear(g.v)
	for t := range g.u {
		if t == 0 || i > 0 || !l.direct() {
			l.weigh(i, t)
		}
		for at := 0; at < len(g.v); at += channels {
			l.tick(s, g.v[at:][:channels], g.sum[at:][:channels], g.u[t][at:][:channels],
				g.spikes[t][at:][:channels])
		}
	}
}

// tick integrates and tests the neurons of all channels in one place.
func (l *learner) tick(s *stage, v, sum, u, spikes []float32) {
	n := len(s.biases)
	bias, unit, threshold := s.bias[:n], s.unit[:n], s.threshold[:n]
	v, sum, u, spikes = v[:n], sum[:n], u[:n], spikes[:n]
	switch {
	case l.surrogate.relaxed:
		l.relaxedTick(s, v, sum, u, spikes)
	case s.whole:
		for c, x := range v {
			x = float32(int32(float64(x)*l.keep)) + sum[c] + bias[c]
			fired := mask(math.Float32bits(threshold[c] - x))
			u[c] = float32(x * unit[c])
			spikes[c] = math.Float32frombits(fired & one)
			v[c] = x - math.Float32frombits(fired&math.Float32bits(l.taken(x, threshold[c])))
		}
	default:
		keep := float32(l.keep)
		for c, x := range v {
			x = float32(x*keep) + sum[c] + bias[c]
			fired := mask(math.Float32bits(threshold[c] - x))
			u[c] = x
			spikes[c] = math.Float32frombits(fired & one)
			v[c] = x - math.Float32frombits(fired&math.Float32bits(l.taken(x, threshold[c])))
		}
	}
}

// taken is the amount that a spike subtracts from a potential.
func (l *learner) taken(x, threshold float32) float32 {
	if l.subtract {
		return threshold
	}
	return x
}

// relaxedTick is tick with parts of spikes.
func (l *learner) relaxedTick(s *stage, v, sum, u, spikes []float32) {
	for c, x := range v {
		x = float32(x*float32(l.keep)) + sum[c] + s.bias[c]
		u[c] = float32(x * s.unit[c])
		z := l.surrogate.integral(u[c])
		spikes[c], v[c] = z, x-float32(z*l.taken(x, s.threshold[c]))
	}
}

// one is the number 1 as bits.
const one = 0x3f800000

// read sums the ticks of the last layer.
func (l *learner) read(i int) {
	g, s := &l.layers[i], &l.net.stages[i]
	clear(g.v)
	for t := range g.input {
		if t == 0 || i > 0 || !l.direct() {
			l.weigh(i, t)
		}
		for k, a := range g.sum {
			g.v[k] += a + s.bias[k]
		}
	}
	part := 1 / float32(len(g.input))
	for k, v := range g.v {
		l.logits[k] = float32(v*s.unit[k]) * part
	}
}
