package code

import (
	"fmt"
	"math/bits"
	"strings"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/core"
	"adder/fixedpoint"
	"adder/quantised"
)

// bounds are bounds of the sums of a population's neurons.
type bounds struct {
	// up and down are the sums over positive and negative weights with every source at
	// its top, both from 0 up.
	up, down []int64
	// bias is that of the network less the contribution of the sources' zero points.
	bias []int64
}

// boundsOf goes over the projections into population p.
func boundsOf(net *quantised.Network, p int) *bounds {
	n := net.Populations[p].Neurons
	b := &bounds{up: make([]int64, n), down: make([]int64, n)}
	b.bias = append(b.bias, net.Populations[p].Bias...)
	for i := range net.Projections {
		r := &net.Projections[i]
		if r.Target != p {
			continue
		}
		top, zero := int64(net.Top(r.Source)), int64(net.Zero(r.Source))
		for s := range r.Weights.Sources {
			r.Weights.Each(s, func(t, w int32) {
				v := int64(w) << r.Exponent
				b.bias[t] -= v * zero
				if v > 0 {
					b.up[t] += v * top
				} else {
					b.down[t] -= v * top
				}
			})
		}
	}
	return b
}

// least and greatest are the bounds of the sum of neuron n, its bias included.
func (b *bounds) least(n int) int64    { return b.bias[n] - b.down[n] }
func (b *bounds) greatest(n int) int64 { return b.bias[n] + b.up[n] }

// reach is the largest magnitude that a potential of neuron n can have in any tick, with an offset
// added to its bias, all shifted.
func (b *bounds) reach(n int, offset int64, shift int) int64 {
	most := raised(max(b.up[n], b.down[n]), shift)
	for _, sum := range []int64{b.bias[n], b.least(n), b.greatest(n)} {
		sum = raised(sum, shift) + offset
		most = max(most, sum, -sum)
	}
	return most
}

// raised is x << shift, or as far from 0 as sums can be.
func raised(x int64, shift int) int64 {
	const most = 61
	if bits.Len64(uint64(max(x, -x)))+shift <= most {
		return x << shift
	}
	if x < 0 {
		return -1 << most
	}
	return 1 << most
}

// bitsFor is the width, sign included, of a register that holds a magnitude.
func bitsFor(magnitude int64) int { return bits.Len64(uint64(magnitude)) + 1 }

// limit is the largest magnitude that a potential of the chip holds.
func limit(chip *profile.Profile) int64 { return fixedpoint.Limit(uint(chip.Widths.PotentialBits)) }

// tooWide says that a layer needs a wider potential.
func tooWide(layer string, need int, chip *profile.Profile) fit.Excess {
	return fit.Excess{
		Layer: layer, Limit: "bits of potential", Help: widthHelp(need),
		Need: int64(need), Have: int64(chip.Widths.PotentialBits),
	}
}

func widthHelp(need int) string {
	fewer := "take fewer bits of weights or of activations"
	var chips []string
	for _, name := range profile.Shipped() {
		p, err := profile.Load(name)
		if err == nil && p.Widths.PotentialBits >= need && p.HasModel(core.ModelRadix) {
			chips = append(chips, name)
		}
	}
	if len(chips) == 0 {
		return fewer
	}
	return fmt.Sprintf("%s, or another chip: --chip %s", fewer, strings.Join(chips, " or "))
}
