package chip

import (
	"maps"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/router"
	"adder/spike"
)

// crossing is a mesh of two chips side by side: links between columns 1 and 2 are
// a class of their own, the last one.
type crossing struct {
	router.Mesh
	classes []string
}

func (c crossing) Classes() []string { return c.classes }

func (c crossing) Class(l router.Link) router.LinkClass {
	end, _ := c.End(l)
	if l.From.X != end.X && min(l.From.X, end.X) == 1 {
		return router.LinkClass(len(c.classes) - 1)
	}
	return c.Mesh.Class(l)
}

func (c crossing) Counter() router.Counter { return walking{c} }

// walking counts the links of trees.
type walking struct{ crossing }

func (w walking) Tree(from router.Coord, to []router.Coord) router.Hops {
	var cores []router.Core
	for _, at := range to {
		cores = append(cores, w.CoreAt(at))
	}
	return router.NewTree(w.crossing, from, cores).Hops(w.crossing)
}

func (w walking) Paths(from router.Coord, to []router.Coord) (h router.Hops) {
	for _, at := range to {
		h.Add(w.Tree(from, []router.Coord{at}))
	}
	return h
}

// onto puts a loaded chip on another topology of the same tiles.
func (c *Chip) onto(t router.Topology) {
	c.topology, c.costs = t, router.NewCosts(&c.image.Routes, t)
	c.plan = sync.OnceValues(func() (*cyclePlan, error) { return newCyclePlan(c) })
}

// TestLinksHaveTheirClass: a spike runs through four cores in a row. Where the
// link in the middle has a class of its own, that is what it is counted by, and
// the tick in which it is crossed is longer by what it takes longer.
func TestLinksHaveTheirClass(t *testing.T) {
	img := line(4, profileText("adder", map[string]any{"east": "1 cycles", "south": "50 cycles"}))
	train := spike.NewTrain(1, 1)
	train.Set(0, 0)
	run := func(topology router.Topology) (hops map[string]int64, ticks []int64) {
		c, err := Load(img)
		require.NoError(t, err)
		c.onto(topology)
		cycle, err := c.NewCycle(Options{}, nil)
		require.NoError(t, err)
		for _, engine := range []Engine{c.NewFast(Options{}), cycle} {
			o, err := engine.Run(t.Context(), &Sample{Spikes: train})
			require.NoError(t, err)
			again := maps.Collect(o.Counts.Traffic.All(topology.Classes()))
			require.True(t, hops == nil || maps.Equal(hops, again), "both engines count alike")
			require.EqualValues(t, 3, o.Counts.Hops())
			if hops = again; o.Cycles != nil {
				ticks = o.Cycles.ByTick
			}
		}
		return hops, ticks
	}
	mesh := img.Routes.Mesh
	hops, plain := run(mesh)
	require.EqualValues(t, 3, hops["hops_east"])
	hops, crossed := run(crossing{mesh, []string{"east", "west", "north", "south"}})
	require.EqualValues(t, 2, hops["hops_east"])
	require.EqualValues(t, 1, hops["hops_south"])
	require.Len(t, crossed, len(plain))
	for tick := range plain {
		longer := int64(0)
		if tick == 1 { // core 1 fires and sends its packet to core 2
			longer = 50 - 1
		}
		require.Equal(t, plain[tick]+longer, crossed[tick], "tick %d", tick)
	}
}

// TestLinksWithoutATime: a class of links that the profile does not time is
// refused by name.
func TestLinksWithoutATime(t *testing.T) {
	c, err := Load(line(4, profileText("adder", nil)))
	require.NoError(t, err)
	c.onto(crossing{c.image.Routes.Mesh, []string{"east", "west", "north", "south", "tunnel"}})
	_, err = c.NewCycle(Options{}, nil)
	require.ErrorContains(t, err, "links of class tunnel have no time")
}
