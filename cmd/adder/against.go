package main

import (
	"errors"
	"fmt"
	"math"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/bench"
	"adder/spike/encode"
)

// againstJSON compares a run with the reference on the same samples.
type againstJSON struct {
	Engine string `json:"engine"`
	// Accuracy is the reference's, AccuracyChange the chip's less that;
	// null without labels.
	Accuracy       *float64 `json:"accuracy"`
	AccuracyChange *float64 `json:"accuracy_change"`
	// Agreement is the share of samples of the same class.
	Agreement float64            `json:"agreement"`
	First     *divergenceJSON    `json:"first_divergence"`
	Layers    []againstLayerJSON `json:"layers"`
}

type divergenceJSON struct {
	Layer  string `json:"layer"`
	Sample int    `json:"sample"`
	Tick   int    `json:"tick"`
}

// againstLayerJSON has spikes for a layer that spikes and potentials for one
// that does not.
type againstLayerJSON struct {
	Layer           string `json:"layer"`
	Spikes          int64  `json:"spikes"`
	ReferenceSpikes int64  `json:"reference_spikes"`
	Difference      int64  `json:"difference"`
	// Percent is null where the reference is silent and the chip is not.
	Percent         *float64        `json:"percent"`
	DifferingSpikes int64           `json:"differing_spikes"`
	DivergedSamples int             `json:"diverged_samples"`
	First           *divergenceJSON `json:"first_divergence"`
	RMSError        *float64        `json:"potential_rms_error,omitempty"`
	RMS             *float64        `json:"potential_rms,omitempty"`
}

func (f *runFlags) checkAgainst(path string) error {
	switch {
	case f.against == "":
		return nil
	case f.against == againstQuantised:
		return f.checkAgainstQuantised(path)
	case f.against != againstReference:
		return fmt.Errorf("--against %s: a run can be compared with %s or %s", f.against,
			againstReference, againstQuantised)
	case encode.IsCode(f.code):
		return fmt.Errorf("--against reference and --code %s: the reference runs on rates, a "+
			"code carries a quantised network: give --against quantised", f.code)
	case f.engine != "fast":
		return fmt.Errorf("--against compares the engine fast; leave --engine %s out", f.engine)
	case isImage(path) || isCase(path) || isSNN(path):
		return fmt.Errorf("--against reference runs the model in real numbers too; %s has none, "+
			"give the model", path)
	}
	return nil
}

// What a run can be compared with.
const (
	againstReference = "reference"
	againstQuantised = "quantised"
)

// checkAgainstQuantised refuses what has no quantised network.
func (f *runFlags) checkAgainstQuantised(path string) error {
	switch {
	case f.code == codeRate:
		return errors.New("--against quantised: rates come near their network and do not equal " +
			"it: give --code radix or --code level, or --against reference")
	case f.engine == "reference":
		return errors.New("--against quantised compares a chip: leave --engine reference out")
	case isImage(path) || isCase(path) || isSNN(path):
		return fmt.Errorf("--against quantised needs the model that an image was compiled from; "+
			"%s is none", path)
	}
	return nil
}

// newAgainstJSON is nil without a comparison.
func newAgainstJSON(d *bench.Against, e *bench.Evaluation) *againstJSON {
	if d == nil {
		return nil
	}
	out := &againstJSON{Engine: "reference", Agreement: d.Agreement(),
		First: newDivergenceJSON(d.First)}
	if d.Labelled {
		accuracy, change := d.Accuracy(), e.Accuracy()-d.Accuracy()
		out.Accuracy, out.AccuracyChange = &accuracy, &change
	}
	for i := range d.Layers {
		out.Layers = append(out.Layers, newAgainstLayerJSON(&d.Layers[i]))
	}
	return out
}

func newDivergenceJSON(d *bench.Divergence) *divergenceJSON {
	if d == nil {
		return nil
	}
	return &divergenceJSON{d.Layer, d.Sample, d.Tick}
}

func newAgainstLayerJSON(l *bench.LayerDifference) againstLayerJSON {
	difference, relative := l.Difference()
	out := againstLayerJSON{
		Layer: l.Layer, Spikes: l.Chip, ReferenceSpikes: l.Reference, Difference: difference,
		DifferingSpikes: l.Differing, DivergedSamples: l.Diverged,
		First: newDivergenceJSON(l.First),
	}
	if percent := 100 * relative; !math.IsInf(percent, 0) {
		out.Percent = &percent
	}
	if !l.Spikes {
		out.RMSError, out.RMS = &l.RMSError, &l.RMS
	}
	return out
}

func (a *app) printAgainst(d *againstJSON) {
	if d == nil {
		return
	}
	var rows []table.Row
	for i := range d.Layers {
		rows = append(rows, d.Layers[i].row())
	}
	a.printf("against the float64 reference:")
	a.printTable(table.Row{"layer", "spikes", "reference", "difference", "in percent",
		"unlike spikes", "unlike samples", "first unlike tick"}, rows)
	if d.Accuracy != nil {
		a.printf("accuracy of the reference %s, change %+.2f points; the same class for %s of "+
			"the samples", percent(*d.Accuracy), 100**d.AccuracyChange, percent(d.Agreement))
		return
	}
	a.printf("the same class for %s of the samples", percent(d.Agreement))
}

func (l *againstLayerJSON) row() table.Row {
	if l.RMS != nil {
		return table.Row{l.Layer, "potentials", "", fmt.Sprintf("%.3g rms of %.3g", *l.RMSError,
			*l.RMS), "", "", "", ""}
	}
	relative, first := "-", "none"
	if l.Percent != nil {
		relative = fmt.Sprintf("%+.2f %%", *l.Percent)
	}
	if l.First != nil {
		first = fmt.Sprintf("%d of sample %d", l.First.Tick, l.First.Sample)
	}
	return table.Row{l.Layer, thousands(l.Spikes), thousands(l.ReferenceSpikes),
		thousands(l.Difference), relative, thousands(l.DifferingSpikes), l.DivergedSamples, first}
}
