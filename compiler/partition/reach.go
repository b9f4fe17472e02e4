package partition

import (
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/internal/parallel"
)

// setReach counts the parts that each source of population p reaches.
func (c *cutter) setReach(p int, parts []Part) {
	owner := make([]int32, c.net.Populations[p].Size)
	for i := range parts {
		for _, n := range parts[i].Pieces[0].Neurons {
			owner[n] = int32(i)
		}
	}
	for k := range c.net.Projections {
		q := &c.net.Projections[k]
		if q.Target != p {
			continue
		}
		now := make([]int32, q.Weights.Sources)
		parallel.Each(reachParts, func(_, i int) {
			first, last := parallel.Span(len(now), reachParts, i)
			reachOf(q, first, now[first:last], owner, len(parts))
		})
		c.replaceReach(k, now)
	}
}

// reachParts is the number of runs of sources whose reach is counted side by side.
const reachParts = 16

// reachOf counts the parts that the sources from first on reach.
func reachOf(q *ir.Projection, first int, now, owner []int32, parts int) {
	seen := make([]int32, parts) // 1 + the last source that reached the part
	for i := range now {
		s := first + i
		q.EachStored(s, func(t, _ int32) {
			if seen[owner[t]] != int32(s)+1 {
				seen[owner[t]] = int32(s) + 1
				now[i]++
			}
		})
	}
}

func (c *cutter) replaceReach(k int, now []int32) {
	before := c.reach[k]
	c.reach[k] = now
	source := c.net.Projections[k].Source
	if source < 0 {
		return
	}
	for s := range now {
		c.routes[source][s] += now[s]
		if before != nil {
			c.routes[source][s] -= before[s]
		}
	}
}

// checkRoutes refuses parts whose neurons have more routes than a core.
func (c *cutter) checkRoutes(cuts []cut) error {
	for p := range cuts {
		for i := range cuts[p].parts {
			part := &cuts[p].parts[i]
			part.Load.Routes = c.routesOf(p, part.Pieces[0].Neurons)
			if part.Load.Routes > c.chip.Core.OutputRoutes {
				return &fit.Error{Network: c.net.Name, Chip: c.chip.Name, Limits: []fit.Excess{{
					Layer: c.net.Populations[p].Name, Limit: "output routes in a core",
					Need: int64(part.Load.Routes), Have: int64(c.chip.Core.OutputRoutes),
					Help: "the layers it feeds, itself among them, are spread over many cores: " +
						"use narrower weights or larger cores",
				}}}
			}
		}
	}
	return nil
}

func (c *cutter) routesOf(p int, neurons []int32) int {
	sum := 0
	for _, n := range neurons {
		sum += int(c.routes[p][n])
	}
	return sum
}
