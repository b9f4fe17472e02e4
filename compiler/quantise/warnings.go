package quantise

import "fmt"

// fairLeak is the relative error of a leak rate that is worth a warning.
const fairLeak = 0.05

// Warnings says what a layer's integers do differently from the model.
func (q *Report) Warnings() []string {
	var out []string
	add := func(format string, args ...any) {
		out = append(out, "layer "+q.Layer+": "+fmt.Sprintf(format, args...))
	}
	switch {
	case q.Leakless > 0:
		add("%d potentials or currents leak so little in a tick that it rounds to nothing: a chip keeps fractions in 4096ths, and a leak below 1/8192 is none; a longer tick (--dt) makes it count", q.Leakless)
	case q.DecayError > fairLeak:
		add("a leak is off by %.1f %%: a chip keeps fractions in 4096ths, and a slow leak is few of them", 100*q.DecayError)
	}
	if q.Saturates {
		add("it integrates and may saturate within the ticks of a sample")
	}
	if q.Rests {
		add("its neurons rest at different potentials, and the class is read from how far each is from its own rest")
	}
	return out
}
