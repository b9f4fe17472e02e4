package chip

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core"
	"adder/router"
	"adder/spike"
)

// ledger is a tracer that keeps account of what it is told.
type ledger struct {
	t        require.TestingT
	chip     *Chip
	formed   map[[2]int32]int64 // when the slot of a neuron of a tile ended in this tick
	ingress  []int64            // per core: the last cycle in this tick
	work     map[Phase]int64    // cycles of all cores
	busy     []int64
	until    []int64 // per core: the end of the last phase reported
	waiting  []int
	spikes   int64
	messages int64
	hops     int64
	states   int
	ticks    []int32
	released int64 // when the present tick began
	latest   int64 // the last cycle of anything in the present tick
	ended    int64
}

func newLedger(t require.TestingT, c *Chip) *ledger {
	cores := len(c.cores)
	return &ledger{
		t: t, chip: c, formed: map[[2]int32]int64{}, ingress: make([]int64, cores),
		work: map[Phase]int64{},
		busy: make([]int64, cores), until: make([]int64, cores), waiting: make([]int, cores),
		ended: -1,
	}
}

func (l *ledger) see(cycle int64) { l.latest = max(l.latest, cycle) }

func (l *ledger) Sample(uint64) {}

func (l *ledger) Hop(cycle int64, _ router.Core, _ router.Direction, _ int32) {
	l.hops++
	l.see(cycle)
}

func (l *ledger) Depth(cycle int64, _ router.Core, _, packets int) {
	require.GreaterOrEqual(l.t, packets, 0)
	l.see(cycle)
}

func (l *ledger) Work(core int, p Phase, from, to int64) {
	require.Less(l.t, from, to)
	require.GreaterOrEqual(l.t, from, l.until[core], "a core does one thing at a time")
	l.until[core] = to
	l.work[p] += to - from
	if p == PhaseDeliver || p == PhaseUpdate {
		l.busy[core] += to - from
	}
	if p != PhaseDeliver { // of the next tick, while this one goes on
		l.see(to)
	}
}

func (l *ledger) Ingress(cycle int64, core, waiting int) {
	require.GreaterOrEqual(l.t, waiting, 0)
	require.GreaterOrEqual(l.t, cycle, l.ingress[core], "entries come and go in order of time")
	l.ingress[core] = cycle
	l.waiting[core] = waiting
}

func (l *ledger) Spike(cycle int64, core int, neuron int32) {
	l.formed[[2]int32{int32(l.chip.image.Cores[core].Tile), neuron}] = cycle
	require.LessOrEqual(l.t, l.released, cycle)
	l.spikes++
	l.see(cycle)
}

func (l *ledger) State(cycle int64, core int, _ *core.Core) {
	require.LessOrEqual(l.t, l.released, cycle)
	l.states++
	l.see(cycle)
}

func (l *ledger) Message(m *Message) {
	l.messages++
	require.GreaterOrEqual(l.t, m.Wait, int64(0), "no packet is faster than on an empty mesh")
	require.GreaterOrEqual(l.t, m.Send, l.released)
	tick := int32(len(l.ticks)) - 1
	if _, host := m.Packet.FromHost(); host {
		tick++
	} else {
		formed := l.formed[[2]int32{int32(m.Packet.Source), m.Packet.Neuron}]
		require.GreaterOrEqual(l.t, m.Send, formed+int64(l.chip.profile.Timing.Core.PacketOut),
			"no packet leaves before it is formed")
	}
	require.Equal(l.t, tick, m.Packet.Tick)
	mesh := l.chip.image.Routes.Mesh
	links := router.NewTree(mesh, mesh.At(m.From), []router.Core{m.Packet.To.Core}).Hops(mesh)
	require.EqualValues(l.t, links.Total(), m.Hops)
	l.see(m.Arrive)
}

func (l *ledger) Tick(t int32, from, done, to int64) {
	require.Equal(l.t, l.released, from, "ticks follow each other")
	require.Equal(l.t, max(l.latest, from), done, "the barrier begins when all is done")
	require.GreaterOrEqual(l.t, to, done)
	l.ticks = append(l.ticks, t)
	l.released, l.latest = to, to
	clear(l.formed)
	clear(l.ingress)
}

// requireUpdates holds the time of all updates, and of what follows the sample
// on a chip of one core, against what was counted.
func (l *ledger) requireUpdates(o *Outcome, train *spike.Train) {
	packets := o.Counts.Traffic.Packets
	for tick := range train.Ticks() {
		for _, i := range train.AppendTick(tick, nil) {
			packets -= int64(l.chip.costs.Ports[0][i].Packets)
		}
	}
	n, t := &o.Counts.Core, &l.chip.profile.Timing.Core
	want := n.ActiveUpdates*int64(t.NeuronUpdate) + n.IdleUpdates*int64(t.NeuronIdle) +
		n.Spikes*int64(t.SpikeOut) +
		packets*int64(t.PacketOut) + n.LearningUpdates*int64(t.LearningUpdate) +
		l.fills(train.Ticks())*int64(t.UpdateFill)
	require.Equal(l.t, want, l.work[PhaseUpdate]+o.Cycles.Settle)
}

// fills counts the updates that have a slot: in so many ticks of input, of each core
// that has a group in its window.
func (l *ledger) fills(ticks int) (fills int64) {
	for i := range l.chip.image.Cores {
		for t := range ticks + l.chip.Latency() {
			inside := func(g core.Group) bool { return int(g.Depth) <= t && t < int(g.Depth)+ticks }
			if slices.ContainsFunc(l.chip.image.Cores[i].Config.Groups, inside) {
				fills++
			}
		}
	}
	return fills
}

func (l *ledger) End(cycle int64) error { l.ended = cycle; return nil }

// TestTracerSeesAllTimes: what a tracer is told of any sample adds up to its
// times and counts, and changes none.
func TestTracerSeesAllTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := drawImage(t)
		c, err := Load(img)
		require.NoError(t, err)
		l := newLedger(t, c)
		traced, err := c.NewCycle(Options{}, l)
		require.NoError(t, err)
		plain, err := c.NewCycle(Options{}, nil)
		require.NoError(t, err)
		sample := &Sample{Spikes: drawTrain(t, int(img.Input.Shape[0]), int(img.Encoder.Ticks))}
		want, err := plain.Run(t.Context(), sample)
		require.NoError(t, err)
		got, err := traced.Run(t.Context(), sample)
		require.NoError(t, err)
		require.Equal(t, want, got)

		times := got.Cycles
		require.Equal(t, times.Busy, l.busy)
		l.requireUpdates(got, sample.Spikes)
		require.Equal(t, times.CoreStalls, l.work[PhaseStall])
		require.Equal(t, got.Counts.Core.ResetWrites*int64(c.profile.Timing.Core.ResetWrite),
			l.work[PhaseReset])
		require.Equal(t, got.Counts.Core.Spikes, l.spikes)
		require.Equal(t, got.Counts.Traffic.Hops.Total(), l.hops)
		require.Equal(t, traced.mesh.Load().Arrived, l.messages)
		require.Equal(t, len(img.Cores)*int(got.Counts.Ticks), l.states)
		require.Equal(t, times.Total, l.ended)
		require.Equal(t, times.Total, l.released+times.Settle)
		require.Len(t, l.ticks, 1+int(got.Counts.Ticks))
		for k, tick := range l.ticks {
			require.EqualValues(t, k-1, tick)
		}
		require.Equal(t, make([]int, len(img.Cores)), l.waiting)
	})
}
