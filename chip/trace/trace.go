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
	// Close completes the file and gives it its name; a sample that has not ended is left out.
	// Without Close, Abort removes the file.
	Close() error
	Abort()
}

// Neurons is the neurons First to Last, inclusive, of a population.
type Neurons struct {
	Population, First, Last int
}

// Options select the contents of a trace.
type Options struct {
	// Cores are the cores of the image to trace; nil for all. CSV has the messages of all.
	Cores []int
	// Neurons are traced individually: spike, potential and current in waveforms and time lines. In
	// CSV only messages that they send are listed.
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
