package svg

import (
	"fmt"
	"strings"
)

// Chart is a frame with two axes. X grows to the right and Y upwards.
type Chart struct {
	*Picture
	X, Y Scale
}

// Margins of a chart's frame: room for labels of its axes.
const (
	MarginLeft, MarginRight = 52, 14
	MarginTop, MarginBottom = 12, 38
)

// Frame gives the places of a picture's axes: from left to right and from bottom to top.
func Frame(p *Picture) (left, right, bottom, top float64) {
	return MarginLeft, p.Width - MarginRight, p.Height - MarginBottom, MarginTop
}

// Axis says how an axis is written.
type Axis struct {
	Title string
	// Text writes a tick.
	Text func(float64) string
	// About is how many ticks there are.
	About int
}

// Axes draws grid lines, ticks and titles.
func (c *Chart) Axes(x, y Axis) {
	c.Begin("axes", "")
	left, right, bottom, top := Frame(c.Picture)
	for _, v := range c.Y.Ticks(y.About) {
		at := c.Y.At(v)
		c.Line(left, at, right, at, "grid", "")
		c.Text(left-6, at+4, "e", y.Text(v))
	}
	for _, v := range c.X.Ticks(x.About) {
		at := c.X.At(v)
		c.Line(at, bottom, at, bottom+4, "rule", "")
		c.Text(at, bottom+16, "c", x.Text(v))
	}
	c.Line(left, bottom, right, bottom, "rule", "")
	c.Text((left+right)/2, c.Height-6, "c muted", x.Title)
	c.Text(left, top-2, "muted", y.Title)
	c.End()
}

// Point is a place on a chart in values of its axes.
type Point struct{ X, Y float64 }

// Line draws a line through points; what is not on the scale of y is left out, and the
// line broken there.
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

// Legend names classes of lines, one below the other from a place on.
func (c *Chart) Legend(x, y float64, entries ...[2]string) {
	for _, e := range entries {
		c.Picture.Line(x, y-4, x+18, y-4, e[0], "")
		c.Text(x+24, y, "", e[1])
		y += 16
	}
}

// Bar is a row of a bar chart.
type Bar struct {
	Name, Text, Title, Class string
	Value                    float64
}

// Bars draws rows of bars over one linear scale from 0, each with its name before and
// its text behind it.
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
