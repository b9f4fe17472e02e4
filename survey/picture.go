package survey

import (
	"fmt"
	"slices"
	"strings"

	"adder/internal/grouped"
	"adder/report/svg"
)

// The picture's measures in pixels; names of networks take as much as they need, up to a bound.
const (
	cellWidth, cellHeight   = 112.0, 42.0
	letterWidth, mostOfName = 7.0, 340.0
	headHeight, footHeight  = 96.0, 44.0
)

// pictureStyle gives the picture's classes a meaning, for light and dark pages.
const pictureStyle = `<style>
.back{fill:#fff}text{font:12px system-ui,sans-serif;fill:#222}.small{font-size:10px}
.cell{fill:#f2f2f2}.fits{fill:#cfe8d5}.fill{fill:#3d9a5f}.not{fill:#f3d0c7}.near{fill:#f6e3b4}
.edge{stroke:#999;stroke-dasharray:4 3;fill:none}
@media(prefers-color-scheme:dark){.back{fill:#161616}text{fill:#ddd}.cell{fill:#333}
.fits{fill:#244a33}.fill{fill:#4fb477}
.not{fill:#5a2f26}.near{fill:#5a4a1e}}
</style>`

// Picture draws networks by chips as an SVG file: how full a chip is and its cores where the
// network fits, else the first limit that binds, with need and have. Chips for fit alone have a
// dashed frame.
func Picture(fits []Fit) []byte {
	var models, chips []string
	for i := range fits {
		if !slices.Contains(models, fits[i].Model) {
			models = append(models, fits[i].Model)
		}
		if !slices.Contains(chips, fits[i].Chip) {
			chips = append(chips, fits[i].Chip)
		}
	}
	nameWidth := 0.0
	for _, model := range models {
		nameWidth = min(max(nameWidth, letterWidth*float64(len(model))+12), mostOfName)
	}
	width := nameWidth + cellWidth*float64(len(chips)) + 8
	height := headHeight + cellHeight*float64(len(models)) + footHeight
	p := svg.New(width, height, "fits", "which network fits which chip")
	p.Rect(0, 0, width, height, "back", "")
	for i, chip := range chips {
		p.Fitted(nameWidth+cellWidth*float64(i)+4, headHeight-10, cellWidth-8, "", chip)
	}
	for i, model := range models {
		p.Fitted(4, headHeight+cellHeight*float64(i)+24, nameWidth-8, "", model)
	}
	for i := range fits {
		f := &fits[i]
		x := nameWidth + cellWidth*float64(slices.Index(chips, f.Chip))
		y := headHeight + cellHeight*float64(slices.Index(models, f.Model))
		f.draw(p, x, y)
	}
	p.Text(4, 20, "", "Green: it fits; the bar is the share of the chip that is used.")
	p.Text(4, 38, "", "Yellow: more chips would do. Red: what binds first, need / have, which no "+
		"number of chips mends.")
	p.Text(4, height-16, "", "Dashed: "+FitOnlyLabel+".")
	text := string(p.HTML())
	text = strings.Replace(text, "<svg ", `<svg xmlns="http://www.w3.org/2000/svg" `, 1)
	at := strings.Index(text, ">") + 1
	return []byte(text[:at] + pictureStyle + text[at:] + "\n")
}

// draw draws one cell.
func (f *Fit) draw(p *svg.Picture, x, y float64) {
	class, text, below, title := "not", "does not fit", "", f.Model+" on "+f.Chip
	switch {
	case f.Fits:
		class, text, below = "fits", percentOf(*f.Fill), countOf(*f.Cores, "core")
		title += ": " + text + " of " + f.Fullest
	case f.Chips != nil:
		class, text, below = "near", countOf(*f.Chips, "chip"), countOf(*f.Cores, "core")
	case len(f.Limits) > 0:
		l := &f.Limits[0]
		if l.Need != 0 || l.Have != 0 {
			text = grouped.Int(l.Need) + " / " + grouped.Int(l.Have)
		}
		below = strings.TrimPrefix(l.Limit, "neurons that ")
		if text == "does not fit" { // a sentence, whose end says why
			below = below[strings.LastIndex(below, ": ")+1:]
		}
		title += ": " + l.Limit
	}
	p.Rect(x+2, y+2, cellWidth-4, cellHeight-4, class, title)
	if f.Fits {
		p.Rect(x+2, y+cellHeight-8, (cellWidth-4)*min(*f.Fill, 1), 6, "fill", "")
	}
	if !f.Exact {
		p.Rect(x+2, y+2, cellWidth-4, cellHeight-4, "edge", FitOnlyLabel)
	}
	p.Fitted(x+8, y+16, cellWidth-16, "", text)
	p.Fitted(x+8, y+30, (cellWidth-16)*12/10, "small", below) // 10 of 12 pixels high
}

// countOf writes a number of things.
func countOf(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return grouped.Int(int64(n)) + " " + thing
}

func percentOf(x float64) string {
	if x > 0 && x < 0.0001 {
		return "< 0.01 %"
	}
	return fmt.Sprintf("%.2f %%", 100*x)
}
