package recorded

import (
	"fmt"
	"strings"
)

// Counts says what becomes of more than one spike of a source in a tick.
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

// Layout says in which order an array has its first two axes.
type Layout uint8

// The layouts.
const (
	// LayoutGuess is [samples, ticks, ...]; a file that looks otherwise is refused.
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

// Options say how samples are read.
type Options struct {
	// Shape is that of the network's input.
	Shape []int
	// Limit is the most samples, 0 for all.
	Limit int
	// Ticks is the length of a sample, 0 for the file's own: what is beyond is left
	// out, and what is missing is silent.
	Ticks  int
	Counts Counts
	Layout Layout
	// Graded says that the engine takes real numbers, so that arrays of them and
	// kept counts become sample.Signals.
	Graded bool
	// DT is the seconds of a tick, for lists of times.
	DT float64
}

// Noted is what a source has to say of how it was read.
type Noted interface {
	// Notes are sentences, none where there is nothing to say. They may be
	// complete only once all samples were asked for.
	Notes() []string
}

// maxBytes bounds the memory that a file of a few bytes, or a slip in the number of
// ticks, may ask for.
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
