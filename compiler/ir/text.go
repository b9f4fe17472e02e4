package ir

import (
	"fmt"
	"strings"
)

// String lists populations with the constants of their first neurons, and
// projections with the weights of small ones.
func (n *Network) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "input %s %d\n", n.Input.Name, n.Input.Size)
	for i := range n.Populations {
		p := &n.Populations[i]
		fmt.Fprintf(&b, "population %s %d depth %d", p.Name, p.Size, p.Depth)
		if i == n.Output {
			b.WriteString(" output")
		}
		b.WriteByte('\n')
		for _, g := range p.Groups {
			fmt.Fprintf(&b, "  group [%d:%d] keep v %d/4096", g.First, g.First+g.Count, g.DecayV)
			if g.HasCurrent {
				fmt.Fprintf(&b, " u %d/4096", g.DecayU)
			}
			fmt.Fprintf(&b, " exponent %d", g.WeightExp)
			if g.Integrator {
				b.WriteString(" integrator")
			}
			b.WriteByte('\n')
		}
		k := min(p.Size, shown)
		fmt.Fprintf(&b, "  threshold %v bias %v reset %v v0 %v\n", p.Threshold[:k], p.Bias[:k], p.Reset[:k], p.V0[:k])
	}
	for i := range n.Projections {
		p := &n.Projections[i]
		fmt.Fprintf(&b, "projection %s delay %d, %d-bit, %d of %d nonzero\n", p.Name, p.Delay, p.WeightBits, p.Weights.NonZero(), p.Weights.Sources*p.Weights.Targets)
		for s := range min(p.Weights.Sources, shown) {
			fmt.Fprintf(&b, "  %d:", s)
			left := shown
			p.Weights.Each(s, func(t int32, w int16) {
				if left--; left >= 0 {
					fmt.Fprintf(&b, " %d*%d", t, w)
				}
			})
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// shown is how many elements a listing shows.
const shown = 4
