package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/bench"
	"adder/chip"
	"adder/layout"
	"adder/sample"
)

// runJSON is the JSON of `run`.
type runJSON struct {
	Model       string   `json:"model"`
	Engine      string   `json:"engine"`
	Chip        string   `json:"chip"`
	Data        string   `json:"data"`
	Encoder     string   `json:"encoder"`
	Input       string   `json:"input,omitempty"`
	Samples     int      `json:"samples"`
	Interrupted bool     `json:"interrupted,omitempty"`
	Ticks       int      `json:"ticks"`
	Latency     int      `json:"latency"`
	Accuracy    *float64 `json:"accuracy"`
	// AccuracyInterval is the 95 % interval of Accuracy.
	AccuracyInterval *[2]float64 `json:"accuracy_interval"`
	// Classes are those that the samples were given, where they have no labels, else null.
	Classes         []int    `json:"classes"`
	Seconds         float64  `json:"seconds"`
	CPUSeconds      float64  `json:"cpu_seconds"`
	SynopsPerSecond *float64 `json:"synops_per_second"`
	// Counts and their means are null where an engine has no such events: the
	// reference has neither synapses nor packets to count.
	Counts        map[string]*int64   `json:"counts"`
	PerSample     map[string]*float64 `json:"per_sample"`
	SpikesByLayer []layerSpikes       `json:"spikes_by_layer"`
	Cycles        *cyclesJSON         `json:"cycles,omitempty"`
	// Against is an *againstJSON or an *unlikeJSON.
	Against any    `json:"against,omitempty"`
	Out     string `json:"out,omitempty"`
	Trace   string `json:"trace,omitempty"`
	// Breakdown has totals, and nothing of the reference engine.
	bench.Breakdown

	by string
}

type layerSpikes struct {
	Layer  string `json:"layer"`
	Spikes int64  `json:"spikes"`
}

func newRunJSON(c *chip.Chip, f *runFlags, s sample.Source, e *bench.Evaluation) runJSON {
	out := runJSON{
		Model: c.Image().Model, Engine: f.engine, Chip: c.Image().Chip.Name, Data: s.Name(),
		Encoder: encoderName(s),
		Samples: e.Samples, Interrupted: e.Interrupted, Ticks: e.Ticks, Latency: e.Latency,
		Seconds: e.Seconds,
		Counts:  map[string]*int64{}, PerSample: map[string]*float64{}, Out: f.out,
		Cycles: newCyclesJSON(c, e), Trace: f.traced.file,
	}
	if e.Labelled {
		accuracy, interval := e.Accuracy(), e.Interval()
		out.Accuracy, out.AccuracyInterval = &accuracy, &interval
	} else if c.Image().Readout.Kind != layout.ReadoutNone {
		out.Classes = e.Classes
	}
	for name, n := range e.Counts.All(c.Topology().Classes()) {
		mean := float64(n) / float64(max(e.Samples, 1))
		out.Counts[name], out.PerSample[name] = &n, &mean
	}
	rate := 0.0
	if e.Seconds > 0 {
		rate = float64(e.Counts.Core.Synops) / e.Seconds
	}
	out.SynopsPerSecond = &rate
	for _, p := range c.Image().ByDepth() {
		out.SpikesByLayer = append(out.SpikesByLayer,
			layerSpikes{c.Image().Populations[p].Name, e.SpikesByPopulation[p]})
	}
	return out
}

// shownClasses is how many classes are printed; --json has all.
const shownClasses = 20

// printClasses says which classes samples without labels were given.
func (a *app) printClasses(classes []int) {
	if len(classes) == 0 {
		return
	}
	words := make([]string, min(len(classes), shownClasses))
	for i := range words {
		words[i] = fmt.Sprint(classes[i])
	}
	more := ""
	if n := len(classes) - len(words); n > 0 {
		more = fmt.Sprintf(", and of %s more with --json", thousands(int64(n)))
	}
	a.printf("classes of the samples, which have no labels: %s%s", strings.Join(words, " "), more)
}

func (a *app) printRun(r *runJSON) error {
	if a.json {
		return a.printJSON(r)
	}
	a.printf("%s on chip %s, %s engine: %s of %s, encoder %s, %s, latency %d",
		r.Model, r.Chip, r.Engine, count(r.Samples, "sample"), r.Data, r.Encoder,
		count(r.Ticks, "tick"), r.Latency)
	a.printInterrupted(r.Interrupted)
	if r.Accuracy != nil {
		a.printf("accuracy %s", bench.WithInterval(r.Accuracy, r.AccuracyInterval))
	}
	a.printClasses(r.Classes)
	var rows []table.Row
	for _, name := range []string{"synops", "synaptic_adds", "input_spikes", "spikes", "packets",
		"hops", "neuron_updates", "saturations", "dropped"} {
		rows = append(rows, table.Row{strings.ReplaceAll(name, "_", " "),
			thousands(*r.Counts[name]), tenths(*r.PerSample[name])})
	}
	for _, name := range []string{"dropped_by_fault", "delayed_by_fault", "duplicated_by_fault"} {
		if n := r.Counts[name]; n != nil && *n > 0 {
			rows = append(rows, table.Row{strings.ReplaceAll(name, "_", " "),
				thousands(*r.Counts[name]), tenths(*r.PerSample[name])})
		}
	}
	for _, l := range r.SpikesByLayer {
		rows = append(rows, table.Row{"spikes of " + l.Layer, thousands(l.Spikes),
			tenths(float64(l.Spikes) / float64(max(r.Samples, 1)))})
	}
	a.printTable(table.Row{"count", "total", "per sample"}, rows)
	a.printCycles(r.Cycles)
	switch d := r.Against.(type) {
	case *againstJSON:
		a.printAgainst(d)
	case *unlikeJSON:
		a.printUnlike(d)
	}
	if r.by != "" {
		r.Breakdown.Wide = a.wide
		fmt.Fprint(a.out, r.Text(r.by, "in all"))
	}
	a.printf("%.2f s, %.2f CPU s, %s million synops per second", r.Seconds, r.CPUSeconds,
		thousands(int64(math.Round(*r.SynopsPerSecond/1e6))))
	if r.Out != "" {
		a.printf("wrote %s", r.Out)
	}
	if r.Trace != "" {
		a.printf("wrote %s", r.Trace)
	}
	return nil
}
