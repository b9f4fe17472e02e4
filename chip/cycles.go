package chip

import "slices"

// Add adds another sample's times to c: lengths, stalls and loads are totals,
// the largest queues and loads stay the largest of any sample, and the ticks
// follow each other.
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
	c.Busy = append(c.Busy, make([]int64, max(len(other.Busy)-len(c.Busy), 0))...)
	for i, busy := range other.Busy {
		c.Busy[i] += busy
	}
}

// LongestTick is the length of the longest tick, 0 without any.
func (c *Cycles) LongestTick() int64 {
	if len(c.ByTick) == 0 {
		return 0
	}
	return slices.Max(c.ByTick)
}
