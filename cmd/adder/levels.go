package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/compiler"
)

// choiceJSON says how bits were chosen.
type choiceJSON struct {
	// Synops are additions per calibration sample, Accuracy and ANNAccuracy the shares of
	// the samples that were right, by their labels or, without, by the ANN's classes.
	Synops      float64 `json:"synops"`
	Accuracy    float64 `json:"accuracy"`
	ANNAccuracy float64 `json:"ann_accuracy"`
	Samples     int     `json:"samples"`
}

// addLevels adds what a code carries.
func (j *compileJSON) addLevels(r *compiler.Report) {
	if r.Levels == nil {
		return
	}
	j.Levels = r.Levels.Layers
	input, most := j.Levels[0].Bits, 0
	for _, l := range j.Levels[1:] {
		most = max(most, l.Bits)
	}
	j.InputBits, j.ActivationBits = &input, &most
	if c := r.Choice; c != nil {
		j.Choice = &choiceJSON{c.Synops, c.Accuracy, c.Float, c.Samples}
	}
}

// printLevels shows what a code carries.
func (a *app) printLevels(j *compileJSON) {
	if len(j.Levels) == 0 {
		return
	}
	if c := j.Choice; c != nil {
		a.printf("bits chosen on %s: %s synops per sample, accuracy %s where the ANN has %s",
			count(c.Samples, "calibration sample"), thousands(int64(c.Synops)), percent(c.Accuracy),
			percent(c.ANNAccuracy))
	}
	var rows []table.Row
	for _, l := range j.Levels {
		bits, reach, theta := "read", "-", "-"
		if l.Bits > 0 {
			bits, reach = fmt.Sprint(l.Bits), fmt.Sprintf("%.4g", l.Range)
		}
		if l.ThetaMost > 0 {
			theta = fmt.Sprintf("%d to %d", l.ThetaLeast, l.ThetaMost)
		}
		rows = append(rows, table.Row{l.Name, bits, reach, percent(l.Clipped), theta, l.Exponent,
			percent(l.WeightError)})
	}
	a.printf("code %s", j.Code)
	a.printTable(table.Row{"layer", "bits", "range", "clipped", "theta", "exponent",
		"weight error"}, rows)
}
