package svg

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Steps is the number of colours of a ramp; their classes are r0, for nothing at all, to
// r9.
const Steps = 10

// Step is the colour of a share of the greatest value; step 0 is only for 0.
func Step(part float64) int {
	if !(part > 0) {
		return 0
	}
	return min(1+int(part*(Steps-1)), Steps-1)
}

// Ramp is the class of a step.
func Ramp(step int) string { return "r" + strconv.Itoa(step) }

// Cells draws a grid of values as cells of a size, row by row from the top, coloured by their
// part of the greatest: a path of strokes per colour, however many cells there are.
func (p *Picture) Cells(x, y, width, height float64, values [][]float64, greatest float64) {
	runs := make([]strings.Builder, Steps)
	for r, row := range values {
		at := y + float64((float64(r)+0.5)*height)
		for first := 0; first < len(row); {
			step, next := Step(row[first]/greatest), first+1
			for next < len(row) && Step(row[next]/greatest) == step {
				next++
			}
			// The end of one run and the beginning of the next are rounded alike, so that
			// no seam shows.
			from, to := x+float64(float64(first)*width), x+float64(float64(next)*width)
			fmt.Fprintf(&runs[step], "M%s %sH%s", number(from), number(at), number(to))
			first = next
		}
	}
	for step := range runs {
		if runs[step].Len() > 0 {
			fmt.Fprintf(&p.b, `<path d="%s" stroke-width="%s"`, runs[step].String(), number(height))
			p.finish("path", "cell q"+strconv.Itoa(step), "")
		}
	}
}

// Key draws the ramp of colours, with the least and the greatest value at its ends.
func (p *Picture) Key(x, y float64, least, greatest string) {
	const step = 14
	p.Text(x-6, y+10, "e muted", least)
	for i := range Steps {
		p.Rect(x+float64(step*i), y, step, 12, Ramp(i), "")
	}
	p.Text(x+step*Steps+6, y+10, "muted", greatest)
}

// Greatest is the greatest value of a grid, 0 without any.
func Greatest(values [][]float64) float64 {
	most := 0.0
	for _, row := range values {
		for _, v := range row {
			if !math.IsNaN(v) {
				most = max(most, v)
			}
		}
	}
	return most
}
