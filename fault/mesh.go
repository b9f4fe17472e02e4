package fault

import (
	"fmt"
	"slices"
	"strings"

	"adder/chip/profile"
	"adder/fixedpoint"
	"adder/layout"
	"adder/router"
)

// Refusal is the error of an image that cannot run on a broken mesh.
type Refusal struct{ reason string }

// Error is the reason, and what to do.
func (r *Refusal) Error() string { return r.reason }

func refusal(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// What a draw of the mesh decides, instead of the sample.
const (
	meshCore = iota
	meshLink // and, from it on, one per direction
)

// Mesh is the dead cores and links of a mesh.
type Mesh struct {
	// Cores are the tiles whose cores are dead, ascending; their routers work.
	Cores []router.Core
	// Links are dead links, each by its western or northern end.
	Links []router.Link
}

// OfMesh returns the dead cores and links of a mesh: those drawn, and those that the specification
// names.
func (s *Spec) OfMesh(t router.Topology) (Mesh, error) {
	var m Mesh
	if !s.breaksMesh() {
		return m, nil
	}
	draws, cores, links := fixedpoint.NewSource(s.Seed), limitsOf(s.Cores)[0], limitsOf(s.Links)[0]
	for tile := range t.Tiles() {
		at := t.At(router.Core(tile))
		id := uint64(at.Y)<<16 | uint64(at.X)
		if draws.Draw(meshCore, id, 0, fixedpoint.PurposeMesh) < cores {
			m.Cores = append(m.Cores, router.Core(tile))
		}
		for _, dir := range []router.Direction{router.East, router.South} {
			l := router.Link{From: at, Dir: dir}
			_, ok := t.End(l)
			if ok && draws.Draw(meshLink+uint64(dir), id, 0, fixedpoint.PurposeMesh) < links {
				m.Links = append(m.Links, l)
			}
		}
	}
	return m, m.name(s, t)
}

// name adds what the specification names.
func (m *Mesh) name(s *Spec, t router.Topology) error {
	for _, at := range s.DeadCores {
		if !on(t, at) {
			return fmt.Errorf("dead_cores: the mesh has no core %s", at)
		}
		m.Cores = append(m.Cores, t.CoreAt(at.coord()))
	}
	slices.Sort(m.Cores)
	m.Cores = slices.Compact(m.Cores)
	for _, l := range s.DeadLinks {
		link := router.Link{From: l.coord(), Dir: l.Dir}
		if !on(t, l.Tile) {
			return fmt.Errorf("dead_links: the mesh has no core %s", l.Tile)
		}
		end, ok := t.End(link)
		if !ok {
			return fmt.Errorf("dead_links: no link leads %s from %s", l.Dir, l.Tile)
		}
		switch l.Dir {
		case router.West:
			link = router.Link{From: end, Dir: router.East}
		case router.North:
			link = router.Link{From: end, Dir: router.South}
		}
		if !slices.Contains(m.Links, link) {
			m.Links = append(m.Links, link)
		}
	}
	return nil
}

// on reports whether a mesh has a tile.
func on(t router.Topology, at Tile) bool {
	corner := t.At(router.Core(t.Tiles() - 1))
	return at.X >= 0 && at.Y >= 0 && at.X <= corner.X && at.Y <= corner.Y
}

// tileOf is the tile of a core.
func tileOf(t router.Topology, c router.Core) Tile {
	at := t.At(c)
	return Tile{at.X, at.Y}
}

// breakMesh applies dead cores and links to an image that has been copied.
func (b *Broken) breakMesh(s *Spec, damage *Damage) error {
	t := b.Image.Routes.Topology()
	m, err := s.OfMesh(t)
	if err != nil {
		return err
	}
	damage.Cores, damage.Links = int64(len(m.Cores)), int64(len(m.Links))
	if err := b.breakCores(t, m.Cores, s.Loads, damage); err != nil {
		return err
	}
	if len(m.Links) == 0 && damage.Moved == 0 {
		return nil
	}
	p, err := profile.Parse(b.Image.Chip.Name, b.Image.Chip.Profile)
	if err != nil {
		return fmt.Errorf("the image's chip profile: %w", err)
	}
	if err := b.breakLinks(t, m.Links, p); err != nil {
		return err
	}
	return b.checkKeys(p)
}

// breakCores deals with the loads of dead cores.
func (b *Broken) breakCores(t router.Topology, dead []router.Core, loads Loads,
	damage *Damage) error {
	var hit []router.Core
	for i := range b.Image.Cores {
		if tile := b.Image.Cores[i].Tile; slices.Contains(dead, tile) {
			hit = append(hit, tile)
		}
	}
	switch {
	case len(hit) == 0:
		return nil
	case loads == MoveLoads:
		damage.Moved = int64(len(hit))
		return b.move(t, hit, dead)
	case loads == LoseLoads:
		damage.LostCores = int64(len(hit))
		b.Dead = make([]bool, len(b.Image.Cores))
		for i := range b.Image.Cores {
			b.Dead[i] = slices.Contains(hit, b.Image.Cores[i].Tile)
		}
		return nil
	}
	return refusal("core %s is dead and holds %s: compile the model again with --fault, which "+
		"places around dead cores, or give loads=move (onto spare cores) or loads=lose",
		tileOf(t, hit[0]), b.layersAt(hit[0]))
}

// layersAt names the layers that a core holds.
func (b *Broken) layersAt(tile router.Core) string {
	var out []string
	for _, p := range b.Image.Populations {
		if slices.ContainsFunc(p.Segments, func(s layout.Segment) bool { return s.Tile == tile }) {
			out = append(out, p.Name)
		}
	}
	return strings.Join(out, ", ")
}

// breakLinks routes packets around dead links, or refuses an image that needs one.
func (b *Broken) breakLinks(t router.Topology, dead []router.Link, p *profile.Profile) error {
	if len(dead) == 0 {
		return nil
	}
	if p.Mesh.Reroute {
		var from []router.Core
		for at := range b.sources(t) {
			from = append(from, at)
		}
		d := router.NewDetour(t, dead, from)
		if from, to, ok := b.unreachable(d); ok {
			return refusal("core %s cannot reach %s over the links that are left of chip %s",
				tileOf(t, from), tileOf(t, to), p.Name)
		}
		b.Topology = d
		return nil
	}
	for from, routes := range b.sources(t) {
		for _, to := range coresOf(routes) {
			for l := range router.Links(t, t.At(from), t.At(to)) {
				if end, _ := t.End(l); slices.Contains(dead, l) ||
					slices.Contains(dead, back(l, end)) {
					return refusal("link %s is dead and on the way from core %s to %s, and chip "+
						"%s does not lead packets around (mesh.reroute)",
						Link{Tile{l.From.X, l.From.Y}, l.Dir}, tileOf(t, from), tileOf(t, to),
						p.Name)
				}
			}
		}
	}
	return nil
}

// back is the opposite link.
func back(l router.Link, end router.Coord) router.Link {
	return router.Link{From: end, Dir: l.Dir ^ 1}
}

// sources yields the tiles that packets come from, with their routes.
func (b *Broken) sources(t router.Topology) func(func(router.Core, *router.Routes) bool) {
	return func(yield func(router.Core, *router.Routes) bool) {
		table := &b.Image.Routes
		for i := range table.Ports {
			if !yield(t.CoreAt(table.Ports[i].At), &table.Ports[i].Routes) {
				return
			}
		}
		for i := range b.Image.Cores {
			tile := b.Image.Cores[i].Tile
			if !yield(tile, &table.Neurons[tile]) {
				return
			}
		}
	}
}

// coresOf lists the target cores of routes, ascending.
func coresOf(routes *router.Routes) []router.Core {
	var out []router.Core
	for _, d := range routes.Dests {
		out = append(out, d.Core)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unreachable finds a source and a destination with no way between them.
func (b *Broken) unreachable(d *router.Detour) (from, to router.Core, found bool) {
	for from, routes := range b.sources(d) {
		for _, to := range coresOf(routes) {
			if !d.Reaches(d.At(from), d.At(to)) {
				return from, to, true
			}
		}
	}
	return 0, 0, false
}

// checkKeys refuses routes that exceed a router's table.
func (b *Broken) checkKeys(p *profile.Profile) error {
	limit := p.Core.RouterKeys
	if limit == 0 {
		return nil
	}
	t := b.Image.Routes.Topology()
	if b.Topology != nil {
		t = b.Topology
	}
	keys := b.Image.Routes.Keys(t)
	if most := slices.Max(keys); most > limit {
		return refusal("the router at %s has %d sources in its table, of %d that it can have: "+
			"too many packets go around by one way",
			tileOf(t, router.Core(slices.Index(keys, most))), most, limit)
	}
	return nil
}
