package bptt

import (
	"math"

	"adder/spike/encode"
)

// constants are the constants of a layer, computed from what is trained. Potentials are counted in
// units of their own: a unit is the least bit of the chip's potential, or 1 where real numbers are
// trained.
type constants struct {
	// forward holds the weights as they are multiplied: integers, or as trained. backward holds
	// their values, transposed.
	forward, backward []float32
	// scale converts a weighted input to units.
	scale float32
	// unit is the value of 1, threshold and bias are in units; all per channel.
	unit, threshold, bias []float32
	// whole rounds the input of a tick to units, and a decay toward zero. exact is set where
	// the input is whole already: pools divide by powers of two.
	whole, exact bool
}

// leastThreshold is the bits that thresholds keep, as the compiler chooses exponents
// (docs/neurocore.md, section 7).
const leastThreshold = 1 << 12

// constants works out those of stage i.
func (n *Network) constants(i int) constants {
	s := &n.stages[i]
	c := constants{
		forward: s.weights, backward: sized(s.backward, len(s.weights)), scale: 1,
		threshold: sized(s.threshold, len(s.biases)),
		unit:      sized(s.unit, len(s.biases)), bias: sized(s.bias, len(s.biases)),
	}
	if n.cfg.Bits == 0 {
		for k, b := range s.biases {
			c.unit[k], c.threshold[k], c.bias[k] = 1, 1, b
		}
		s.Linear.Transpose(s.weights, c.backward)
		return c
	}
	c.forward, c.whole = sized(s.forward, len(s.weights)), true
	steps := n.steps(i)
	c.scale = n.leastBits(i, steps)
	c.exact = (i > 0 || n.encoder != nil) && powerOfTwo(c.scale)
	real := make([]float32, len(s.weights))
	for k, w := range s.weights {
		step := steps[s.Linear.Channel(k)]
		c.forward[k] = float32(math.RoundToEven(float64(w / step)))
		real[k] = c.forward[k] * step
	}
	s.Linear.Transpose(real, c.backward)
	for k, b := range s.biases {
		c.unit[k] = steps[k] / c.scale
		c.threshold[k] = float32(math.RoundToEven(float64(1 / c.unit[k])))
		c.bias[k] = float32(math.RoundToEven(float64(b / c.unit[k])))
	}
	return c
}

func sized(x []float32, n int) []float32 {
	if len(x) == n {
		return x
	}
	return make([]float32, n)
}

// steps are the grids of the weights, one per output channel, or one for all where
// potentials are compared. The largest weight is a whole number of steps.
func (n *Network) steps(i int) []float32 {
	s := &n.stages[i]
	largest := make([]float32, len(s.biases))
	for k, w := range s.weights {
		c := s.Linear.Channel(k)
		largest[c] = max(largest[c], w, -w)
	}
	if n.last(i) {
		for _, a := range largest {
			largest[0] = max(largest[0], a)
		}
		for c := range largest {
			largest[c] = largest[0]
		}
	}
	most := float32(int(1)<<(n.cfg.Bits-1) - 1)
	for c, a := range largest {
		if largest[c] = a / most; a == 0 {
			largest[c] = 1 / most // no weight: any grid will do
		}
	}
	return largest
}

// leastBits is the number of least bits of the potential in a step of a weight: what the
// pools divide by, so that a spike is whole, times a power of two, the least for which
// thresholds keep their bits.
func (n *Network) leastBits(i int, steps []float32) float32 {
	s := &n.stages[i]
	bits := 1.0
	for _, p := range s.Pools {
		bits *= float64(p.Kernel * p.Kernel)
	}
	coarsest := 0.0
	for _, step := range steps {
		coarsest = max(coarsest, float64(step))
	}
	pile := 1.0 // the sum of truncation errors after a leak
	if keep := n.cfg.keep(); keep < 1 {
		pile = 1 / (1 - keep)
	}
	for e := 0; e < maxExponent && bits/coarsest < leastThreshold*pile; e++ {
		bits *= 2
	}
	return float32(bits)
}

func powerOfTwo(x float32) bool {
	fraction, _ := math.Frexp(float64(x))
	return fraction == 0.5
}

// maxExponent is the largest weight exponent of a chip.
const maxExponent = 15

// levels rounds a sample to the levels of direct input.
func (n *Network) levels(x []float32) {
	if n.cfg.Bits == 0 {
		return
	}
	most := float64(int(1)<<encode.Defaults(encode.KindDirect).Bits - 1)
	for i, v := range x {
		x[i] = float32(math.Round(float64(v)*most) / most)
	}
}
