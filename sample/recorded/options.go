package recorded

import (
	"fmt"
	"strings"
)

// Counts is the treatment of several spikes of a source in one tick.
type Counts uint8

// The ways to treat counts.
const (
	CountsRefuse Counts = iota // an error
	CountsClip                 // one spike
	CountsKeep                 // the number, which only the reference engine takes
)

func countsNames() []string { return []string{"refuse", "clip", "keep"} }

// ParseCounts reads the name of a way.
func ParseCounts(name string) (Counts, error) {
	for i, n := range countsNames() {
		if n == name {
			return Counts(i), nil
		}
	}
	return 0, fmt.Errorf("counts %q: write %s", name, strings.Join(countsNames(), ", "))
}

// Layout is the order of an array's first two axes.
type Layout uint8

// The layouts.
const (
	// LayoutGuess is [samples, ticks, ...]; a file that seems to have another order is an error.
	LayoutGuess Layout = iota
	LayoutBT           // [samples, ticks, ...]
	LayoutTB           // [ticks, samples, ...]
)

// ParseLayout reads the name of a layout, "" for LayoutGuess.
func ParseLayout(name string) (Layout, error) {
	switch name {
	case "":
		return LayoutGuess, nil
	case "bt":
		return LayoutBT, nil
	case "tb":
		return LayoutTB, nil
	}
	return 0, fmt.Errorf("layout %q: write bt for [samples, ticks, ...] or tb for [ticks, "+
		"samples, ...]", name)
}

// Options are the options of reading samples.
type Options struct {
	// Shape is the shape of the network's input.
	Shape []int
	// Limit is the largest number of samples, 0 for all.
	Limit int
	// Ticks is the length of a sample, 0 for the file's own: longer samples are cut, and shorter
	// ones padded with ticks without spikes.
	Ticks  int
	Counts Counts
	Layout Layout
	// Graded says that the engine accepts real numbers, so that arrays of them and kept counts
	// become sample.Signals.
	Graded bool
	// DT is the seconds of a tick, for lists of times.
	DT float64
}

// Noted is a source with notes on how it was read.
type Noted interface {
	// Notes are sentences; there may be none. They may be complete only after all samples were
	// read.
	Notes() []string
}

// maxBytes bounds the memory that a file of a few bytes, or a slip in the number of ticks, may
// request.
const maxBytes = 2e9

// checkMemory refuses samples that take more than maxBytes.
func checkMemory(path string, samples, ticks, size int, bytes float64) error {
	if bytes > maxBytes {
		return fmt.Errorf("%s: %d samples of %d ticks and %d sources take %.0f MB, more than "+
			"%.0f: run fewer samples with --limit, and count samples and ticks from 0",
			path, samples, ticks, size, bytes/1e6, maxBytes/1e6)
	}
	return nil
}

// trainBytes is the memory of spike trains.
func trainBytes(samples, ticks, size int) float64 {
	const train = 128 // a spike.Train without its bits, and how it is listed
	row := float64((size + 63) / 64 * 8)
	return float64(samples) * (train + float64(ticks)*row)
}
