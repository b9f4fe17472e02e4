package trace

import (
	"fmt"
	"path/filepath"
	"strings"

	"adder/chip"
)

// Writer is a tracer that writes a file.
type Writer interface {
	chip.Tracer
	// Close completes the file and gives it its name; a sample that has not
	// ended is left out. Without Close, Abort
	// leaves nothing behind.
	Close() error
	Abort()
}

// Neurons names neurons of a population by their numbers in it, [First, Last].
type Neurons struct {
	Population, First, Last int
}

// Options choose what a trace shows.
type Options struct {
	// Cores are those of the image to show; nil for all. CSV shows the messages of all.
	Cores []int
	// Neurons are shown one by one: with spike, potential and current in waveforms and time
	// lines. In CSV the messages are those that they send.
	Neurons []Neurons
}

// Create starts a trace of a chip. The ending of the path chooses the format.
func Create(path string, c *chip.Chip, opts Options) (Writer, error) {
	var make func(*stream, *view) Writer
	switch ending := strings.ToLower(filepath.Ext(path)); ending {
	case ".vcd":
		make = newVCD
	case ".perfetto":
		make = newPerfetto
	case ".csv":
		make = newMessages
	default:
		return nil, fmt.Errorf("trace %s: ending %q: write .vcd (waveforms), .perfetto (time "+
			"line) or .csv (messages)", path, ending)
	}
	v, err := newView(c, opts)
	if err != nil {
		return nil, fmt.Errorf("trace %s: %w", path, err)
	}
	s, err := newStream(path)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return make(s, v), nil
}
