// Package route writes the image of a mapping that has been placed: cores, axons, rows and
// routes.
package route

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/partition"
	"adder/compiler/row"
	"adder/core"
	"adder/internal/parallel"
	"adder/layout"
	"adder/router"
)

// Delivery is the host's encoder and readout, which the image records.
type Delivery struct {
	Encoder layout.Encoder
	Readout layout.Readout
}

// Image writes a mapping as an image: each part becomes a core with its axons, rows
// and neurons, each source a list of axon entries.
func Image(m *partition.Mapping, d Delivery) (*layout.Image, error) {
	r := newRouting(m)
	for k := range m.Net.Projections {
		if err := r.addProjection(&m.Net.Projections[k]); err != nil {
			return nil, err
		}
	}
	img := &layout.Image{
		Model: m.Net.Name, Chip: layout.Chip{Name: m.Chip.Name, Profile: m.Chip.Text()},
		Cores:       r.placedCores(),
		Input:       layout.Input{Name: m.Net.Input.Name, Shape: narrow(m.Net.Input.Shape)},
		Encoder:     d.Encoder,
		Populations: r.populations(),
		Readout:     d.Readout,
	}
	for k := range m.Net.Projections {
		img.Synapses += m.Net.Projections[k].Weights.NonZero()
	}
	img.Unrolled = img.Synapses
	if h := m.Net.Host; h != nil {
		img.Host = &layout.HostLayer{Population: int32(h.Target), Weights: h.Weights,
			WeightExp: int8(h.WeightExp)}
	}
	routes, err := r.table()
	if err != nil {
		return nil, err
	}
	img.Routes = *routes
	return img, nil
}

// routing collects rows and destinations while projections are walked.
type routing struct {
	m      *partition.Mapping
	homes  [][]partition.Home
	cores  []core.Config
	first  []int           // as of ir.FirstSources
	dests  [][]router.Dest // per source, as numbered by ir.FirstSources
	bucket [][]core.Synapse
	stores []*row.Store
}

// hand writes the cores of some parts, in parallel with other hands: those whose number modulo the
// number of hands is its own.
type hand struct {
	*routing
	number, hands int
	used          []int    // parts with entries in bucket
	keys          []uint32 // scratch of row.Sort
	// dests are the axon entries that it gave, source by source.
	dests []given
}

// given is an axon entry of a source.
type given struct {
	source int
	router.Dest
}

func newRouting(m *partition.Mapping) *routing {
	first, total := ir.FirstSources(m.Net)
	r := &routing{
		m: m, homes: m.Homes(), cores: make([]core.Config, len(m.Parts)),
		first: first, dests: make([][]router.Dest, total),
		bucket: make([][]core.Synapse, len(m.Parts)),
	}
	for i := range m.Parts {
		r.loadNeurons(i)
		r.stores = append(r.stores, row.NewStore(&r.cores[i]))
	}
	return r
}

func (r *routing) addProjection(p *ir.Projection) error {
	if p.Delay < 0 {
		return fmt.Errorf("route %s: projection %s has delay %d", r.m.Net.Name, p.Name, p.Delay)
	}
	base := 0
	if p.Source >= 0 {
		base = r.first[p.Source]
	}
	r.reserve(p)
	hands := make([]hand, min(parallel.Workers(), len(r.m.Parts)))
	parallel.Each(len(hands), func(_, i int) {
		hands[i] = hand{routing: r, number: i, hands: len(hands)}
		hands[i].addRows(p)
	})
	for i := range hands {
		for _, g := range hands[i].dests {
			r.dests[base+g.source] = append(r.dests[base+g.source], g.Dest)
		}
	}
	if p.Learning != nil {
		r.addLearning(p)
	}
	return nil
}

// addRows gives the sources of a projection their axon entries in the hand's cores.
func (r *hand) addRows(p *ir.Projection) {
	homes := r.homes[p.Target]
	for s := range p.Weights.Sources {
		eachBits(p, s, func(t int32, w int16) {
			h := homes[t]
			if h.Part%r.hands != r.number {
				return
			}
			if len(r.bucket[h.Part]) == 0 {
				r.used = append(r.used, h.Part)
			}
			r.bucket[h.Part] = append(r.bucket[h.Part],
				core.Synapse{Neuron: uint16(h.Index), Weight: w})
		})
		for _, part := range r.used {
			axon := r.addAxon(part, p, s)
			r.dests = append(r.dests,
				given{s, router.Dest{Core: router.Core(r.m.Tiles[part]), Axon: axon}})
			r.bucket[part] = r.bucket[part][:0]
		}
		r.used = r.used[:0]
	}
}

func (r *routing) placedCores() []layout.PlacedCore {
	out := make([]layout.PlacedCore, len(r.cores))
	for i := range r.cores {
		out[i] = layout.PlacedCore{Tile: router.Core(r.m.Tiles[i]), Config: r.cores[i],
			Full: r.m.Parts[i].Full}
	}
	slices.SortFunc(out, func(a, b layout.PlacedCore) int { return cmp.Compare(a.Tile, b.Tile) })
	return out
}

// table writes the routes and refuses cores with too many.
func (r *routing) table() (*router.Table, error) {
	chip := r.m.Chip
	t := &router.Table{
		Mesh:    router.Mesh{Width: int16(chip.Mesh.Width), Height: int16(chip.Mesh.Height)},
		Chip:    chip.ChipMesh(),
		Unicast: !chip.Multicast,
		Neurons: make([]router.Routes, chip.Cores()),
	}
	port := chip.Ports[0]
	t.Ports = []router.PortRoutes{{
		Name: port.Name, At: router.Coord{X: int16(port.X), Y: int16(port.Y)},
		Routes: routesOf(r.dests[:r.m.Net.Input.Size]),
	}}
	if err := r.checkFanOut(); err != nil {
		return nil, err
	}
	for i := range r.m.Parts {
		var lists [][]router.Dest
		for _, q := range r.m.Parts[i].Pieces {
			for _, n := range q.Neurons {
				lists = append(lists, r.dests[r.first[q.Population]+int(n)])
			}
		}
		routes := routesOf(lists)
		if len(routes.Dests) > chip.Core.OutputRoutes {
			return nil, &fit.Error{Network: r.m.Net.Name, Chip: chip.Name, Limits: []fit.Excess{{
				Layer: r.m.Net.Populations[r.m.Parts[i].Pieces[0].Population].Name,
				Limit: "output routes in a core",
				Need:  int64(len(routes.Dests)), Have: int64(chip.Core.OutputRoutes),
				Help: "the next layer is spread over many cores: use narrower weights or larger cores",
			}}}
		}
		t.Neurons[r.m.Tiles[i]] = routes
	}
	if err := r.checkKeys(t); err != nil {
		return nil, err
	}
	return t, nil
}

// checkFanOut refuses a neuron with more destinations than one may have.
func (r *routing) checkFanOut() error {
	limit := r.m.Chip.Core.RoutesPerNeuron
	if limit == 0 {
		return nil
	}
	refusal := &fit.Error{Network: r.m.Net.Name, Chip: r.m.Chip.Name}
	for p := range r.m.Net.Populations {
		pop, most := &r.m.Net.Populations[p], 0
		for _, dests := range r.dests[r.first[p]:][:pop.Size] {
			most = max(most, len(dests))
		}
		if most > limit {
			refusal.Limits = append(refusal.Limits, fit.Excess{
				Layer: pop.Name, Limit: fit.LimitFanOut, Need: int64(most), Have: int64(limit),
				Help: "a neuron sends each spike to so many axons alone: put relay neurons " +
					"between it and the others",
			})
		}
	}
	if len(refusal.Limits) > 0 {
		return refusal
	}
	return nil
}

// checkKeys refuses routes that no router's multicast table holds.
func (r *routing) checkKeys(t *router.Table) error {
	limit := r.m.Chip.Core.RouterKeys
	if limit == 0 {
		return nil
	}
	if most := slices.Max(t.Keys(t.Topology())); most > limit {
		return &fit.Error{Network: r.m.Net.Name, Chip: r.m.Chip.Name, Limits: []fit.Excess{{
			Limit: fit.LimitKeys, Need: int64(most), Have: int64(limit),
			Help: "too many packets go by one way: spread the layers with a placement of your " +
				"own, or take a chip with larger tables",
		}}}
	}
	return nil
}

func routesOf(lists [][]router.Dest) router.Routes {
	out := router.Routes{Start: make([]int32, 1, len(lists)+1)}
	for _, list := range lists {
		slices.SortFunc(list, func(a, b router.Dest) int {
			return cmp.Or(cmp.Compare(a.Core, b.Core), cmp.Compare(a.Axon, b.Axon))
		})
		out.Dests = append(out.Dests, list...)
		out.Start = append(out.Start, int32(len(out.Dests)))
	}
	return out
}

func (r *routing) populations() []layout.Population {
	out := make([]layout.Population, len(r.m.Net.Populations))
	for p := range out {
		pop := &r.m.Net.Populations[p]
		out[p] = layout.Population{
			Name: pop.Name, Shape: narrow(pop.Shape), Depth: int32(pop.Depth),
			Spikes: !pop.Groups[0].Integrator,
			Unit:   reals(pop.Unit, 1), Rest: reals(pop.Rest, 0),
		}
	}
	for p := range out {
		out[p].Segments = r.segments(p)
	}
	return out
}

// segments places the neurons of population p in logical order.
func (r *routing) segments(p int) []layout.Segment {
	var out []layout.Segment
	last := partition.Home{Part: -1}
	for _, h := range r.homes[p] {
		if h.Part == last.Part && h.Index == last.Index+1 {
			out[len(out)-1].Count++
		} else {
			out = append(out, layout.Segment{Tile: router.Core(r.m.Tiles[h.Part]),
				First: int32(h.Index), Count: 1})
		}
		last = h
	}
	return out
}

func narrow(shape []int) []int32 {
	out := make([]int32, len(shape))
	for i, d := range shape {
		out[i] = int32(d)
	}
	return out
}

// reals writes floats exactly: equal ones once, and none where there are
// none or all are def.
func reals(x []float64, def float64) []layout.Real {
	if !slices.ContainsFunc(x, func(v float64) bool { return v != def }) {
		return nil
	}
	if !slices.ContainsFunc(x, func(v float64) bool { return v != x[0] }) {
		x = x[:1]
	}
	out := make([]layout.Real, len(x))
	for i, v := range x {
		frac, exp := math.Frexp(v)
		out[i] = layout.Real{Mantissa: int64(math.Ldexp(frac, 53)), Exponent: int32(exp - 53)}
	}
	return out
}
