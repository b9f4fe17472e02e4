package fit

import (
	"adder/chip/profile"
	"adder/core"
)

// Widths are the register widths of a chip's cores.
func Widths(chip *profile.Profile) core.Widths {
	return core.Widths{
		OffChip:   offChipWord(chip),
		Potential: uint8(chip.Widths.PotentialBits), Current: uint8(chip.Widths.CurrentBits),
		WrapPotential:   chip.Widths.PotentialOverflow == profile.Wrap,
		WrapCurrent:     chip.Widths.CurrentOverflow == profile.Wrap,
		Align:           uint8(chip.Widths.Align),
		DecayDigits:     uint8(chip.Widths.DecayDigits),
		IndexBits:       uint8(chip.Weights.SparseIndexBits),
		MergeDuplicates: chip.Duplicates == profile.MergeDuplicates,
	}
}

// FanIn is the largest fan-in of a neuron on a chip: an axon entry and a weight in one core for
// each source.
func FanIn(chip *profile.Profile, weightBits int) int {
	return min(chip.Core.InputAxons, int(chip.Core.SynapseMemory/int64(weightBits)))
}

// offChipWord is the width of a word of the memory outside of the chip, 0 without one.
func offChipWord(chip *profile.Profile) uint16 {
	if chip.OffChip == nil {
		return 0
	}
	return uint16(chip.OffChip.Word)
}
