package chip

import "slices"

// Add adds another sample's times to c: lengths, stalls and loads are totals, queues and loads are
// the largest of any sample, and ticks are appended.
func (c *Cycles) Add(other *Cycles) {
	c.Total += other.Total
	c.Reset += other.Reset
	c.Settle += other.Settle
	c.ByTick = append(c.ByTick, other.ByTick...)
	c.Stalls += other.Stalls
	c.CoreStalls += other.CoreStalls
	c.MaxQueue = max(c.MaxQueue, other.MaxQueue)
	c.MaxIngress = max(c.MaxIngress, other.MaxIngress)
	c.MaxLinkLoad = max(c.MaxLinkLoad, other.MaxLinkLoad)
	c.LinkPackets += other.LinkPackets
	c.LinkTicks += other.LinkTicks
	c.LastPacket += other.LastPacket
	c.Barrier += other.Barrier
	addAll(&c.Busy, other.Busy)
	addAll(&c.BusyByTick, other.BusyByTick)
	addAll(&c.Last, other.Last)
}

// addAll adds entry by entry, the shorter one as if it ended in zeros.
func addAll(to *[]int64, from []int64) {
	*to = append(*to, make([]int64, max(len(from)-len(*to), 0))...)
	for i, n := range from {
		(*to)[i] += n
	}
}

// LongestTick is the length of the longest tick, 0 without any.
func (c *Cycles) LongestTick() int64 {
	if len(c.ByTick) == 0 {
		return 0
	}
	return slices.Max(c.ByTick)
}
