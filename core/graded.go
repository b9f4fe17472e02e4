package core

import "adder/fixedpoint"

// Gradable reports whether model graded can extend the models of a group.
func Gradable(g *Group) bool {
	return !g.Integrator && g.Escape == 0 && g.Theta == (Theta{}) && g.Winner == (Winner{}) &&
		g.plain()
}

// testGraded appends the neurons of a group whose potentials are beyond their threshold on
// either side, and keeps those as the values of their spikes.
func (c *Core) testGraded(g *group, t int32, out []int32) []int32 {
	for n := g.first; n < g.last; n++ {
		v := int64(c.potential[n])
		if max(v, -v) <= int64(c.level[n]) {
			continue
		}
		value, _ := fixedpoint.Saturate(v, g.graded)
		c.send(t, n, int32(value))
		out = append(out, n)
	}
	return out
}
