package chip

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCyclesAdd(t *testing.T) {
	var sum Cycles
	require.Zero(t, sum.LongestTick())
	core, _ := sum.Slowest()
	require.Equal(t, -1, core)
	one := Cycles{Total: 34, Reset: 10, Settle: 4, ByTick: []int64{12, 8}, Stalls: 3, CoreStalls: 1,
		MaxQueue: 2, MaxIngress: 9, MaxLinkLoad: 4, LinkPackets: 6, LinkTicks: 2,
		Busy: []int64{5, 7}, BusyByTick: []int64{5, 0, 0, 7}, Last: []int64{3, 4}, LastPacket: 9,
		Barrier: 2}
	other := Cycles{Total: 20, Reset: 5, ByTick: []int64{15}, Stalls: 2, MaxQueue: 3, MaxIngress: 1,
		MaxLinkLoad: 1, LinkPackets: 1, LinkTicks: 1, Busy: []int64{9, 0},
		BusyByTick: []int64{9, 0}, Last: []int64{2, 0}, LastPacket: 1, Barrier: 2}
	sum.Add(&one)
	sum.Add(&other)
	require.Equal(t, Cycles{
		Total: 54, Reset: 15, Settle: 4, ByTick: []int64{12, 8, 15}, Stalls: 5, CoreStalls: 1,
		MaxQueue: 3, MaxIngress: 9, MaxLinkLoad: 4,
		LinkPackets: 7, LinkTicks: 3, Busy: []int64{14, 7}, BusyByTick: []int64{14, 0, 0, 7},
		Last: []int64{5, 4}, LastPacket: 10, Barrier: 4,
	}, sum)
	require.EqualValues(t, 15, sum.LongestTick())
	core, busy := sum.Slowest()
	require.Equal(t, 0, core)
	require.EqualValues(t, 14, busy)
	require.Equal(t, []int64{5, 7}, one.Busy, "what is added stays")
}
