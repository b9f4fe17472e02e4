package svg

import (
	"fmt"
	"strings"
)

// Chart is a frame with two axes, and space for a legend below. X grows to the right and Y upwards.
type Chart struct {
	*Picture
	// The caller sets X and Y, between the frame's sides.
	X, Y Scale
	// The sides of the frame.
	Left, Right, Top, Bottom float64
}

// legendRow is the height of a row of a legend, legendLeft where it begins.
const legendRow, legendLeft = 16, 8

// NewChart begins a chart whose frame, with the labels of its axes, takes a size; below it there is
// space for rows of a legend.
func NewChart(width, height float64, legend int, label string) *Chart {
	const left, right, top, bottom = 52, 14, 20, 38 // space for labels
	room := 0.0
	if legend > 0 {
		room = float64(legendRow*legend) + 8
	}
	return &Chart{
		Picture: New(width, height+room, "chart", label),
		Left:    left, Right: width - right, Top: top, Bottom: height - bottom,
	}
}

// Axis is the text of an axis.
type Axis struct {
	Title string
	// Text writes a tick.
	Text func(float64) string
	// About is the approximate number of ticks.
	About int
}

// Axes draws grid lines, ticks and titles.
func (c *Chart) Axes(x, y Axis) {
	c.Begin("axes", "")
	for _, v := range c.Y.Ticks(y.About) {
		at := c.Y.At(v)
		c.Line(c.Left, at, c.Right, at, "grid", "")
		c.Text(c.Left-6, at+4, "e", y.Text(v))
	}
	for _, v := range c.X.Ticks(x.About) {
		at := c.X.At(v)
		c.Line(at, c.Bottom, at, c.Bottom+4, "rule", "")
		c.Text(at, c.Bottom+16, "c", x.Text(v))
	}
	c.Line(c.Left, c.Bottom, c.Right, c.Bottom, "rule", "")
	c.Text((c.Left+c.Right)/2, c.Bottom+32, "c muted", x.Title)
	c.Text(c.Left, c.Top-10, "muted", y.Title)
	c.End()
}

// Point is a point of a chart in values of its axes.
type Point struct{ X, Y float64 }

// Curve draws a line through points; those outside of the scale of y are left out, and the line is
// broken there.
func (c *Chart) Curve(points []Point, class, title string) {
	var d strings.Builder
	pen := false
	for _, p := range points {
		if !c.Y.Holds(p.Y) {
			pen = false
			continue
		}
		command := "M"
		if pen {
			command = "L"
		}
		fmt.Fprintf(&d, "%s%s %s", command, number(c.X.At(p.X)), number(c.Y.At(p.Y)))
		pen = true
	}
	c.Path(d.String(), class, title)
}

// Legend names the class of a line in a cell below the frame: in one of columns columns from the
// left, and a row from the top.
func (c *Chart) Legend(column, columns, row int, class, name string) {
	x, y := c.legend(column, columns, row)
	c.Picture.Line(x, y-4, x+18, y-4, class, "")
	c.Fitted(x+24, y, c.column(columns)-28, "", name)
}

// LegendDot names the class of a point as Legend does.
func (c *Chart) LegendDot(column, columns, row int, class, name string) {
	x, y := c.legend(column, columns, row)
	c.Circle(x+9, y-4, 3, class, "")
	c.Fitted(x+24, y, c.column(columns)-28, "", name)
}

func (c *Chart) legend(column, columns, row int) (x, y float64) {
	return legendLeft + float64(c.column(columns)*float64(column)), c.Bottom + 54 +
		float64(legendRow*row)
}

// column is the width of a column of a legend.
func (c *Chart) column(columns int) float64 { return (c.Width - legendLeft) / float64(columns) }

// Bar is a row of a bar chart.
type Bar struct {
	Name, Text, Title, Class string
	Value                    float64
}

// Bars draws rows of bars over one linear scale from 0, each with its name before and its text
// after it.
func Bars(width, names float64, label string, bars []Bar) *Picture {
	const row = 22
	p := New(width, float64(row*len(bars))+4, "chart", label)
	greatest := 0.0
	for _, b := range bars {
		greatest = max(greatest, b.Value)
	}
	const texts = 76
	scale := Scale{Greatest: max(greatest, 1e-300), From: names + 8, To: width - texts}
	for i, b := range bars {
		y := float64(row*i) + 4
		p.Begin("", b.Title)
		p.Rect(0, y-2, width, row, "hit", "")
		p.Fitted(names, y+13, names, "e", b.Name)
		end := scale.At(b.Value)
		p.Rect(scale.From, y+2, max(end-scale.From, 0.5), row-8, b.Class, "")
		p.Text(end+6, y+13, "", b.Text)
		p.End()
	}
	return p
}
