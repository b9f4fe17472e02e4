package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"adder/bench"
	"adder/chip"
	"adder/chip/trace"
)

// traceFlags are the flags of `run` for traces.
type traceFlags struct {
	file    string
	neurons []string
}

func (f *traceFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.file, "trace", "", "file to write what the cycle engine does to: "+
		"waveforms (.vcd), a time line (.perfetto) or messages (.csv)")
	flags.StringSliceVar(&f.neurons, "trace-neurons", nil, "neurons that a trace shows one by "+
		"one (.vcd, .perfetto), or whose messages alone it shows (.csv): LAYER, LAYER:N or "+
		"LAYER:FIRST-LAST")
}

// useEngine has the run use the engine of the flags. The trace that it writes
// is nil unless one is asked for.
func (f *runFlags) useEngine(c *chip.Chip, r *bench.Run) (trace.Writer, error) {
	if f.engine != "cycle" {
		return nil, nil
	}
	if r.Options.Ticks == 0 {
		r.Options.Ticks = r.Source.Ticks()
	}
	opts := r.Options
	if f.traced.file == "" {
		r.Engine = func() (chip.Engine, error) { return c.NewCycle(opts, nil) }
		return nil, nil
	}
	w, err := f.traced.create(c)
	if err != nil {
		return nil, err
	}
	// One engine, so that samples follow each other in the file.
	r.Workers = 1
	r.Engine = func() (chip.Engine, error) { return c.NewCycle(opts, w) }
	return w, nil
}

// check refuses a trace of an engine that has no time.
func (f *traceFlags) check(engine string) error {
	switch {
	case f.file != "" && engine != "cycle":
		return fmt.Errorf("--trace shows what happens when, which only the cycle engine knows: " +
			"add --engine cycle")
	case f.file == "" && len(f.neurons) > 0:
		return fmt.Errorf("--trace-neurons chooses what a trace shows: say where to write it " +
			"with --trace FILE.vcd")
	}
	return nil
}

// maxTraced is how many samples a trace has unless --limit says more.
const maxTraced = 100

// checkLength refuses a trace that grew by a slip to what no viewer opens.
func (f *traceFlags) checkLength(samples, limit int) error {
	if f.file != "" && limit == 0 && samples > maxTraced {
		return fmt.Errorf("--trace %s: it would hold %d samples: say how many with --limit, such "+
			"as --limit 2", f.file, samples)
	}
	return nil
}

func (f *traceFlags) create(c *chip.Chip) (trace.Writer, error) {
	var opts trace.Options
	for _, text := range f.neurons {
		n, err := parseNeurons(c, text)
		if err != nil {
			return nil, err
		}
		opts.Neurons = append(opts.Neurons, n)
	}
	return trace.Create(f.file, c, opts)
}

// parseNeurons reads LAYER, LAYER:N or LAYER:FIRST-LAST. A layer's own name may
// hold a colon.
func parseNeurons(c *chip.Chip, text string) (trace.Neurons, error) {
	if p, err := c.Population(text); err == nil {
		return trace.Neurons{Population: p, Last: c.Size(p) - 1}, nil
	}
	layer, span := text, ""
	if at := strings.LastIndexByte(text, ':'); at >= 0 {
		layer, span = text[:at], text[at+1:]
	}
	p, err := c.Population(layer)
	if err != nil {
		return trace.Neurons{}, fmt.Errorf("--trace-neurons %s: %w", text, err)
	}
	from, to, ranged := strings.Cut(span, "-")
	if !ranged {
		to = from
	}
	first, err := strconv.Atoi(from)
	if err == nil {
		var last int
		if last, err = strconv.Atoi(to); err == nil {
			return trace.Neurons{Population: p, First: first, Last: last}, nil
		}
	}
	return trace.Neurons{}, fmt.Errorf("--trace-neurons %s: write LAYER, LAYER:N or "+
		"LAYER:FIRST-LAST", text)
}

// closeTrace completes a trace if the run went well.
func closeTrace(w trace.Writer, failed error) error {
	switch {
	case w == nil:
		return failed
	case failed != nil:
		w.Abort()
		return failed
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}
