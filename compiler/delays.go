package compiler

import (
	"fmt"
	"math"
	"strings"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/flat"
)

// checkDelays refuses delays of the model that are longer than those of a chip's axons. Delays that
// follow only from the depths of layers are checked by the pass that writes axons.
func checkDelays(f *flat.Network, chip *profile.Profile) error {
	var limits []fit.Excess
	for i := range f.Projections {
		p := &f.Projections[i]
		if len(p.Delays) == 0 {
			continue
		}
		long := fit.LongDelay(chip, f.Populations[p.Target].Name, p.Delay, "")
		if long != nil {
			long.Help = delayHelp(f, p, chip)
			limits = append(limits, *long)
		}
	}
	if limits == nil {
		return nil
	}
	return &fit.Error{Network: f.Name, Chip: chip.Name, Limits: limits}
}

// delayHelp names the Delay nodes and, where ticks have a length, the one with which the
// delay would fit.
func delayHelp(f *flat.Network, p *flat.Projection, chip *profile.Profile) string {
	help := fmt.Sprintf("the Delay %s waits %d ticks", strings.Join(p.Delays, ", "), p.Wait)
	if !(f.DT > 0) || chip.Core.MaxDelay < 1 {
		return help
	}
	// Two digits, rounded up.
	least := f.DT * float64(p.Delay) / float64(chip.Core.MaxDelay)
	unit := math.Pow(10, math.Floor(math.Log10(least))-1)
	return fmt.Sprintf("%s of %g s: longer ticks make them fewer, --dt %.2g or more", help, f.DT,
		math.Ceil(least/unit-1e-9)*unit)
}
