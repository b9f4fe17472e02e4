package quantise

import "fmt"

// fairLeak is the relative error of a leak rate that is worth a warning.
const fairLeak = 0.05

// fairZeroed is the share of a layer's weights that become 0 which is worth a warning:
// trained layers have a few such at 8 bits.
const fairZeroed = 0.1

// Warnings lists deviations of a layer's integers from the model.
func (q *Report) Warnings() []string {
	var out []string
	add := func(format string, args ...any) {
		out = append(out, "layer "+q.Layer+": "+fmt.Sprintf(format, args...))
	}
	switch {
	case q.Leakless > 0:
		add("%d potentials or currents leak so little in a tick that it rounds to nothing: a "+
			"chip keeps fractions in 4096ths, and a leak below 1/8192 is none; a longer tick "+
			"(--dt) makes it count", q.Leakless)
	case q.DecayError > fairLeak && q.Shifts:
		add("a leak is off by %.1f %%: a chip takes a 2^-k-th part in a tick, and the nearest "+
			"one is that far", 100*q.DecayError)
	case q.DecayError > fairLeak:
		add("a leak is off by %.1f %%: a chip keeps fractions in 4096ths, and a slow leak is "+
			"few of them", 100*q.DecayError)
	}
	if q.Zeroed > 0 && float64(q.Zeroed) >= fairZeroed*float64(q.Weights) {
		help := ""
		if q.MaxBits > q.Bits {
			help = fmt.Sprintf(": the chip stores up to %d (--bits %d), a bit of memory each",
				q.MaxBits, q.MaxBits)
		}
		add("%d of %d weights are too small for %d bits and become 0%s", q.Zeroed, q.Weights,
			q.Bits, help)
	}
	if q.Settled {
		add("its biases come before a current, and enter the potential at what the current comes " +
			"to: the first ticks differ")
	}
	if q.Saturates {
		add("it integrates and may saturate within the ticks of a sample")
	}
	if q.Rests {
		add("its neurons rest at different potentials, and the class is read from how far each " +
			"is from its own rest")
	}
	return out
}
