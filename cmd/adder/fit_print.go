package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/bench"
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
		row := table.Row{chipTitle(r), verdictOf(r), coresOf(r)}
		if measured { // a narrow screen cuts columns at the end, and not what was asked for
			row = append(row, bench.WithInterval(r.Accuracy, r.AccuracyInterval),
				orDash(r.Seconds, seconds), orDash(r.EnergyPJ, bench.Energy))
		}
		rows = append(rows, append(row, fillOf(r)))
		if f.grid.Chips() > 1 && r.Board == nil {
			alone = append(alone, r.Chip)
		}
		if r.Fits {
			notes = append(notes, placesOf(r)...)
		}
	}
	head := table.Row{"chip", "fits", "cores"}
	if measured {
		head = append(head, "accuracy", "time", "energy")
	}
	a.printTable(append(head, "fill"), rows)
	a.printFitLegend(model, found)
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
			a.printf("%s: %s.", chipTitle(r), r.Caution)
		}
	}
}

// printFitLegend says under a table what its marks and its accuracies mean.
func (a *app) printFitLegend(model string, found []survey.Fit) {
	estimated, samples := false, 0
	for i := range found {
		if r := &found[i]; r.Model == model {
			estimated = estimated || r.Cores != nil && isEstimate(r)
			if r.Samples != nil && r.Accuracy != nil {
				samples = *r.Samples
			}
		}
	}
	if estimated {
		a.printf("~: estimated by the shapes of layers; --compile counts.")
	}
	if samples > 0 {
		a.printf("Accuracies on %s, with 95 %% intervals.", count(samples, "sample"))
	}
}

// isEstimate reports whether a number of cores is one that the compiler may correct.
func isEstimate(r *survey.Fit) bool { return r.Sized == survey.ByShape && r.Exact }

// binding is a limit that binds on several chips.
type binding struct {
	text     string
	mendable bool
	chips    []string
}

// bindingsOf lists the limits that bind on the chips of one network, once for all with the same
// limit: first those without a remedy.
func bindingsOf(model string, found []survey.Fit) (all []*binding) {
	for i := range found {
		r := &found[i]
		if r.Model != model {
			continue
		}
		for _, one := range bindings(r) {
			at := slices.IndexFunc(all, func(b *binding) bool { return b.text == one.text })
			if at < 0 {
				at = len(all)
				all = append(all, &one)
			}
			all[at].chips = append(all[at].chips, r.Chip)
		}
	}
	slices.SortStableFunc(all, func(a, b *binding) int { return rank(a) - rank(b) })
	return all
}

// rank is the place of a binding: those without a remedy come first.
func rank(b *binding) int {
	if b.mendable {
		return 1
	}
	return 0
}

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
	case r.Close && r.Fits:
		return "yes, close"
	case r.Close:
		return "no, close"
	case r.Fits:
		return "yes"
	}
	return "no"
}

func coresOf(r *survey.Fit) string {
	if r.Cores == nil {
		return "-"
	}
	about := ""
	if isEstimate(r) {
		about = "~"
	}
	text := fmt.Sprintf("%s%s of %s", about, thousands(int64(*r.Cores)),
		thousands(int64(r.CoresTotal)))
	switch {
	case r.Board != nil && r.Chips != nil:
		text += fmt.Sprintf(" (%s%s of %s)", about, thousands(int64(*r.Chips)),
			count(r.Board.Width*r.Board.Height, "chip"))
	case r.Chips != nil && *r.Chips > 1:
		text += fmt.Sprintf(" (%s%s)", about, count(*r.Chips, "chip"))
	}
	return text
}

func fillOf(r *survey.Fit) string {
	if r.Fill == nil {
		return "-"
	}
	return percent(*r.Fill) + " of " + r.Fullest
}

// placesOf lists, in lines, the cores of layers, on chips whose cores differ.
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
		lines = append(lines, fmt.Sprintf("%s: layer %s in %s: %s", r.Chip, p.Layer, coresText(p.Cores),
			strings.Join(used, ", ")))
	}
	return lines
}

// coresText names cores that are counted by class, "1 small" and "3 large and 2 small", or
// numbered, "core 3".
func coresText(cores string) string {
	switch {
	case strings.HasPrefix(cores, "core"):
		return cores
	case strings.HasPrefix(cores, "1 ") && !strings.Contains(cores, " and "), cores == "1":
		return cores + " core"
	}
	return cores + " cores"
}
