package chip

import (
	"context"
	"fmt"
	"math"

	"adder/layout"
	"adder/spike"
)

// Engine emulates samples, one at a time. It is not safe for concurrent use.
type Engine interface {
	// Run emulates a sample from the initial state. The outcome belongs to
	// the caller. When ctx is done it stops within the sample and returns
	// ctx's error; the engine cannot be used again.
	Run(ctx context.Context, s *Sample) (*Outcome, error)
}

// Sample is the input of a chip: a spike train of the input's size, or, for direct input, one level
// per input element.
type Sample struct {
	// Number identifies the sample and keys its random draws.
	Number uint64
	Spikes *spike.Train
	// Levels are analog inputs; MaxLevel is 1.
	Levels   []int32
	MaxLevel int32
}

// Options are the options of an engine.
type Options struct {
	// Ticks is the number of input ticks; 0 takes the image's.
	Ticks int
	// Spikes and Potentials name populations to record.
	Spikes, Potentials []int
	// Seed keys the chip's random draws, together with the number of the
	// sample.
	Seed uint64
	// Learn lets plastic rows and adaptive thresholds learn, so that each
	// sample changes the chip for those after it (learn.go).
	Learn bool
	// ByTick records counts and classes for every prefix of the sample.
	ByTick bool
	// Links records the traffic over each link.
	Links bool
	// Threads is the number of processors that the fast engine uses for one sample; 0 means 1. It
	// changes no result, and is worth it only for large networks: for small ones run samples in
	// parallel (Batch).
	Threads int
}

// Outcome is the result of a sample. Its ticks are model ticks: entry t of a population at depth d
// is tick t + d of the chip.
type Outcome struct {
	Number uint64
	// Counts are the sum of Attribution.
	Counts Counts
	// Class is the readout's class, -1 where the image has no readout.
	Class int
	// Output are the readout's values: final potentials, or spike counts,
	// per neuron of the population that is read.
	Output []int32
	// Attribution is Counts by core, population and, with Options.ByTick, tick: TickReset and ticks
	// 0..t together are the counts of a run of t+1 ticks.
	Attribution *Attribution
	// ClassByTick[t] is the class after t+1 ticks, with Options.ByTick.
	ClassByTick []int
	// Spikes and Potentials are in the order of Options, of as many ticks as the
	// population takes part in: those of the input, or of its code. Potentials[k] is
	// [ticks][neurons], row-major, in least significant bits.
	Spikes     []*spike.Train
	Potentials [][]int32
	// SpikesByPopulation are the spikes of each population.
	SpikesByPopulation []int64
	// Cycles is the time the sample took, of the cycle engine only.
	Cycles *Cycles
	// Links are the loads of links, with Options.Links.
	Links *Links
}

// AddHost adds the work of the host on the sample (Attribution.AddHost).
func (o *Outcome) AddHost(adds, draws, macs int64) {
	o.Counts.HostAdds += adds
	o.Counts.HostDraws += draws
	o.Counts.HostMACs += macs
	o.Attribution.AddHost(adds, draws, macs)
}

// AddReads adds the elements of the sample that the host read, once per sample.
func (o *Outcome) AddReads(pixels int64) {
	o.Counts.PixelReads += pixels
	o.Attribution.At(accountHost, o.Attribution.Bin(TickReset)).PixelReads += pixels
}

// Cycles are the times of a sample, from the cycle engine (docs/cycle-engine.md), in clock cycles.
type Cycles struct {
	// Total is the length of the sample: Reset, the writes of the initial
	// state and the host packets of the first tick; ByTick, the length of
	// each tick of the chip; and Settle, what is learned after the last one.
	Total  int64
	ByTick []int64
	Reset  int64
	Settle int64
	// Stalls are the cycles that packets waited for a link, a buffer or a credit. CoreStalls are
	// the part of them that cores waited for their full output FIFO.
	Stalls, CoreStalls int64
	// MaxQueue is the largest number of packets in one input buffer,
	// MaxIngress the largest number of axon entries due at one core in a tick,
	// MaxLinkLoad the largest number of packets over one link in a tick.
	MaxQueue, MaxIngress, MaxLinkLoad int64
	// LinkPackets are the packets over all links, LinkTicks the pairs of a
	// link and a tick in which it was used: their quotient is the mean load
	// of a link in use.
	LinkPackets, LinkTicks int64
	// Busy[i] are the cycles that core i of the image worked on packets and
	// neurons. BusyByTick has them by tick of the chip, [ticks][cores] in row-major
	// order, with Options.ByTick.
	Busy, BusyByTick []int64
	// What the sample waits for: a tick, or the reset, lasts until its last core is done,
	// which Last[i] adds up over the ticks whose last core was i (of several the first); then
	// until its last packet has arrived (LastPacket), and through its barrier (Barrier). With
	// Settle these add up to Total.
	Last                []int64
	LastPacket, Barrier int64
}

// Slowest is the core of the image that worked longest and how long it did; -1
// without any.
func (c *Cycles) Slowest() (core int, busy int64) {
	core = -1
	for i, b := range c.Busy {
		if core < 0 || b > busy {
			core, busy = i, b
		}
	}
	return core, busy
}

// ModelUnits converts potential v of neuron n of a population from the chip's integers to the units
// of the model (docs/neurocore.md, section 7).
func ModelUnits(pop *layout.Population, n int, v int32) float64 {
	return float64(v)/real(pop.Unit, n, 1) + real(pop.Rest, n, 0)
}

func real(x []layout.Real, n int, def float64) float64 {
	switch len(x) {
	case 0:
		return def
	case 1:
		n = 0
	}
	return math.Ldexp(float64(x[n].Mantissa), int(x[n].Exponent))
}

// inputs is the number of elements of the input.
func (c *Chip) inputs() int {
	size := 1
	for _, d := range c.image.Input.Shape {
		size *= int(d)
	}
	return size
}

// check refuses a sample that does not match the image.
func (c *Chip) check(s *Sample) error {
	size := c.inputs()
	if c.image.Host != nil {
		if len(s.Levels) != size || s.MaxLevel <= 0 {
			return fmt.Errorf("sample %d: %d analog levels up to %d; %s takes %d", s.Number,
				len(s.Levels), s.MaxLevel, c.image.Model, size)
		}
		return nil
	}
	if s.Spikes == nil || s.Spikes.Sources() != size {
		return fmt.Errorf("sample %d does not have the %d sources that %s takes", s.Number, size,
			c.image.Model)
	}
	if !s.Spikes.PaddingClear() { // whole words of it are taken as axon entries
		return fmt.Errorf("sample %d has a spike of a source beyond the last of %d: leave the "+
			"unused bits of its rows 0", s.Number, size)
	}
	return nil
}
