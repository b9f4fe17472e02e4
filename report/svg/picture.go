// Package svg draws SVG pictures that are embedded in a page.
//
// It owns elements, scales and axes. Colours, fonts and widths are classes of the page's style
// sheet, so that one picture suits light and dark screens and paper; there are no style attributes,
// which a strict content security policy would refuse. All text is escaped.
//
//	picture.go  elements
//	scale.go    linear and logarithmic scales with round ticks
//	chart.go    axes, lines, points and bars over scales
//	grid.go     cells coloured by value
package svg

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Picture is a drawing of a size in units that are pixels if the page is wide enough. Its zero
// value is not usable.
type Picture struct {
	b    strings.Builder
	open []string
	// Width and Height are the picture's size.
	Width, Height float64
}

// New begins a picture. The label describes it, for screen readers. Class is the class of the
// element.
func New(width, height float64, class, label string) *Picture {
	p := &Picture{Width: width, Height: height}
	fmt.Fprintf(&p.b, `<svg viewBox="0 0 %s %s" width="%s" class="%s" role="img" aria-label="%s">`,
		number(width), number(height), number(width), html.EscapeString(class),
		html.EscapeString(Clean(label)))
	return p
}

// HTML ends the picture.
func (p *Picture) HTML() template.HTML {
	for len(p.open) > 0 {
		p.End()
	}
	p.b.WriteString("</svg>")
	return template.HTML(p.b.String())
}

// Begin opens a group with a class and a title, "" for none. The title is a tooltip of the group.
// End closes it.
func (p *Picture) Begin(class, title string) {
	p.b.WriteString("<g")
	p.attribute("class", class)
	p.b.WriteByte('>')
	p.title(title)
	p.open = append(p.open, "g")
}

// End closes the last group.
func (p *Picture) End() {
	if n := len(p.open); n > 0 {
		p.b.WriteString("</" + p.open[n-1] + ">")
		p.open = p.open[:n-1]
	}
}

// Data opens a group that carries data for a script, as an attribute data-NAME.
func (p *Picture) Data(class string, pairs ...string) {
	p.b.WriteString("<g")
	p.attribute("class", class)
	for i := 0; i+1 < len(pairs); i += 2 {
		p.attribute("data-"+pairs[i], pairs[i+1])
	}
	p.b.WriteByte('>')
	p.open = append(p.open, "g")
}

// Rect draws a rectangle. The title may be "".
func (p *Picture) Rect(x, y, width, height float64, class, title string) {
	fmt.Fprintf(&p.b, `<rect x="%s" y="%s" width="%s" height="%s"`, number(x), number(y),
		number(max(width, 0)), number(max(height, 0)))
	p.finish("rect", class, title)
}

// Circle draws a circle. The title may be "".
func (p *Picture) Circle(x, y, radius float64, class, title string) {
	fmt.Fprintf(&p.b, `<circle cx="%s" cy="%s" r="%s"`, number(x), number(y), number(radius))
	p.finish("circle", class, title)
}

// Line draws a line.
func (p *Picture) Line(x1, y1, x2, y2 float64, class, title string) {
	fmt.Fprintf(&p.b, `<line x1="%s" y1="%s" x2="%s" y2="%s"`, number(x1), number(y1), number(x2),
		number(y2))
	p.finish("line", class, title)
}

// Path draws a path of SVG path commands, which must be trusted.
func (p *Picture) Path(d, class, title string) {
	if d == "" {
		return
	}
	fmt.Fprintf(&p.b, `<path d="%s"`, html.EscapeString(d))
	p.finish("path", class, title)
}

// Text writes text that begins at x, on the line y. Class "e" aligns its end there, "c" its centre.
func (p *Picture) Text(x, y float64, class, text string) {
	fmt.Fprintf(&p.b, `<text x="%s" y="%s"`, number(x), number(y))
	p.attribute("class", class)
	p.b.WriteString(">" + html.EscapeString(Clean(text)) + "</text>")
}

// Fitted is Text cut to a width, whole in its title.
func (p *Picture) Fitted(x, y, width float64, class, text string) {
	short := fit(text, width)
	if short == text {
		p.Text(x, y, class, text)
		return
	}
	p.Begin("", text)
	p.Text(x, y, class, short)
	p.End()
}

func (p *Picture) finish(element, class, title string) {
	p.attribute("class", class)
	if title == "" {
		p.b.WriteString("/>")
		return
	}
	p.b.WriteByte('>')
	p.title(title)
	p.b.WriteString("</" + element + ">")
}

func (p *Picture) title(text string) {
	if text != "" {
		p.b.WriteString("<title>" + html.EscapeString(Clean(text)) + "</title>")
	}
}

func (p *Picture) attribute(name, value string) {
	if value != "" {
		fmt.Fprintf(&p.b, ` %s="%s"`, name, html.EscapeString(Clean(value)))
	}
}

// Clean makes text valid UTF-8 and removes unprintable characters.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if !strconv.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// letterWidth is the mean width of a letter of the page's 12-pixel font, somewhat more.
const letterWidth = 6.4

// fit cuts text to a width.
func fit(text string, width float64) string {
	letters := []rune(text)
	most := int(width / letterWidth)
	if len(letters) <= most {
		return text
	}
	return string(letters[:max(most-1, 1)]) + "…"
}

// number writes a coordinate to a tenth.
func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "0"
	}
	text := strconv.FormatFloat(math.Round(10*x)/10, 'f', 1, 64)
	text = strings.TrimSuffix(text, ".0")
	if text == "-0" {
		return "0"
	}
	return text
}
