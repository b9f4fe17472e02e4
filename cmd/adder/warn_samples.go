package main

import (
	"adder/sample"
	"adder/sample/recorded"
)

// warnNotes prints the notes of a source.
func (a *app) warnNotes(s sample.Source) {
	if noted, ok := s.(recorded.Noted); ok {
		for _, note := range noted.Notes() {
			a.warn("%s", note)
		}
	}
}

// warnPeak says of samples that become spikes where their rate saturates.
func (a *app) warnPeak(s sample.Source) {
	if m, ok := s.(*sample.Encoded); ok {
		a.warnIntensity(m.Encoder)
	}
}

// warnSaturations says that registers ran out of bits.
func (a *app) warnSaturations(saturations int64) {
	if saturations > 0 {
		a.warn("potentials or currents ran out of their registers %s times and stayed at the "+
			"end: the chip does not do what the model means there", thousands(saturations))
	}
}
