package report

import (
	"fmt"
	"html/template"

	"adder/compiler"
	"adder/layout"
	"adder/report/svg"
)

// fitSection shows how full the chip is.
type fitSection struct {
	Used, Total int
	Neurons     int
	Limits      []limitRow
	Picture     template.HTML
	Shown       int
	// Cuts are the limits that cut layers into several cores.
	Cuts []string
}

// limitRow is a limit of cores: its fullest core, and the sum over cores in use.
type limitRow struct {
	Limit                 string
	Have, Most, Mean, Sum string
	Core, Share           string
}

// fitRows bounds the rows of cores in a picture.
const fitRows = 256

func newFit(s *source) *fitSection {
	img := s.Comparison.Chip.Image()
	fill := compiler.Fill(img)
	f := &fitSection{Used: len(fill), Total: s.tiles()}
	for i := range fill {
		f.Neurons += fill[i].Neurons
	}
	if len(fill) == 0 {
		return f
	}
	for k := range fill[0].Limits {
		f.Limits = append(f.Limits, newLimitRow(fill, k))
	}
	f.Shown = min(len(fill), fitRows)
	f.Picture = fillPicture(fill[:f.Shown])
	f.Cuts = cuts(img)
	return f
}

func newLimitRow(fill []compiler.CoreFill, k int) limitRow {
	most, sum := 0, int64(0)
	for i := range fill {
		sum += fill[i].Limits[k].Used
		if fill[i].Limits[k].Used > fill[most].Limits[k].Used {
			most = i
		}
	}
	l := &fill[most].Limits[k]
	return limitRow{
		Limit: l.Limit, Have: count(float64(l.Have)), Most: count(float64(l.Used)),
		Sum:   count(float64(sum)),
		Mean:  percent(float64(sum) / float64(l.Have) / float64(len(fill))),
		Share: percent(l.Share()),
		Core:  place(fill[most].X, fill[most].Y),
	}
}

// place writes the coordinates of a tile.
func place(x, y int16) string { return fmt.Sprintf("%d,%d", x, y) }

// cuts lists the limits that cut layers, and how many cores each.
func cuts(img *layout.Image) []string {
	var names []string
	counts := map[string]int{}
	for i := range img.Cores {
		if full := img.Cores[i].Full; full != "" {
			if counts[full] == 0 {
				names = append(names, full)
			}
			counts[full]++
		}
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%s (%s)", name, things(counts[name], "core"))
	}
	return names
}

// fillPicture has a row per limit and a column per core.
func fillPicture(fill []compiler.CoreFill) template.HTML {
	const names, row = 118, 26
	limits := fill[0].Limits
	cell := min(40, 480/float64(len(fill)))
	width := max(names+16+cell*float64(len(fill)), 340)
	p := svg.New(width, float64(row*len(limits))+46, "chart wide",
		"how full each core is, by limit")
	for k := range limits {
		y := float64(row * k)
		p.Text(names, y+17, "e", limits[k].Limit)
		for i := range fill {
			l := &fill[i].Limits[k]
			title := fmt.Sprintf("core %s: %s of %s %s, %s", place(fill[i].X, fill[i].Y),
				count(float64(l.Used)), count(float64(l.Have)), l.Limit, percent(l.Share()))
			x := names + 8 + cell*float64(i)
			p.Begin("", title)
			step := svg.Step(l.Share())
			p.Rect(x, y, cell, row, "edge "+svg.Ramp(step), "")
			if cell >= 34 {
				p.Text(x+cell/2, y+17, fmt.Sprintf("c on%d", step), percentShort(l.Share()))
			}
			p.End()
		}
	}
	if cell >= 34 {
		for i := range fill {
			p.Text(names+8+cell*(float64(i)+0.5), float64(row*len(limits))+16, "c muted",
				place(fill[i].X, fill[i].Y))
		}
	}
	p.Key(names+32, float64(row*len(limits))+28, "0", "full")
	return p.HTML()
}

func percentShort(x float64) string { return fmt.Sprintf("%.0f %%", 100*x) }
