package bench

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/bench/energy/energytest"
	"adder/chip"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// tinyCounts are counts over two samples that are easy to price by hand.
func tinyCounts() *chip.Counts {
	return &chip.Counts{
		Core: core.Counts{
			Synops: 18, SynapticAdds: 20, AxonReads: 4, SynapseBits: 160,
			NeuronUpdates: 10, ActiveUpdates: 6, IdleUpdates: 4, MembraneAdds: 10, Comparisons: 10,
			StateReads: 10, StateWrites: 10, Spikes: 2,
		},
		Traffic:     router.Traffic{Packets: 4, Hops: router.Hops{router.East: 6, router.South: 2}},
		InputSpikes: 2, HostAdds: 8, Ticks: 6,
	}
}

// tinyMemories have one core with 4 KiB of everything.
func tinyMemories() *Memories {
	return &Memories{
		kinds: []coreMemory{{
			synapse: 4096, axon: 4096, queue: 4096, state: 4096, constant: 4096, accumulator: 4096,
			route:    4096,
			axonBits: 10, queueBits: 2, wordBits: 24, routeBits: 12,
		}},
		kind: []int{0}, links: router.Mesh{}.Classes(), elements: 4, tile: 1 << 20, keys: 16,
	}
}

// ledgerOf lists the events of counts of the first core, or of the host where there
// is none.
func ledgerOf(c *chip.Counts, samples int, m *Memories) *energy.Ledger {
	core := 0
	if len(m.kind) == 0 {
		core = chip.CoreHost
	}
	return NewLedger(m.One(core, c), samples, m)
}

func TestBillByHand(t *testing.T) {
	ledger := ledgerOf(tinyCounts(), 2, tinyMemories())
	// A bit of a memory of 4 KiB, between 1.10 pJ at 512 B and 2.9 at 8 KiB, and of the 16
	// bytes of the encoder.
	perBit, host := (1.10+1.8*3584/7680)/64, 1.10/64*16/512
	// 160 synapse, 4 x 10 axon, 8 x 2 queue, (20 x 2 + 10 x 2) x 32 accumulator, 20 x 24
	// state, 2 x 10 x 24 constants, 4 x 12 routes
	bits := 160 + 40 + 16 + 1920 + 480 + 480 + 48.0
	for _, c := range []struct {
		table string
		pj    float64
	}{
		// (20 synaptic adds + 10 membrane adds + 10 comparisons + 8 host adds)
		// x 0.1 pJ / 2
		{"45nm-ops", 2.4},
		{"45nm-ops-fp32", 21.6},
		// The same, memories, 16 words of the encoder, 12 passes of a router, each with a
		// look-up of 5 bits in 10 bytes, and 8 links of 2.7 mm, the root of 7.2.
		{"45nm", 2.4 + (bits*perBit+16*32*host+12*5*host*10/16+12*(0.51+0.91)+
			8*1.04*math.Sqrt(7.2))/2},
		// 20 x 0.2 + 20 x 0.1, and 20 + 40 + 20 + 20 + 20 data of 13.2 pJ and 0.0109 fJ per
		// bit of 4 KiB
		{"lemaire2022", (6 + 120*(13.2+1.09e-5*32768)) / 2},
		// 18 synops x 23.6 + 6 x 81 + 4 x 52 + 4 packets x 1.7 + 6 x 3 + 2 x 4
		{"loihi", (424.8 + 486 + 208 + 6.8 + 18 + 8) / 2},
		// 18 x 35.5 + 10 x 51.2 + 6 x 21.6 + 2 x 69.3 + 4 x 111 + 6 x 3 + 2 x 4.2
		{"loihi-calibrated", (639 + 512 + 129.6 + 138.6 + 444 + 18 + 8.4) / 2},
		// 18 x 2.8, 2 spikes x 1.6, 4 packets x 2
		{"seneca", (50.4 + 3.2 + 8) / 2},
		{"truenorth", 18 * 2.3 / 2},
		{"odin", 18 * 8.43 / 2},
	} {
		t.Run(c.table, func(t *testing.T) {
			table, err := energy.LoadTable(c.table)
			require.NoError(t, err)
			bill := table.Bill(ledger)
			require.InDelta(t, c.pj, bill.PJ, 1e-9)
			require.Empty(t, bill.Unpriced, "all that happened is priced or outside")
			sum := 0.0
			for part, pj := range bill.Parts() {
				if part != energy.PartPads {
					sum += pj
				}
			}
			require.InDelta(t, bill.PJ, sum, 1e-9, "the parts are the whole")
		})
	}
	table, err := energy.LoadTable("45nm")
	require.NoError(t, err)
	require.InDelta(t, 2*32*2.0/2, table.Bill(ledger).PadsPJ, 1e-12,
		"two spikes of 32 bits, 2 pJ each bit")
}

func TestHostIsItsOwnPart(t *testing.T) {
	table, err := energy.LoadTable("45nm-ops")
	require.NoError(t, err)
	bill := table.Bill(ledgerOf(tinyCounts(), 2, tinyMemories()))
	require.InDelta(t, 0.4, bill.Parts()[energy.PartHost], 1e-12)
	require.InDelta(t, 2.0, bill.Parts()[energy.PartOperations], 1e-12)
}

// TestDirectInputPaysForItsMemory holds the host's layer to the terms of an
// ANN's: int8 operations, and weights and inputs read once.
func TestDirectInputPaysForItsMemory(t *testing.T) {
	img := &layout.Image{
		Input:   layout.Input{Shape: []int32{2, 2}},
		Encoder: layout.Encoder{Kind: layout.EncoderDirect, Bits: 8},
		Host:    &layout.HostLayer{Weights: []int16{1, -128, 0, 0, 3, 4, 127, 6}},
	}
	m := NewMemories(img)
	table, err := energy.LoadTable("45nm")
	require.NoError(t, err)
	bill := table.Bill(ledgerOf(&chip.Counts{HostMACs: 16}, 2, m))
	require.False(t, bill.Partial())
	// 8 MACs x 0.3, 8 bytes of weights and 4 of inputs
	require.InDelta(t, 2.4+(64*8+32*4)/512.0*1.10/64, bill.PJ, 1e-12)
	require.InDelta(t, bill.PJ, bill.Parts()[energy.PartHost], 1e-12)

	img.Host.Weights[0] = 128
	require.Equal(t, 8.0,
		ledgerOf(&chip.Counts{HostMACs: 16}, 2, NewMemories(img)).Count("host_macs"),
		"9 bits are no int8")
}

func TestAllInPriceExcludesItsParts(t *testing.T) {
	allIn := energytest.Table(t, "prices:\n"+energytest.Price("synops", "26 pJ",
		"includes: [synaptic_adds, synapse_bits, accumulator_reads, accumulator_writes, "+
			"axon_reads, membrane_adds, comparisons, "+
			"state_reads, state_writes, constant_reads, packets, hops_east, hops_west, "+
			"hops_north, hops_south, buffer_writes, host_adds, "+
			"queue_writes, queue_reads, accumulator_clears, route_reads, table_reads, "+
			"router_passes, host_state_reads, host_state_writes]"))
	bill := allIn.Bill(ledgerOf(tinyCounts(), 2, tinyMemories()))
	require.InDelta(t, 18*26.0/2, bill.PJ, 1e-9, "nothing is added on top")
	require.Empty(t, bill.Unpriced, "everything that happened is in the price")

	bare := energytest.Table(t, "prices:\n"+energytest.Price("synops", "26 pJ"))
	require.Contains(t, bare.Bill(ledgerOf(tinyCounts(), 2, tinyMemories())).Unpriced,
		"synaptic_adds")
}

func TestUnverifiedPricesAreNotApplied(t *testing.T) {
	price := energytest.Price("synops", "1000 pJ", "includes: [synaptic_adds]")
	table := energytest.Table(t, "prices:\n"+replaceOnce(price, "evidence: S", "evidence: U")+
		energytest.Price("comparisons", "1 pJ"))
	bill := table.Bill(ledgerOf(tinyCounts(), 2, tinyMemories()))
	require.InDelta(t, 5, bill.PJ, 1e-12)
	require.Contains(t, bill.Unpriced, "synaptic_adds")
}

func TestEventsThatDidNotHappenAreNotMissed(t *testing.T) {
	table := energytest.Table(t, "prices:\n"+energytest.Price("comparisons", "1 pJ"))
	bill := table.Bill(ledgerOf(&chip.Counts{Core: core.Counts{Comparisons: 3}}, 1, tinyMemories()))
	require.Equal(t, 3.0, bill.PJ)
	require.False(t, bill.Partial())
}

// TestEveryCounterIsKnown fails when a counter is added that no table can
// price: make it an event, or name it here as one that takes no energy.
func TestEveryCounterIsKnown(t *testing.T) {
	free := map[string]string{
		"saturations": "the adder clips anyway", "discards": "the input is dropped",
		"merges":         "counted by the axon table",
		"boundary_reads": "a part of constant_reads",
		"dropped":        "the spike is gone", "hops": "the sum of the four directions",
		"dropped_by_fault": "the packet is gone", "delayed_by_fault": "the packet waits",
		"duplicated_by_fault": "its second delivery is counted where it is made",
	}
	for name := range (&chip.Counts{}).All(router.Mesh{}.Classes()) {
		_, known := energy.FindEvent(name)
		require.True(t, known || free[name] != "", "counter %s has no event", name)
	}
}

// TestLedgerHasEveryEvent fails when an event can have a price and never a
// count.
func TestLedgerHasEveryEvent(t *testing.T) {
	has := map[string]bool{}
	for _, e := range ledgerOf(tinyCounts(), 2, tinyMemories()).Entries {
		require.False(t, has[e.Event], "%s stands twice", e.Event)
		has[e.Event] = true
	}
	direct := tinyMemories()
	direct.host = hostLayer{neurons: 1, bits: 8, inputBits: 8}
	for _, e := range ledgerOf(tinyCounts(), 2, direct).Entries {
		has[e.Event] = true
	}
	board := tinyMemories()
	board.links = router.NewBoard(router.Mesh{Width: 2, Height: 1},
		router.Mesh{Width: 1, Height: 1}).Classes()
	for _, e := range ledgerOf(tinyCounts(), 2, board).Entries {
		has[e.Event] = true
	}
	outside := tinyMemories()
	for k := range outside.kinds {
		outside.kinds[k].offChip = true
	}
	for _, e := range ledgerOf(tinyCounts(), 2, outside).Entries {
		has[e.Event] = true
	}
	for _, e := range energy.Events() {
		require.Equal(t, e.Side() == energy.SideSNN, has[e.Name], e.Name)
	}
}
