package main

import (
	"adder/sample"
	"adder/sample/recorded"
	"adder/spike/encode"
)

// warnNotes prints the notes of a source.
func (a *app) warnNotes(s sample.Source) {
	if noted, ok := s.(recorded.Noted); ok {
		for _, note := range noted.Notes() {
			a.warn("%s", note)
		}
	}
}

// warnPeak says that an encoder is asked for more spikes than there are ticks for, so
// that different inputs become the same spikes.
func (a *app) warnPeak(s sample.Source) {
	m, ok := s.(*sample.Encoded)
	if !ok {
		return
	}
	c := m.Encoder.Config()
	switch c.Kind {
	case encode.KindRate, encode.KindPoisson, encode.KindPoissonRenewal:
	default:
		return // an intensity has no other meaning there
	}
	const rounding = 1e-6
	if peak := c.Intensity * c.TickSeconds; peak > 1+rounding {
		a.warn("a full-scale input asks for %.3g spikes a tick and at most one can be given: "+
			"every input above %.3g of full scale fires in every tick (--intensity, or longer "+
			"ticks, change that)",
			peak, 1/peak)
	}
}

// warnSaturations says that registers ran out of bits.
func (a *app) warnSaturations(saturations int64) {
	if saturations > 0 {
		a.warn("potentials or currents ran out of their registers %s times and stayed at the "+
			"end: the chip does not do what the model means there", thousands(saturations))
	}
}
