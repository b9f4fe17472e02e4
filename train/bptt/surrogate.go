package bptt

import "math"

// surrogate approximates the derivative of the step at the threshold, 1.
type surrogate struct {
	triangle bool
	// height is 1 / width.
	width, half, height float32
	// relaxed replaces the step by the integral of the surrogate, so that the gradient is exact:
	// what tests compare with finite differences.
	relaxed bool
}

// slopes stores the surrogate at potentials in thresholds. Whether a potential is near its
// threshold cannot be foretold, so the loops have no branches on it.
func (s *surrogate) slopes(u, out []float32) {
	out = out[:len(u)]
	height, half, bits := s.height, s.half, math.Float32bits(s.height)
	if s.triangle {
		for k, x := range u {
			d := math.Float32frombits(math.Float32bits(x-1) &^ sign)
			left := math.Float32bits(float32(d*height) - 1) // below 0 where the neuron is near
			out[k] = math.Float32frombits(left&mask(left)&^sign) * height
		}
		return
	}
	for k, x := range u {
		d := math.Float32frombits(math.Float32bits(x-1) &^ sign)
		out[k] = math.Float32frombits(mask(math.Float32bits(d-half)) & bits)
	}
}

func newSurrogate(kind string, width float32) surrogate {
	return surrogate{triangle: kind == "triangle", width: width, half: width / 2, height: 1 / width}
}

// sign is the sign of a float32.
const sign = 1 << 31

// mask is all ones where the number of these bits is negative, and else 0.
func mask(bits uint32) uint32 { return uint32(int32(bits) >> 31) }

// integral is the integral of the surrogate below a potential.
func (s *surrogate) integral(u float32) float32 {
	if !s.triangle {
		return min(max((u-1)/s.width+0.5, 0), 1)
	}
	d := min(max((u-1)/s.width, -1), 1)
	if d < 0 {
		return 0.5 * (1 + d) * (1 + d)
	}
	return 1 - 0.5*(1-d)*(1-d)
}
