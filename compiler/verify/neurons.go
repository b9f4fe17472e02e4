package verify

import (
	"fmt"
	"reflect"
	"slices"

	"adder/compiler/ir"
	"adder/core"
	"adder/layout"
)

// neurons compares the constants of a population's neurons.
func (x *expander) neurons(pop *ir.Population, p int) error {
	if got := len(x.of(p)); got != pop.Size {
		return fmt.Errorf("%d neurons, the network has %d", got, pop.Size)
	}
	for n, at := range x.of(p) {
		c := x.configs[at.tile]
		if c.Threshold[at.neuron] != pop.Threshold[n] || c.Bias[at.neuron] != pop.Bias[n] ||
			c.Reset[at.neuron] != pop.Reset[n] || c.V0[at.neuron] != pop.V0[n] ||
			entry(c.Theta, int(at.neuron)) != entry(pop.Theta, n) ||
			entry(c.Target, int(at.neuron)) != entry(pop.Target, n) {
			return fmt.Errorf("neuron %d: a constant is not the network's", n)
		}
	}
	for _, s := range x.img.Populations[p].Segments {
		if err := x.groups(pop, s, int(x.logical[s.Tile][s.First]-x.first[p])); err != nil {
			return err
		}
	}
	for i := range pop.Groups {
		if err := x.together(p, i); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
		if err := x.runs(p, &pop.Groups[i]); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
	}
	return nil
}

// runs checks that neurons of which the largest sum counts follow each other in one core.
func (x *expander) runs(p int, g *core.Group) error {
	whole := g.Together()
	if whole == 0 {
		return nil
	}
	at := x.of(p)[g.First:][:g.Count]
	for k := int32(1); k < g.Count; k++ {
		if want := (position{at[k-1].tile, at[k-1].neuron + 1}); k%whole != 0 &&
			at[k] != want {
			return fmt.Errorf(
				"neuron %d is not behind the one before it in the window of their maximum or as "+
					"compartments of one neuron",
				g.First+k)
		}
	}
	return nil
}

// entry is one of a list that may be left out where all are 0.
func entry(list []int32, n int) int32 {
	if len(list) == 0 {
		return 0
	}
	return list[n]
}

// groups compares the groups of a segment with those of the population,
// from neuron n of which it starts.
func (x *expander) groups(pop *ir.Population, s layout.Segment, n int) error {
	c := x.configs[s.Tile]
	for k := int32(0); k < s.Count; {
		got, want := groupAt(c.Groups, s.First+k), groupAt(pop.Groups, int32(n)+k)
		step := min(got.First+got.Count-s.First-k, want.First+want.Count-int32(n)-k)
		if !reflect.DeepEqual(noise(&got, c.Escape), noise(&want, x.net.Escape)) {
			return fmt.Errorf("neuron %d: the table of escape noise is not the network's", n+int(k))
		}
		if !slices.Equal(boundaries(&got, c.Boundaries), boundaries(&want, x.net.Boundaries)) {
			return fmt.Errorf("neuron %d: the table of boundaries is not the network's", n+int(k))
		}
		if run := want.Together(); run > 1 &&
			(s.First+k-got.First)%run != (int32(n)+k-want.First)%run {
			return fmt.Errorf("neuron %d has another place in the window of its maximum, or as a "+
				"compartment, than in the network", n+int(k))
		}
		got.First, got.Count, want.First, want.Count = 0, 0, 0, 0
		if !reflect.DeepEqual(got, want) {
			return fmt.Errorf("neuron %d: group %+v, the network's is %+v", n+int(k), got, want)
		}
		k += step
	}
	return nil
}

// noise takes the name of a group's table of escape noise, which is another in every
// core, and gives the table, or nil.
func noise(g *core.Group, tables []core.EscapeTable) *core.EscapeTable {
	if g.Escape == 0 {
		return nil
	}
	table := &tables[g.Escape-1]
	g.Escape = 0
	return table
}

// boundaries takes the name of a group's table of boundaries, which is another in every
// core, and gives the table, or nil.
func boundaries(g *core.Group, tables []core.BoundaryTable) core.BoundaryTable {
	if g.Code.Table == 0 {
		return nil
	}
	table := tables[g.Code.Table-1]
	g.Code.Table = 0
	return table
}

// groupAt is the group of neuron n; groups cover all neurons.
func groupAt(groups []core.Group, n int32) core.Group {
	i := slices.IndexFunc(groups, func(g core.Group) bool { return n < g.First+g.Count })
	return groups[i]
}

// together checks that a group whose neurons share an arbiter, a draw or a pool is a group
// of one core, in its order.
func (x *expander) together(p, i int) error {
	g := &x.net.Populations[p].Groups[i]
	fall := g.Theta.Adaptive && !g.Theta.Always && g.Theta.Fall > 0
	scaled := slices.ContainsFunc(x.net.Projections, func(k ir.Projection) bool {
		return k.Target == p && k.Learning != nil && k.Learning.Group == int32(i) &&
			k.Learning.Norm.Every > 0
	})
	if g.Winner.Arbiter == core.ArbiterNone && !fall && !scaled {
		return nil
	}
	at := x.of(p)[g.First:][:g.Count]
	here := groupAt(x.configs[at[0].tile].Groups, at[0].neuron)
	for k := range at {
		if want := (position{at[0].tile, here.First + int32(k)}); at[k] != want ||
			here.Count != g.Count {
			return fmt.Errorf("its neurons share an arbiter, a draw or a pool, but are not one " +
				"group of one core")
		}
	}
	return nil
}
