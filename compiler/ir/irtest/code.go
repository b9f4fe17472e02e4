package irtest

import (
	"slices"

	"adder/compiler/ir"
	"adder/core"
)

// code gives a population the code of a model, and its groups boundaries and windows of a
// maximum.
func (d *drawing) code(pop *ir.Population, row core.ModelRow) {
	var drawn core.Group
	row.Draw(&drawn, d.pick)
	drawn.Code.Bits = min(drawn.Code.Bits, d.net.Widths.Potential-1)
	for i := range pop.Groups {
		g := &pop.Groups[i]
		*g = core.Group{
			First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
			WeightExp: g.WeightExp, Integrator: g.Integrator, Code: drawn.Code,
		}
		if g.Integrator {
			g.Code.Bits = 0
			continue
		}
		d.window(g)
		d.boundaries(g)
	}
	d.levels(pop)
}

// window draws the windows of a maximum, whole ones.
func (d *drawing) window(g *core.Group) {
	if !d.on.HasModel(core.ModelMax) || g.Count < 2 || d.seldom("a sum each", 2) {
		return
	}
	g.Code.Run = int32(d.number("window", 2, 3))
	if g.Count%g.Code.Run != 0 {
		g.Code.Run = g.Count
	}
}

// boundaries draws a table, or names one that there is.
func (d *drawing) boundaries(g *core.Group) {
	words := 1<<g.Code.Bits - 1
	if !d.on.HasModel(core.ModelBoundaries) || d.on.Core.TableWords < words ||
		d.seldom("multiples", 2) {
		return
	}
	for i, table := range d.net.Boundaries {
		if len(table) == words && d.yes("a table that there is") {
			g.Code.Table = int32(i + 1)
			return
		}
	}
	table := d.numbers("boundaries", words, -d.top()/4, d.top())
	slices.Sort(table)
	d.net.Boundaries = append(d.net.Boundaries, table)
	g.Code.Table = int32(len(d.net.Boundaries))
}

// levels gives neurons the constants of a code.
func (d *drawing) levels(pop *ir.Population) {
	clear(pop.V0)
	most := max((int32(1)<<(d.net.Widths.Potential-1)-1)>>max(int(pop.Groups[0].Code.Bits)-1, 0), 1)
	pop.Threshold = d.numbers("theta", pop.Size, 1, min(most, d.top()))
}
