package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/bench"
)

// unlikeJSON compares a run with the quantised network, integer by integer.
type unlikeJSON struct {
	Engine  string `json:"engine"`
	Samples int    `json:"samples"`
	Outputs int    `json:"outputs"`
	// Differ counts unequal integers among samples x outputs.
	Differ int64                 `json:"differ"`
	First  *outputDifferenceJSON `json:"first"`
	// Accuracy is the quantised network's, null without labels, Agreement the share of
	// samples of the same class.
	Accuracy  *float64          `json:"accuracy"`
	Agreement float64           `json:"agreement"`
	Layers    []unlikeLayerJSON `json:"layers"`
}

type outputDifferenceJSON struct {
	Sample int   `json:"sample"`
	Output int   `json:"output"`
	Have   int64 `json:"have"`
	Want   int64 `json:"want"`
}

type unlikeLayerJSON struct {
	Layer  string                `json:"layer"`
	Spikes int64                 `json:"spikes"`
	Differ int64                 `json:"differ"`
	First  *outputDifferenceJSON `json:"first"`
}

// newUnlikeJSON is nil without a comparison.
func newUnlikeJSON(c *bench.QuantisedComparison) *unlikeJSON {
	if c == nil {
		return nil
	}
	r := &c.Result
	out := &unlikeJSON{Engine: againstQuantised, Samples: r.Samples, Outputs: r.Outputs,
		Differ: r.Differ, First: newOutputDifferenceJSON(r.First), Layers: []unlikeLayerJSON{}}
	if n := float64(max(r.Samples, 1)); r.Labelled {
		accuracy := float64(r.Correct) / n
		out.Accuracy, out.Agreement = &accuracy, float64(r.SameClass)/n
	} else {
		out.Agreement = float64(r.SameClass) / n
	}
	for i := range r.Layers {
		l := &r.Layers[i]
		out.Layers = append(out.Layers, unlikeLayerJSON{l.Layer, l.Spikes, l.Differ,
			newOutputDifferenceJSON(l.First)})
	}
	return out
}

func newOutputDifferenceJSON(u *bench.OutputDifference) *outputDifferenceJSON {
	if u == nil {
		return nil
	}
	return &outputDifferenceJSON{u.Sample, u.Output, u.Have, u.Want}
}

func (a *app) printUnlike(d *unlikeJSON) {
	all := thousands(int64(d.Samples) * int64(d.Outputs))
	if d.Differ == 0 {
		a.printf("against the quantised network: all %s outputs are equal, integer by integer", all)
	} else {
		a.printf("against the quantised network: %s of %s outputs differ; the first is output %d "+
			"of sample %d: %d, want %d",
			thousands(d.Differ), all, d.First.Output, d.First.Sample, d.First.Have, d.First.Want)
	}
	var rows []table.Row
	for _, l := range d.Layers {
		first := "none"
		if l.First != nil {
			first = fmt.Sprintf("neuron %d of sample %d: %d, want %d", l.First.Output,
				l.First.Sample, l.First.Have, l.First.Want)
		}
		rows = append(rows, table.Row{l.Layer, thousands(l.Spikes), thousands(l.Differ), first})
	}
	if len(rows) > 0 {
		a.printTable(table.Row{"layer", "spikes", "unlike levels", "first"}, rows)
	}
}
