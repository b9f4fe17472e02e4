package main

import (
	"fmt"
	"slices"
	"strings"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/survey"
)

const (
	// pageColumns is the number of chips side by side on a page, pageWidth the length of its lines.
	pageColumns = 5
	pageWidth   = 118
)

// printFitsMarkdown prints tables of networks by chips, then what binds, then the figures of
// the chips with their sources.
func (a *app) printFitsMarkdown(found []survey.Fit, chips []*profile.Profile) {
	for from := 0; from < len(chips); from += pageColumns {
		a.printPageTable(found, chips[from:min(from+pageColumns, len(chips))])
	}
	a.printf("What binds:\n")
	for i := range found {
		if r := &found[i]; !r.Fits {
			a.printItem(fmt.Sprintf("`%s` on `%s`: %s", r.Model, r.Chip,
				strings.Join(bindingTexts(r), "; ")))
		}
	}
	a.printf("\nThe chips' figures and their sources:\n")
	for _, p := range chips {
		a.printFigures(p)
	}
}

// printPageTable prints the rows of all networks for a few chips.
func (a *app) printPageTable(found []survey.Fit, chips []*profile.Profile) {
	head := "| network |"
	for _, p := range chips {
		head += " " + p.Name
		if p.FitOnly != nil {
			head += " (fit only)"
		}
		head += " |"
	}
	a.printf("%s\n|---|%s", head, strings.Repeat("---|", len(chips)))
	for _, model := range modelNames(found) {
		row := "| " + model + " |"
		for _, p := range chips {
			at := slices.IndexFunc(found, func(r survey.Fit) bool {
				return r.Model == model && r.Chip == p.Name
			})
			row += " " + pageCell(&found[at]) + " |"
		}
		a.printf("%s", row)
	}
	a.printf("")
}

// pageCell is the number of cores and how full the chip is, or what more chips would do.
func pageCell(r *survey.Fit) string {
	about := ""
	if isEstimate(r) {
		about = "~"
	}
	switch {
	case r.Fits:
		return fmt.Sprintf("%s%s (%s)", about, thousands(int64(*r.Cores)), percent(*r.Fill))
	case r.Chips != nil:
		return fmt.Sprintf("no (%s%s)", about, count(*r.Chips, "chip"))
	}
	return "no"
}

// bindingTexts are the texts of what binds on a chip.
func bindingTexts(r *survey.Fit) (out []string) {
	for _, b := range bindings(r) {
		out = append(out, b.text)
	}
	return out
}

// bindings says what binds, a limit once however many layers it binds, with the one that needs
// the most.
func bindings(r *survey.Fit) (out []binding) {
	var seen []string
	for _, l := range r.Limits {
		if slices.Contains(seen, l.Limit) {
			continue
		}
		seen = append(seen, l.Limit)
		worst, layers := l, 0
		for _, other := range r.Limits {
			if other.Limit != l.Limit {
				continue
			}
			layers++
			if other.Need > worst.Need {
				worst = other
			}
		}
		about := ""
		if l.Limit == fit.LimitCores && isEstimate(r) {
			about = "~"
		}
		text := fmt.Sprintf("needs %s%s, has %s", about, fit.Count(worst.Need, l.Limit),
			thousands(worst.Have))
		if worst.Need == 0 && worst.Have == 0 {
			text = worst.Limit
		}
		if worst.Layer != "" {
			text += " (" + worst.Layer
			if layers > 1 {
				text += fmt.Sprintf(", the most of %d layers", layers)
			}
			text += ")"
		}
		out = append(out, binding{text: text + helpText(r, &worst), mendable: worst.Mendable})
	}
	return out
}

// helpText is the text after a limit: the remedy.
func helpText(r *survey.Fit, l *survey.Limit) string {
	switch {
	case r.Close && l.Limit == fit.LimitCores:
		return ", which is close: --compile decides; mended by: " + l.Help
	case !l.Mendable:
		return ", which no setting mends (" + l.Help + ")"
	}
	return ", mended by: " + l.Help
}

// printFigures lists the figures that a fit on a chip depends on, except those without a source
// that was read.
func (a *app) printFigures(p *profile.Profile) {
	for _, f := range p.Figures() {
		if f.IsText() || f.Grade == profile.Unverified || strings.HasPrefix(f.Path, "timing.") {
			continue
		}
		a.printItem(fmt.Sprintf("`%s` %s: %s [%s] %s", p.Name, f.Path, f.Value, f.Grade, f.Source))
	}
}

// printItem prints an item of a list over as many lines as it takes.
func (a *app) printItem(text string) {
	line := "-"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > pageWidth {
			a.printf("%s", line)
			line = " "
		}
		line += " " + word
	}
	a.printf("%s", line)
}
