package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/chip/profile"
	"adder/internal/wholefile"
	"adder/survey"
)

// fitJSON is the JSON of `fit`.
type fitJSON struct {
	Fit []survey.Fit `json:"fit"`
}

// writeFits writes the files that were asked for.
func (a *app) writeFits(found []survey.Fit, f *fitFlags) error {
	a.finish()
	if f.csv != "" {
		write := func(w io.Writer) error { return survey.WriteCSV(w, found) }
		if err := wholefile.Write(f.csv, write); err != nil {
			return err
		}
		fmt.Fprintf(a.err, "wrote %s\n", f.csv)
	}
	if f.plot == "" {
		return nil
	}
	write := func(w io.Writer) error { _, err := w.Write(survey.Picture(found)); return err }
	if err := wholefile.Write(f.plot, write); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "wrote %s\n", f.plot)
	return nil
}

func (a *app) printFits(found []survey.Fit, chips []*profile.Profile, f *fitFlags) error {
	switch {
	case a.json:
		return a.printJSON(fitJSON{found})
	case f.markdown:
		a.printFitsMarkdown(found, chips)
		return nil
	}
	for _, model := range modelNames(found) {
		a.printFitsOf(model, found, f.data != "")
	}
	return nil
}

// printFitsOf prints a table of one network: a row per chip, then what binds.
func (a *app) printFitsOf(model string, found []survey.Fit, measured bool) {
	a.printf("%s", model)
	var rows []table.Row
	var limits, notes []string
	for i := range found {
		r := &found[i]
		if r.Model != model {
			continue
		}
		row := table.Row{chipTitle(r), verdictOf(r), coresOf(r), fillOf(r)}
		if measured {
			row = append(row, orDash(r.Accuracy, percent), orDash(r.Seconds, seconds),
				orDash(r.EnergyPJ, picojoules))
		}
		rows = append(rows, row)
		for _, l := range r.Limits {
			limits = append(limits, limitText(r.Chip, &l))
		}
		if r.Fits {
			notes = append(notes, placesOf(r)...)
		}
	}
	head := table.Row{"chip", "fits", "cores", "fill"}
	if measured {
		head = append(head, "accuracy", "time", "energy")
	}
	a.printTable(head, rows)
	for _, note := range append(limits, notes...) {
		a.printf("%s", note)
	}
	for i := range found {
		if r := &found[i]; r.Model == model && r.Caution != "" && r.Fits {
			a.printf("%s, %s: %s.", r.Chip, r.Label, r.Caution)
		}
	}
}

// limitText says in a line what a chip lacks and what mends it.
func limitText(chip string, l *survey.Limit) string {
	if l.Need == 0 && l.Have == 0 {
		return fmt.Sprintf("%s: %s; what mends it: %s", chip, l.Limit, l.Help)
	}
	where := "the network"
	if l.Layer != "" {
		where = "layer " + l.Layer
	}
	return fmt.Sprintf("%s: %s needs %s %s, the chip has %s; what mends it: %s",
		chip, where, thousands(l.Need), l.Limit, thousands(l.Have), l.Help)
}

func picojoules(pj float64) string { return fmt.Sprintf("%.4g pJ", pj) }

func orDash(x *float64, write func(float64) string) string {
	if x == nil {
		return "-"
	}
	return write(*x)
}

// chipTitle names the chip of a result, with its label.
func chipTitle(r *survey.Fit) string {
	if r.Label == "" {
		return r.Chip
	}
	return r.Chip + " (" + r.Label + ")"
}

func verdictOf(r *survey.Fit) string {
	switch {
	case r.Fits && r.Sized == survey.ByShape && r.Exact:
		return "yes, by shape"
	case r.Fits:
		return "yes"
	}
	return "no"
}

func coresOf(r *survey.Fit) string {
	if r.Cores == nil {
		return "-"
	}
	text := fmt.Sprintf("%s of %s", thousands(int64(*r.Cores)), thousands(int64(r.CoresTotal)))
	if r.Chips != nil && *r.Chips > 1 {
		text += fmt.Sprintf(" (%d chips)", *r.Chips)
	}
	return text
}

func fillOf(r *survey.Fit) string {
	if r.Fill == nil {
		return "-"
	}
	return percent(*r.Fill) + " of " + r.Fullest
}

// placesOf says in lines where layers lie, on chips whose cores differ.
func placesOf(r *survey.Fit) (lines []string) {
	for _, p := range r.Places {
		if p.Cores == "" || r.Exact {
			continue
		}
		var used []string
		for _, u := range p.Used {
			used = append(used, fmt.Sprintf("%s of %s %s", thousands(u.Used), thousands(u.Have),
				u.What))
		}
		lines = append(lines, fmt.Sprintf("%s: layer %s in %s: %s", r.Chip, p.Layer, p.Cores,
			strings.Join(used, ", ")))
	}
	return lines
}
