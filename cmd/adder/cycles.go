package main

import (
	"strings"

	"adder/bench"
	"adder/chip"
)

// cyclesJSON is the time that the cycle engine found, over all samples.
type cyclesJSON struct {
	Total       int64   `json:"total"`
	PerSample   float64 `json:"per_sample"`
	Reset       int64   `json:"reset"`
	PerTickMean float64 `json:"per_tick_mean"`
	PerTickMax  int64   `json:"per_tick_max"`
	// ByTick is the mean length of each tick of a sample.
	ByTick []float64 `json:"by_tick"`
	// LastPacket, Barrier and Settle are parts of Total (chip.Cycles).
	LastPacket   int64   `json:"last_packet"`
	Barrier      int64   `json:"barrier"`
	Settle       int64   `json:"settle"`
	Stalls       int64   `json:"stalls"`
	CoreStalls   int64   `json:"core_stalls"`
	MaxQueue     int64   `json:"max_queue"`
	MaxIngress   int64   `json:"max_ingress"`
	MaxLinkLoad  int64   `json:"max_link_load"`
	MeanLinkLoad float64 `json:"mean_link_load"`
	// SlowestCore is the core that worked longest.
	SlowestCore      *slowestJSON `json:"slowest_core"`
	Hertz            int64        `json:"hertz"`
	SecondsOnChip    float64      `json:"seconds_on_chip"`
	SecondsPerSample float64      `json:"seconds_per_sample"`
	// StaticJoules is the energy of the idle chip over that time, nil where the profile does not
	// state it.
	StaticJoules *float64 `json:"static_joules"`
}

// slowestJSON names a core and the share of the time in which it worked.
type slowestJSON struct {
	X    int16   `json:"x"`
	Y    int16   `json:"y"`
	Busy float64 `json:"busy"`
}

// timed returns the engine to use: the fast one, with a warning, if the chip's profile lacks a time
// that the requested engine needs.
func (a *app) timed(c *chip.Chip, engine string) string {
	if engine != "cycle" || c.Profile().Timing == nil {
		return engine
	}
	lacking := c.Untimed(false)
	if len(lacking) == 0 {
		return engine
	}
	a.warn("times are not known: the profile of chip %s states no %s; all else is that of the "+
		"fast engine", c.Profile().Name, strings.Join(lacking, ", "))
	return "fast"
}

// newCyclesJSON is nil for an engine without time.
func newCyclesJSON(c *chip.Chip, e *bench.Evaluation) *cyclesJSON {
	times, timing := e.Cycles, c.Profile().Timing
	if times == nil || timing == nil {
		return nil
	}
	out := &cyclesJSON{
		Total: times.Total, Reset: times.Reset, PerTickMax: times.LongestTick(),
		Stalls: times.Stalls, CoreStalls: times.CoreStalls,
		LastPacket: times.LastPacket, Barrier: times.Barrier, Settle: times.Settle,
		MaxQueue: times.MaxQueue, MaxIngress: times.MaxIngress, MaxLinkLoad: times.MaxLinkLoad,
		PerSample:    quotient(times.Total, int64(e.Samples)),
		PerTickMean:  quotient(times.Total-times.Reset-times.Settle, int64(len(times.ByTick))),
		MeanLinkLoad: quotient(times.LinkPackets, times.LinkTicks),
		Hertz:        timing.Clock, SecondsOnChip: quotient(times.Total, timing.Clock),
	}
	if e.Samples > 0 {
		out.SecondsPerSample = out.SecondsOnChip / float64(e.Samples)
	}
	if timing.StaticPower > 0 {
		joules := float64(timing.StaticPower) * 1e-9 * out.SecondsOnChip
		out.StaticJoules = &joules
	}
	for t, n := 0, len(times.ByTick)/max(e.Samples, 1); t < n; t++ {
		sum := int64(0)
		for i := t; i < len(times.ByTick); i += n {
			sum += times.ByTick[i]
		}
		out.ByTick = append(out.ByTick, quotient(sum, int64(e.Samples)))
	}
	if i, busy := times.Slowest(); i >= 0 {
		at := c.Topology().At(c.Image().Cores[i].Tile)
		out.SlowestCore = &slowestJSON{X: at.X, Y: at.Y, Busy: quotient(busy, times.Total)}
	}
	return out
}

func quotient(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func (a *app) printCycles(c *cyclesJSON) {
	if c == nil {
		return
	}
	a.printf("on the chip: %s cycles a sample, %s at %s MHz; ticks of %s cycles, the longest %s",
		thousands(int64(c.PerSample)),
		seconds(c.SecondsPerSample), thousands(c.Hertz/1e6), thousands(int64(c.PerTickMean)),
		thousands(c.PerTickMax))
	if s := c.SlowestCore; s != nil {
		a.printf("slowest core at (%d, %d), busy %s of the time; packets waited %s cycles, cores "+
			"%s of them", s.X, s.Y, percent(s.Busy), thousands(c.Stalls), thousands(c.CoreStalls))
	}
	a.printf("at most %s packets over a link in a tick (mean of links in use %.1f), %s in an "+
		"input buffer, %s spikes due at a core in a tick",
		thousands(c.MaxLinkLoad), c.MeanLinkLoad, thousands(c.MaxQueue), thousands(c.MaxIngress))
}
