package irtest

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"adder/compiler/ir"
	"adder/core"
)

func (d *drawing) population(p int) ir.Population {
	size, top := d.number("size", 1, 9), d.top()
	pop := ir.Population{
		Name: fmt.Sprint("p", p), Shape: []int{size}, Size: size, Depth: d.number("depth", 0, 4),
		// so that not all fire in every tick
		Threshold: d.numbers("threshold", size, -top/8, top),
		Bias:      d.numbers("bias", size, -top/8, top/8),
		Reset:     d.numbers("reset", size, -top, top), V0: d.numbers("v0", size, -top, top),
	}
	integrator := d.on.HasModel(core.ModelIntegrator) && d.seldom("integrator", 3)
	for first := 0; first < size; {
		g := d.membrane()
		if integrator {
			g.Integrator = true
		} else {
			d.extend(&g)
		}
		g.Population, g.Depth = int32(p), int32(pop.Depth)
		g.First, g.Count = int32(first), int32(d.number("group", 1, size-first))
		first += int(g.Count)
		pop.Groups = append(pop.Groups, g)
	}
	// The first population is for a host and for learning, which a code has no use for.
	if codes := d.models(true); len(codes) > 0 &&
		(len(d.models(false)) == 0 || p > 0 && d.seldom("code", 3)) {
		d.code(&pop, rapid.SampledFrom(codes).Draw(d.T, "model with a code"))
	}
	if coded := pop.Groups[0].Code.Kind != core.CodeNone; !coded &&
		d.on.HasModel(core.ModelShift) &&
		(len(d.models(false)) == 0 || p > 0 && d.seldom("model shift", 4)) {
		d.shift(&pop)
	}
	d.pairs(&pop)
	d.adaptive(&pop)
	return pop
}

// pairs makes groups of two compartments whole, and their neurons such as start and end a
// tick as those do.
func (d *drawing) pairs(pop *ir.Population) {
	for i := len(pop.Groups) - 1; i >= 0; i-- {
		g := &pop.Groups[i]
		if g.Pairs && g.Count%2 != 0 {
			pop.Groups[i].Pairs = false
		}
		for n := g.First; g.Pairs && n < g.First+g.Count; n++ {
			if pop.Reset[n] = 0; (n-g.First)%2 == 1 {
				pop.V0[n] = 0
			}
		}
	}
}

// adaptive draws the thetas that neurons of groups that have one start with.
func (d *drawing) adaptive(pop *ir.Population) {
	if d.yes("thetas of 0") {
		return
	}
	pop.Theta = d.numbers("theta", pop.Size, -d.top()/8, d.top()/2)
	for _, g := range pop.Groups {
		if !g.Theta.Adaptive {
			clear(pop.Theta[g.First : g.First+g.Count])
		}
	}
}

// membrane draws one of the models of the membrane, and what every neuron has.
func (d *drawing) membrane() core.Group {
	var g core.Group
	if models := d.models(false); len(models) > 0 {
		rapid.SampledFrom(models).Draw(d.T, "model").Draw(&g, d.pick)
	}
	if leaks := g.DecayV > 0 && g.DecayV < 4096; leaks && d.yes("leak by a shift") {
		g.DecayV = 4096 - 1<<d.number("leak", 0, 11)
	}
	g.WeightExp = int8(d.number("exponent", max(-3, d.on.Weights.ExponentMin),
		min(4, d.on.Weights.ExponentMax)))
	g.ResetMode = rapid.SampledFrom([]core.ResetMode{core.ResetToValue, core.ResetSubtract}).Draw(
		d.T, "reset mode")
	g.Refractory = uint16(d.number("refractory", 0, 3))
	if d.seldom("floor", 4) {
		g.HasFloor, g.Floor = true, d.numbers("floor at", 1, -d.top(), d.top()/8)[0]
	}
	return g
}

// models are those of the membrane that the chip has, with a code or without.
func (d *drawing) models(coded bool) []core.ModelRow {
	return slices.DeleteFunc(core.Models(), func(row core.ModelRow) bool {
		is := row.Model == core.ModelRadix || row.Model == core.ModelLevel
		return row.Extends || is != coded || row.Model == core.ModelShift ||
			!d.on.HasModel(row.Model)
	})
}

// pick is the choice of numbers that models are drawn by.
func (d *drawing) pick(low, high int32) int32 {
	return rapid.Int32Range(low, high).Draw(d.T, "constant of the model")
}

// extend draws the models that a neuron which fires may be of besides.
func (d *drawing) extend(g *core.Group) {
	for _, row := range core.Models() {
		missing := row.Model == core.ModelSRM0 && len(d.net.Escape) == 0 ||
			row.Model == core.ModelGraded && !core.Gradable(g)
		if !row.Extends || row.Model == core.ModelIntegrator || missing ||
			!d.on.HasModel(row.Model) || !slices.Contains(row.On, core.ModelIF) {
			continue
		}
		if d.seldom(string(row.Model), 3) {
			row.Draw(g, d.pick)
		}
	}
	if g.Escape > 0 {
		g.Escape = int32(d.number("escape by table", 1, len(d.net.Escape)))
	}
}
