package survey

import (
	"fmt"
	"slices"
	"strings"

	"adder/report/svg"
)

// The picture's measures in pixels.
const (
	cellWidth, cellHeight = 92.0, 34.0
	nameWidth, headHeight = 230.0, 96.0
	footHeight            = 44.0
)

// pictureStyle gives the picture's classes a meaning, for light and dark pages.
const pictureStyle = `<style>
text{font:12px system-ui,sans-serif;fill:#222}.small{font-size:10px}
.cell{fill:#f2f2f2}.fits{fill:#cfe8d5}.fill{fill:#3d9a5f}.not{fill:#f3d0c7}.near{fill:#f6e3b4}
.edge{stroke:#999;stroke-dasharray:4 3;fill:none}
@media(prefers-color-scheme:dark){text{fill:#ddd}.cell{fill:#333}.fits{fill:#244a33}.fill{fill:#4fb477}
.not{fill:#5a2f26}.near{fill:#5a4a1e}}
</style>`

// Picture draws networks by chips as an SVG file: how full a chip is where the network fits,
// else how many times more than a limit it needs. Chips for fit alone have a dashed frame.
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
	width := nameWidth + cellWidth*float64(len(chips)) + 8
	height := headHeight + cellHeight*float64(len(models)) + footHeight
	p := svg.New(width, height, "fits", "which network fits which chip")
	for i, chip := range chips {
		p.Fitted(nameWidth+cellWidth*float64(i)+4, headHeight-10, cellWidth-8, "", chip)
	}
	for i, model := range models {
		p.Fitted(4, headHeight+cellHeight*float64(i)+21, nameWidth-8, "", model)
	}
	for i := range fits {
		f := &fits[i]
		x := nameWidth + cellWidth*float64(slices.Index(chips, f.Chip))
		y := headHeight + cellHeight*float64(slices.Index(models, f.Model))
		f.draw(p, x, y)
	}
	p.Text(4, 20, "", "Green: it fits; the bar is the share of the chip that is used.")
	p.Text(4, 38, "", "Yellow: more chips would do. Red: a limit that no number of cores mends, "+
		"need against have.")
	p.Text(4, height-16, "", "Dashed: "+FitOnlyLabel+".")
	text := string(p.HTML())
	text = strings.Replace(text, "<svg ", `<svg xmlns="http://www.w3.org/2000/svg" `, 1)
	at := strings.Index(text, ">") + 1
	return []byte(text[:at] + pictureStyle + text[at:] + "\n")
}

// draw draws one cell.
func (f *Fit) draw(p *svg.Picture, x, y float64) {
	class, text, title := "not", "does not fit", f.Model+" on "+f.Chip
	switch {
	case f.Fits:
		class, text = "fits", percentOf(*f.Fill)
	case f.Chips != nil:
		class, text = "near", fmt.Sprintf("%d chips", *f.Chips)
	case len(f.Limits) > 0:
		l := &f.Limits[0]
		text = fmt.Sprintf("%d / %d", l.Need, l.Have)
		title += ": " + l.Limit
	}
	p.Rect(x+2, y+2, cellWidth-4, cellHeight-4, class, title)
	if f.Fits {
		p.Rect(x+2, y+cellHeight-8, (cellWidth-4)*min(*f.Fill, 1), 6, "fill", "")
	}
	if !f.Exact {
		p.Rect(x+2, y+2, cellWidth-4, cellHeight-4, "edge", FitOnlyLabel)
	}
	p.Fitted(x+8, y+18, cellWidth-16, "small", text)
}

func percentOf(x float64) string {
	if x > 0 && x < 0.0001 {
		return "< 0.01 %"
	}
	return fmt.Sprintf("%.2f %%", 100*x)
}
