package ir

import (
	"fmt"
	"strings"

	"adder/core"
)

// String lists populations with the constants of their first neurons, and
// projections with the weights of small ones.
func (n *Network) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "input %s %d\n", n.Input.Name, n.Input.Size)
	for i := range n.Populations {
		n.listPopulation(&b, i)
	}
	for i := range n.Projections {
		n.Projections[i].list(&b)
	}
	return b.String()
}

// shown is how many elements a listing shows.
const shown = 4

func (n *Network) listPopulation(b *strings.Builder, i int) {
	p := &n.Populations[i]
	fmt.Fprintf(b, "population %s %d depth %d", p.Name, p.Size, p.Depth)
	if i == n.Output {
		b.WriteString(" output")
		if n.Labels != nil {
			fmt.Fprintf(b, " by labels of %d classes", n.Labels.Classes)
		}
	}
	b.WriteByte('\n')
	for k := range p.Groups {
		n.listGroup(b, &p.Groups[k])
	}
	k := min(p.Size, shown)
	fmt.Fprintf(b, "  threshold %v bias %v reset %v v0 %v", p.Threshold[:k], p.Bias[:k],
		p.Reset[:k], p.V0[:k])
	if len(p.Theta) > 0 {
		fmt.Fprintf(b, " theta %v", p.Theta[:k])
	}
	if len(p.Target) > 0 {
		fmt.Fprintf(b, " target %v", p.Target[:k])
	}
	b.WriteByte('\n')
}

func (n *Network) listGroup(b *strings.Builder, g *core.Group) {
	fmt.Fprintf(b, "  group [%d:%d]", g.First, g.First+g.Count)
	for _, model := range g.Models() {
		fmt.Fprintf(b, " %s", model)
	}
	if c := &g.Code; c.Kind != core.CodeNone {
		fmt.Fprintf(b, ", window %d bits %d exponent %d", c.Window, c.Bits, g.WeightExp)
		if c.Table > 0 {
			fmt.Fprintf(b, " boundaries %v", n.Boundaries[c.Table-1])
		}
		if c.Run > 0 {
			fmt.Fprintf(b, " runs of %d", c.Run)
		}
		b.WriteByte('\n')
		return
	}
	fmt.Fprintf(b, ", keep v %d/4096", g.DecayV)
	if g.HasCurrent {
		fmt.Fprintf(b, " u %d/4096", g.DecayU)
	}
	fmt.Fprintf(b, " exponent %d", g.WeightExp)
	if g.HasFloor {
		fmt.Fprintf(b, " floor %d", g.Floor)
	}
	if g.Escape > 0 {
		table := &n.Escape[g.Escape-1]
		fmt.Fprintf(b, " escape %d steps of 2^%d", len(table.Probability), table.Shift)
	}
	if t := &g.Theta; t.Adaptive {
		fmt.Fprintf(b, " theta decay %d fall %d always %t", t.Decay, t.Fall, t.Always)
	}
	for _, constant := range g.Constants() {
		fmt.Fprintf(b, " %s %d", constant.Name, constant.Value)
	}
	if w := &g.Winner; w.Arbiter != core.ArbiterNone {
		fmt.Fprintf(b, " winner %s lateral %t alone %t", arbiters[w.Arbiter], w.LateralReset,
			w.Alone)
	}
	b.WriteByte('\n')
}

// arbiters are the names of how winners are found.
var arbiters = [...]string{core.ArbiterNone: "none", core.ArbiterMargin: "margin",
	core.ArbiterFair: "fair"}

// rules are the names of learning rules.
var rules = [...]string{core.RulePostPre: "post-pre", core.RuleHebbian: "hebbian",
	core.RuleWeightDependent: "weight-dependent"}

func (p *Projection) list(b *strings.Builder) {
	w := &p.Weights
	fmt.Fprintf(b, "projection %s delay %d, %d-bit, %d of %d nonzero", p.Name, p.Delay,
		p.WeightBits, w.NonZero(), w.Sources*w.Targets)
	switch {
	case w.Plastic != nil:
		b.WriteString(", plastic")
	case w.Others != nil:
		b.WriteString(", others")
	case p.Verbatim:
		b.WriteString(", verbatim")
	}
	if l := p.Learning; l != nil {
		fmt.Fprintf(b, ", learns %s %d %d", rules[l.Rule], l.LTP, l.LTD)
	}
	b.WriteByte('\n')
	for s := range min(w.Sources, shown) {
		fmt.Fprintf(b, "  %d:", s)
		left := shown
		w.Each(s, func(t, v int32) {
			if left--; left >= 0 {
				fmt.Fprintf(b, " %d*%d", t, v)
			}
		})
		b.WriteByte('\n')
	}
}
