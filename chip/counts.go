package chip

import (
	"iter"

	"adder/core"
	"adder/router"
)

// Counts are the events of a run, as docs/neurocore.md, section 10, defines
// them. They do not depend on contention, workers or the order of samples.
type Counts struct {
	Core    core.Counts
	Traffic router.Traffic
	// InputSpikes are the spikes the host sent.
	InputSpikes int64
	// HostAdds, HostDraws and HostMACs are the host's work: encoding, and
	// the first layer of a network with direct input.
	HostAdds, HostDraws, HostMACs int64
	// PixelReads are the elements of samples that an encoder read, OutputReads the
	// values that the host read for a class.
	PixelReads, OutputReads int64
	// Dropped are the spikes that the chip lost.
	Dropped int64
	// DroppedByFault, DelayedByFault and DuplicatedByFault are the packets, per core that they went
	// to, that a broken chip lost, delivered late and delivered twice.
	DroppedByFault, DelayedByFault, DuplicatedByFault int64
	// Ticks are the ticks the chip ran.
	Ticks int64
}

// Add adds other to c.
func (c *Counts) Add(other *Counts) {
	c.Core.Add(&other.Core)
	c.Traffic.Add(other.Traffic)
	c.InputSpikes += other.InputSpikes
	c.HostAdds += other.HostAdds
	c.HostDraws += other.HostDraws
	c.HostMACs += other.HostMACs
	c.PixelReads += other.PixelReads
	c.OutputReads += other.OutputReads
	c.Dropped += other.Dropped
	c.DroppedByFault += other.DroppedByFault
	c.DelayedByFault += other.DelayedByFault
	c.DuplicatedByFault += other.DuplicatedByFault
	c.Ticks += other.Ticks
}

// Hops is the number of links crossed, of all classes.
func (c *Counts) Hops() int64 { return c.Traffic.Hops.Total() }

// BufferWrites is the number of times a packet entered a router's input
// buffer: once where it was injected and once per hop.
func (c *Counts) BufferWrites() int64 { return c.Traffic.Packets + c.Hops() }

// All yields every counter by its name in reports, zeros included, always
// in the same order. The classes are those of the chip's links
// (router.Topology).
func (c *Counts) All(classes []string) iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		for name, n := range c.Core.All() {
			if !yield(name, n) {
				return
			}
		}
		for name, n := range c.Traffic.All(classes) {
			if !yield(name, n) {
				return
			}
		}
		own := []struct {
			name string
			n    int64
		}{
			{"hops", c.Hops()}, {"buffer_writes", c.BufferWrites()},
			{"input_spikes", c.InputSpikes}, {"host_adds", c.HostAdds}, {"host_draws", c.HostDraws},
			{"host_macs", c.HostMACs}, {"host_pixel_reads", c.PixelReads},
			{"readout_reads", c.OutputReads},
			{"dropped", c.Dropped}, {"dropped_by_fault", c.DroppedByFault},
			{"delayed_by_fault", c.DelayedByFault},
			{"duplicated_by_fault", c.DuplicatedByFault}, {"ticks", c.Ticks},
		}
		for _, o := range own {
			if !yield(o.name, o.n) {
				return
			}
		}
	}
}
