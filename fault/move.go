package fault

import (
	"cmp"
	"slices"

	"adder/layout"
	"adder/router"
)

// move puts the loads of dead cores on spare ones, each on the nearest that is left, of equals the
// first. What the chip computes is unchanged; packets take other routes.
func (b *Broken) move(t router.Topology, hit, dead []router.Core) error {
	taken := make([]bool, t.Tiles())
	for _, tile := range dead {
		taken[tile] = true
	}
	for i := range b.Image.Cores {
		taken[b.Image.Cores[i].Tile] = true
	}
	to := map[router.Core]router.Core{}
	for _, from := range hit {
		spare := nearest(t, from, taken)
		if spare < 0 {
			return refusal("core %s is dead and holds %s, and no core of the %d is in order and "+
				"free: a larger chip has spare cores",
				tileOf(t, from), b.layersAt(from), t.Tiles())
		}
		taken[spare], to[from] = true, spare
	}
	b.relocate(to)
	return nil
}

// nearest is the free tile nearest to one, -1 without any.
func nearest(t router.Topology, from router.Core, taken []bool) router.Core {
	best, least := router.Core(-1), 0
	for tile := range taken {
		if taken[tile] {
			continue
		}
		if d := t.Distance(t.At(from), t.At(router.Core(tile))); best < 0 || d < least {
			best, least = router.Core(tile), d
		}
	}
	return best
}

// relocate renames tiles in a copy of the image.
func (b *Broken) relocate(to map[router.Core]router.Core) {
	now := func(tile router.Core) router.Core {
		if moved, ok := to[tile]; ok {
			return moved
		}
		return tile
	}
	img := *b.Image
	img.Cores = slices.Clone(img.Cores)
	for i := range img.Cores {
		img.Cores[i].Tile = now(img.Cores[i].Tile)
	}
	slices.SortFunc(img.Cores, func(x, y layout.PlacedCore) int {
		return cmp.Compare(x.Tile, y.Tile)
	})
	img.Populations = slices.Clone(img.Populations)
	for p := range img.Populations {
		pop := &img.Populations[p]
		pop.Segments = slices.Clone(pop.Segments)
		for k := range pop.Segments {
			pop.Segments[k].Tile = now(pop.Segments[k].Tile)
		}
	}
	old := img.Routes.Neurons
	img.Routes.Neurons = slices.Clone(old)
	for from := range to {
		img.Routes.Neurons[from] = router.Routes{}
	}
	for from, moved := range to {
		img.Routes.Neurons[moved] = old[from]
	}
	for tile := range img.Routes.Neurons {
		redirect(&img.Routes.Neurons[tile], now)
	}
	img.Routes.Ports = slices.Clone(img.Routes.Ports)
	for p := range img.Routes.Ports {
		redirect(&img.Routes.Ports[p].Routes, now)
	}
	b.Image = &img
}

// redirect renames the cores of a copy of routes.
func redirect(r *router.Routes, now func(router.Core) router.Core) {
	r.Dests = slices.Clone(r.Dests)
	for i := range r.Dests {
		r.Dests[i].Core = now(r.Dests[i].Core)
	}
	for i := range r.Sources() {
		slices.SortFunc(r.Of(i), func(x, y router.Dest) int {
			return cmp.Or(cmp.Compare(x.Core, y.Core), cmp.Compare(x.Axon, y.Axon))
		})
	}
}
