package bench

import (
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
		kinds: []coreMemory{{synapse: 4096, axon: 4096, state: 4096, constant: 4096, accumulator: 4096, axonBits: 10, wordBits: 24}},
		kind:  []int{0}, largest: 4096, links: router.Mesh{}.Classes(),
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
	for _, c := range []struct {
		table    string
		pj       float64
		unpriced []string
	}{
		// (20 synaptic adds + 10 membrane adds + 10 comparisons + 8 host adds)
		// x 0.1 pJ / 2
		{"45nm-ops-int8", 2.4, []string{
			"synapse_bits", "axon_reads", "accumulator_reads", "accumulator_writes", "state_reads", "state_writes", "constant_reads",
			"packets", "hops_east", "hops_south", "buffer_writes",
		}},
		{"45nm-ops-fp32", 21.6, []string{
			"synapse_bits", "axon_reads", "accumulator_reads", "accumulator_writes", "state_reads", "state_writes", "constant_reads",
			"packets", "hops_east", "hops_south", "buffer_writes",
		}},
		// The same, and bits x 5 pJ / 64 in memories of 4 KiB: 160 synapse, 4 x 10
		// axon, 20 x 64 accumulator, 20 x 24 state, 2 x 10 x 24 constants.
		{"45nm-memory", 2.4 + (160+40+1280+480+480)*5.0/64/2, []string{"packets", "hops_east", "hops_south", "buffer_writes"}},
		// 18 synops x 23.6 + 6 x 81 + 4 x 52 + 4 packets x 1.7 + 6 x 3 + 2 x 4
		{"loihi", (424.8 + 486 + 208 + 6.8 + 18 + 8) / 2, []string{"axon_reads", "host_adds"}},
		// 18 x 35.5 + 10 x 51.2 + 6 x 21.6 + 2 x 69.3 + 4 x 111 + 6 x 3 + 2 x 4.2
		{"loihi-calibrated", (639 + 512 + 129.6 + 138.6 + 444 + 18 + 8.4) / 2, []string{"axon_reads", "host_adds"}},
		// adds (20+10+8) x 1.4, 10 x 1.2, loads (160+40+640+240+480) / 16 x 3.7,
		// stores (640+240) / 16 x 3.9, 2 spikes x 1.6, 4 packets x 2
		{"seneca", (53.2 + 12 + 360.75 + 214.5 + 3.2 + 8) / 2, []string{"hops_east", "hops_south", "buffer_writes"}},
	} {
		t.Run(c.table, func(t *testing.T) {
			table, err := energy.LoadTable(c.table)
			require.NoError(t, err)
			bill := table.Bill(ledger)
			require.InDelta(t, c.pj, bill.PJ, 1e-9)
			require.Equal(t, c.unpriced, bill.Unpriced)
			require.True(t, bill.Partial())
			sum := 0.0
			for _, pj := range bill.Parts() {
				sum += pj
			}
			require.InDelta(t, bill.PJ, sum, 1e-9, "the parts are the whole")
		})
	}
}

func TestHostIsItsOwnPart(t *testing.T) {
	table, err := energy.LoadTable("45nm-ops-int8")
	require.NoError(t, err)
	bill := table.Bill(ledgerOf(tinyCounts(), 2, tinyMemories()))
	require.InDelta(t, 0.4, bill.Parts()[energy.PartHost], 1e-12)
	require.InDelta(t, 2.0, bill.Parts()[energy.PartOperations], 1e-12)
}

// TestDirectInputPaysForItsMemory holds the host's layer to the terms of an
// ANN's: int8 operations, and weights and inputs read once.
func TestDirectInputPaysForItsMemory(t *testing.T) {
	img := &layout.Image{
		Input: layout.Input{Shape: []int32{2, 2}}, Encoder: layout.Encoder{Kind: layout.EncoderDirect, Bits: 8},
		Host: &layout.HostLayer{Weights: []int16{1, -128, 0, 0, 3, 4, 127, 6}},
	}
	m := NewMemories(img)
	require.Equal(t, 8.0, m.largest, "the host's weights count as weights")
	table, err := energy.LoadTable("45nm-memory")
	require.NoError(t, err)
	bill := table.Bill(ledgerOf(&chip.Counts{HostMACs: 16}, 2, m))
	require.False(t, bill.Partial())
	// 8 MACs x 0.3, 8 bytes of weights and 4 of inputs
	require.InDelta(t, 2.4+(64*8+32*4)/8192.0*10/64, bill.PJ, 1e-12)
	require.InDelta(t, bill.PJ, bill.Parts()[energy.PartHost], 1e-12)

	img.Host.Weights[0] = 128
	require.Equal(t, 8.0, ledgerOf(&chip.Counts{HostMACs: 16}, 2, NewMemories(img)).Count("host_macs"), "9 bits are no int8")
}

func TestAllInPriceExcludesItsParts(t *testing.T) {
	allIn := energytest.Table(t, "prices:\n"+energytest.Price("synops", "26 pJ",
		"includes: [synaptic_adds, synapse_bits, accumulator_reads, accumulator_writes, axon_reads, membrane_adds, comparisons, "+
			"state_reads, state_writes, constant_reads, packets, hops_east, hops_west, hops_north, hops_south, buffer_writes, host_adds]"))
	bill := allIn.Bill(ledgerOf(tinyCounts(), 2, tinyMemories()))
	require.InDelta(t, 18*26.0/2, bill.PJ, 1e-9, "nothing is added on top")
	require.False(t, bill.Partial(), "everything that happened is in the price")

	bare := energytest.Table(t, "prices:\n"+energytest.Price("synops", "26 pJ"))
	require.Contains(t, bare.Bill(ledgerOf(tinyCounts(), 2, tinyMemories())).Unpriced, "synaptic_adds")
}

func TestUnverifiedPricesAreNotApplied(t *testing.T) {
	price := energytest.Price("synops", "1000 pJ", "includes: [synaptic_adds]")
	table := energytest.Table(t, "prices:\n"+replaceOnce(price, "evidence: S", "evidence: U")+energytest.Price("comparisons", "1 pJ"))
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
		"saturations": "the adder clips anyway", "discards": "the input is dropped", "merges": "counted by the axon table",
		"dropped": "the spike is gone", "hops": "the sum of the four directions",
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
	for _, e := range energy.Events() {
		require.Equal(t, e.Side() == energy.SideSNN, has[e.Name], e.Name)
	}
}
