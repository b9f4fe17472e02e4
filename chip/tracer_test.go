package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/core"
	"adder/router"
)

// ledger is a tracer that keeps account of what it is told.
type ledger struct {
	t        require.TestingT
	work     map[Phase]int64 // cycles of all cores
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

func newLedger(t require.TestingT, cores int) *ledger {
	return &ledger{
		t: t, work: map[Phase]int64{}, busy: make([]int64, cores), until: make([]int64, cores), waiting: make([]int, cores), ended: -1,
	}
}

func (l *ledger) see(cycle int64) { l.latest = max(l.latest, cycle) }

func (l *ledger) Sample(uint64) {}

func (l *ledger) Hop(cycle int64, _ router.Core, _ router.Direction, _ int32) { l.hops++; l.see(cycle) }

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

func (l *ledger) Ingress(_ int64, core, waiting int) {
	require.GreaterOrEqual(l.t, waiting, 0)
	l.waiting[core] = waiting
}

func (l *ledger) Spike(cycle int64, core int, _ int32) {
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
	l.see(m.Arrive)
}

func (l *ledger) Tick(t int32, from, done, to int64) {
	require.Equal(l.t, l.released, from, "ticks follow each other")
	require.Equal(l.t, max(l.latest, from), done, "the barrier begins when all is done")
	require.GreaterOrEqual(l.t, to, done)
	l.ticks = append(l.ticks, t)
	l.released, l.latest = to, to
}

func (l *ledger) End(cycle int64) error { l.ended = cycle; return nil }

// TestTracerSeesAllTimes: what a tracer is told of any sample adds up to its
// times and counts, and changes none.
func TestTracerSeesAllTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := drawImage(t)
		c, err := Load(img)
		require.NoError(t, err)
		l := newLedger(t, len(img.Cores))
		traced, err := c.NewCycle(Options{}, l)
		require.NoError(t, err)
		plain, err := c.NewCycle(Options{}, nil)
		require.NoError(t, err)
		sample := &Sample{Spikes: drawTrain(t, int(img.Input.Shape[0]), int(img.Encoder.Ticks))}
		want, err := plain.Run(sample)
		require.NoError(t, err)
		got, err := traced.Run(sample)
		require.NoError(t, err)
		require.Equal(t, want, got)

		times := got.Cycles
		require.Equal(t, times.Busy, l.busy)
		require.Equal(t, times.CoreStalls, l.work[PhaseStall])
		require.Equal(t, got.Counts.Core.ResetWrites*int64(c.profile.Timing.Core.ResetWrite), l.work[PhaseReset])
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
