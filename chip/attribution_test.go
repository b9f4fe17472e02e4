package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// recount works out from recorded spikes alone who must have counted what: what
// deliveries take, and what spikes put on the mesh.
type recount struct {
	img   *layout.Image
	end   int32
	cells map[Account]*Counts
	// due are the deliveries made of each core, axon entry and tick.
	due map[[3]int32]bool
}

func (r *recount) of(a Account) *Counts {
	if r.cells[a] == nil {
		r.cells[a] = &Counts{}
	}
	return r.cells[a]
}

func newRecount(img *layout.Image, latency int, s *Sample, o *Outcome) *recount {
	r := &recount{img: img, end: img.Encoder.Ticks + int32(latency), cells: map[Account]*Counts{},
		due: map[[3]int32]bool{}}
	port := &img.Routes.Ports[img.Input.Port]
	eachSpike(s.Spikes, func(tick, i int) {
		n := r.of(Account{Core: CoreHost, Population: -1})
		n.InputSpikes++
		r.send(n, port.At, int32(tick), port.Of(i))
	})
	for p := range img.Populations {
		pop := &img.Populations[p]
		eachSpike(o.Spikes[p], func(tick, logical int) {
			tile, neuron := place(pop, logical)
			n := r.of(Account{Core: r.core(tile), Population: p})
			n.Core.Spikes++
			r.send(n, img.Routes.Mesh.At(tile), int32(tick)+pop.Depth+1,
				img.Routes.Neurons[tile].Of(neuron))
		})
	}
	return r
}

func eachSpike(train *spike.Train, visit func(tick, source int)) {
	for tick := range train.Ticks() {
		for _, i := range train.AppendTick(tick, nil) {
			visit(tick, int(i))
		}
	}
}

// place is the tile and the number there of a population's neuron.
func place(pop *layout.Population, logical int) (router.Core, int) {
	for _, s := range pop.Segments {
		if logical < int(s.Count) {
			return s.Tile, int(s.First) + logical
		}
		logical -= int(s.Count)
	}
	panic("the population has no such neuron")
}

func (r *recount) core(tile router.Core) int {
	for i := range r.img.Cores {
		if r.img.Cores[i].Tile == tile {
			return i
		}
	}
	panic("the tile has no core")
}

// send counts a spike's packets with its sender, and its deliveries.
func (r *recount) send(sender *Counts, from router.Coord, base int32, dests []router.Dest) {
	var tiles []router.Core
	for _, d := range dests {
		if len(tiles) == 0 || tiles[len(tiles)-1] != d.Core {
			tiles = append(tiles, d.Core)
		}
		r.deliver(d, base)
	}
	sender.Traffic.Packets += int64(min(len(tiles), 1))
	if r.img.Routes.Unicast {
		sender.Traffic.Packets += int64(max(len(tiles), 1) - 1)
	}
	topology, crossed := r.img.Routes.Topology(), map[router.Link]bool{}
	for _, tile := range tiles {
		for l := range router.Links(topology, from, topology.At(tile)) {
			if r.img.Routes.Unicast || !crossed[l] {
				sender.Traffic.Hops[topology.Class(l)]++
			}
			crossed[l] = true
		}
	}
}

// deliver counts a delivery neuron by neuron, with the population of each.
func (r *recount) deliver(d router.Dest, base int32) {
	i := r.core(d.Core)
	cfg := &r.img.Cores[i].Config
	a := cfg.Axons[d.Axon]
	row := &cfg.Rows[a.Row]
	key := [3]int32{int32(i), d.Axon, base + int32(a.Delay)}
	if key[2] >= r.end {
		return
	}
	of := func(neuron int32) *core.Counts {
		for _, g := range cfg.Groups {
			if neuron < g.First+g.Count {
				return &r.of(Account{Core: i, Population: int(g.Population)}).Core
			}
		}
		panic("the core has no such neuron")
	}
	reached := r.reached(cfg, row)
	first := int32(0)
	if len(reached) > 0 {
		first = reached[0].neuron + a.Base
	}
	if r.due[key] && cfg.Widths.MergeDuplicates {
		of(first).Merges++
		return
	}
	r.due[key] = true
	of(first).AxonReads++
	if row.Format == core.Others {
		of(first).SynapseBits += int64(row.WeightBits) + int64(cfg.Widths.IndexBits)
	}
	for _, e := range reached {
		n := of(e.neuron + a.Base)
		n.SynapseBits += e.bits
		if row.Format == core.Others && e.neuron == row.Exclude {
			continue
		}
		n.SynapticAdds++
		if e.weight != 0 {
			n.Synops++
		}
	}
}

type reachedNeuron struct {
	neuron int32
	weight int64
	bits   int64
}

func (r *recount) reached(cfg *core.Config, row *core.Row) (out []reachedNeuron) {
	for k := range int64(row.Count) {
		e := reachedNeuron{neuron: row.First + int32(k), bits: int64(row.WeightBits)}
		switch row.Format {
		case core.Dense8:
			e.weight = int64(cfg.Dense8[row.Offset+k])
		case core.Dense16:
			e.weight = int64(cfg.Dense16[row.Offset+k])
		case core.Sparse:
			s := cfg.Sparse[row.Offset+k]
			e = reachedNeuron{neuron: int32(s.Neuron), weight: int64(s.Weight),
				bits: e.bits + int64(cfg.Widths.IndexBits)}
		case core.Others:
			e.weight, e.bits = int64(row.Weight), 0
		}
		out = append(out, e)
	}
	return out
}

// TestAttributionIsWhoDidIt: on any network, in either engine, what is counted of
// spikes stands with the core and the population that it belongs to, by tick or
// not, and every cell is part of the total.
func TestAttributionIsWhoDidIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := drawImage(t)
		c, err := Load(img)
		require.NoError(t, err)
		sample := &Sample{Spikes: drawTrain(t, int(img.Input.Shape[0]), int(img.Encoder.Ticks))}
		byTick := rapid.Bool().Draw(t, "by tick")
		opts := everything(img, byTick)
		var engine Engine = c.NewFast(opts)
		if rapid.Bool().Draw(t, "cycle") {
			engine, err = c.NewCycle(opts, nil)
			require.NoError(t, err)
		}
		o, err := engine.Run(t.Context(), sample)
		require.NoError(t, err)
		a := o.Attribution
		require.Equal(t, byTick, a.ByTick())
		want := newRecount(img, c.Latency(), sample, o)
		var total Counts
		for i, account := range a.Accounts() {
			have := a.OfAccount(i)
			total.Add(&have)
			requireSpikeCounts(t, want.of(account), &have, "%+v", account)
		}
		require.Len(t, want.cells, len(a.Accounts()), "nobody else")
		require.Equal(t, o.Counts, total)
		var bins Counts
		for bin := range a.Bins() {
			sum := a.OfBin(bin)
			bins.Add(&sum)
		}
		require.Equal(t, o.Counts, bins)
		requireReset(t, c, a)
		chip := a.OfAccount(accountChip)
		require.Equal(t, Counts{Ticks: o.Counts.Ticks}, chip)
	})
}

// requireSpikeCounts compares what follows from spikes.
func requireSpikeCounts(t require.TestingT, want, have *Counts, message string, args ...any) {
	only := *have
	only.Core = core.Counts{
		Synops: have.Core.Synops, SynapticAdds: have.Core.SynapticAdds,
		AxonReads:   have.Core.AxonReads,
		SynapseBits: have.Core.SynapseBits, Spikes: have.Core.Spikes, Merges: have.Core.Merges,
	}
	only.Ticks, only.OutputReads = 0, 0
	require.Equal(t, *want, only, message, args)
}

// requireReset checks what happens once per sample.
func requireReset(t require.TestingT, c *Chip, a *Attribution) {
	for i := range a.Accounts() {
		for bin := range a.Bins() {
			n := *a.At(i, bin)
			if bin != a.Bin(TickReset) {
				require.Zero(t, n.Core.ResetWrites)
				continue
			}
			require.Equal(t, Counts{
				Core: core.Counts{ResetWrites: n.Core.ResetWrites}, Ticks: n.Ticks,
				OutputReads: n.OutputReads,
			}, n)
			require.True(t, n.OutputReads == 0 || i == accountHost, "the host reads the outputs")
		}
	}
	require.EqualValues(t, c.Latency(), a.OfBin(a.Bin(TickReset)).Ticks)
}

// TestHostIsSpreadEvenly: additions and draws over the ticks, multiplications
// once, and all of them add up.
func TestHostIsSpreadEvenly(t *testing.T) {
	c, err := Load(line(1, profileText("adder", nil)))
	require.NoError(t, err)
	o := &Outcome{Attribution: NewAttribution(c.Accounts(), 3, true)}
	o.AddHost(7, 8, 2)
	o.AddHost(100, 200, 300)
	require.Equal(t, Counts{HostAdds: 107, HostDraws: 208, HostMACs: 302}, o.Counts)
	require.Equal(t, o.Counts, o.Attribution.OfAccount(accountHost))
	for bin, want := range []Counts{{HostMACs: 302}, {HostAdds: 35, HostDraws: 68},
		{HostAdds: 35, HostDraws: 70}, {HostAdds: 37, HostDraws: 70}} {
		require.Equal(t, want, o.Attribution.OfBin(bin), "bin %d", bin)
	}
}
