package main

import (
	"fmt"
	"io"
	"slices"
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
		a.printFitsOf(model, found, f)
	}
	return nil
}

// printFitsOf prints a table of one network: a row per chip, then what binds.
func (a *app) printFitsOf(model string, found []survey.Fit, f *fitFlags) {
	title := model
	if f.grid.Chips() > 1 {
		title += fmt.Sprintf(", on boards of %s chips", f.grid)
	}
	a.printf("%s", title)
	measured := f.data != ""
	var rows []table.Row
	var notes, alone []string
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
		if f.grid.Chips() > 1 && r.Board == nil {
			alone = append(alone, r.Chip)
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
	if alone != nil {
		a.printf("One chip of each alone, since it holds one network by itself: %s.",
			strings.Join(alone, ", "))
	}
	for _, b := range bindingsOf(model, found) {
		a.printf("%s: %s", strings.Join(b.chips, ", "), b.text)
	}
	for _, note := range notes {
		a.printf("%s", note)
	}
	for i := range found {
		if r := &found[i]; r.Model == model && r.Caution != "" && r.Fits {
			a.printf("%s, %s: %s.", r.Chip, r.Label, r.Caution)
		}
	}
}

// binding is what binds on chips that lack the same.
type binding struct {
	text  string
	chips []string
}

// bindingsOf lists what binds on the chips of one network, once for all that lack the same.
func bindingsOf(model string, found []survey.Fit) (all []*binding) {
	for i := range found {
		r := &found[i]
		if r.Model != model {
			continue
		}
		for _, text := range bindings(r) {
			at := slices.IndexFunc(all, func(b *binding) bool { return b.text == text })
			if at < 0 {
				at = len(all)
				all = append(all, &binding{text: text})
			}
			all[at].chips = append(all[at].chips, r.Chip)
		}
	}
	return all
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
	switch {
	case r.Board != nil && r.Chips != nil:
		text += fmt.Sprintf(" (%d of %d chips)", *r.Chips, r.Board.Width*r.Board.Height)
	case r.Chips != nil && *r.Chips > 1:
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
