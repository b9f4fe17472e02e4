package casefile

import (
	"fmt"

	"adder/chip/profile"
	"adder/core"
)

// Model holds the keys of the neuron model and its constants.
type Model struct {
	// DU gives the neurons a current that keeps (4096 - DU - 1) / 4096 of
	// itself per tick, 0 to 4095. Without it, input enters the potential.
	DU *int `yaml:"du"`
	// DV lets the potential keep (4096 - DV) / 4096 of itself, 0 to 4096.
	DV int `yaml:"dv"`
	// Leak moves the potential by so much in each tick, in least significant
	// bits: away from 0, or toward 0 and past it where Leak is negative. A
	// chip stores it as the mantissa of a bias.
	Leak int `yaml:"leak"`
	// Graded makes spikes carry the potential, in that many bits.
	Graded int `yaml:"graded"`
	// Floor is the least potential, in least significant bits: the negative threshold
	// -beta of TrueNorth. Without it there is none.
	Floor *int `yaml:"floor"`
	// Kappa and Mask are TrueNorth's rule for potentials below -beta and the mask of its
	// random threshold, for files that state them: 1, that they stay at -beta, and 0, that
	// thresholds are not random, are all that is emulated.
	Kappa *int `yaml:"kappa"`
	Mask  int  `yaml:"mask"`
	// Refractory is the number of ticks after a spike in which input is
	// discarded.
	Refractory int `yaml:"refractory"`
}

// decayOne is the decay factor that keeps everything.
const decayOne = 4096

// check checks the ranges of the keys on a chip.
func (m *Model) check(chip *profile.Profile) error {
	most := int64(1)<<(min(chip.Widths.BiasBits, chip.Widths.PotentialBits)-1) - 1
	du := 0
	if m.DU != nil {
		du = *m.DU
	}
	for _, err := range []error{
		within("du", int64(du), 0, decayOne-1), within("dv", int64(m.DV), 0, decayOne),
		within("leak", int64(m.Leak), -most, most), within("refractory", int64(m.Refractory), 0,
			1<<16-1),
	} {
		if err != nil {
			return err
		}
	}
	if m.Graded != 0 {
		if err := within("graded", int64(m.Graded), 2, 24); err != nil {
			return err
		}
	}
	if m.Floor != nil {
		state := int64(1)<<(chip.Widths.PotentialBits-1) - 1
		if err := within("floor", int64(*m.Floor), -state, state); err != nil {
			return err
		}
	}
	switch {
	case m.Kappa != nil && *m.Kappa != 1:
		return fmt.Errorf(
			"kappa %d: a potential below the negative threshold is reset, which is not "+
				"emulated: write 1, it stays at the floor", *m.Kappa)
	case m.Mask != 0:
		return fmt.Errorf("mask %d: random thresholds are not emulated: write 0", m.Mask)
	}
	return nil
}

// group is a group of such neurons.
func (m *Model) group() core.Group {
	g := core.Group{
		DecayV: uint16(decayOne - m.DV), Leak: int32(m.Leak), Refractory: uint16(m.Refractory),
		Graded: uint8(m.Graded),
	}
	if m.Floor != nil {
		g.HasFloor, g.Floor = true, int32(*m.Floor)
	}
	if m.DU != nil {
		g.HasCurrent, g.DecayU = true, uint16(decayOne-*m.DU-1)
	}
	return g
}
