package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"adder/bench"
	"adder/report/svg"
	"adder/router"
)

// planSection is the mesh from above.
type planSection struct {
	Picture template.HTML
	Views   []planView
	Links   bool
}

// planView is a way to colour cores. Key is the letter of its classes.
type planView struct {
	Key, Name, Greatest string
	Checked             bool
}

// planStyle are the rules by which a chosen view colours tiles: those of the view v are of
// class v0 to v9.
func planStyle() string {
	var b strings.Builder
	for _, v := range views() {
		for i := range svg.Steps {
			fmt.Fprintf(&b, "#plan-%s:checked~.scroll .%s%d{fill:var(--r%d)}\n", v.key, v.key, i, i)
		}
		fmt.Fprintf(&b, "#plan-%s:checked~.key-%s{display:block}\n", v.key, v.key)
	}
	return b.String()
}

// view is a colouring of cores; its value is nil where it does not exist.
type view struct {
	key, name string
	value     func(*bench.CoreRow) *float64
	text      func(float64) string
}

func views() []view {
	return []view{
		{"e", "energy", func(r *bench.CoreRow) *float64 { return r.EnergyPJ }, bench.Energy},
		{"b", "busy share", func(r *bench.CoreRow) *float64 { return r.Busy }, percent},
		{"l", "fill", func(r *bench.CoreRow) *float64 { return r.Fill }, percent},
		{"k", "spikes", func(r *bench.CoreRow) *float64 {
			n := r.Counts["spikes"]
			return &n
		}, count},
	}
}

// drawnView is a view with the greatest value of any core.
type drawnView struct {
	view
	greatest float64
}

// maxTiles bounds the tiles that are drawn.
const maxTiles = 4096

func newPlan(s *source) *planSection {
	if s.tiles() > maxTiles {
		return nil
	}
	var drawn []drawnView
	plan := &planSection{Links: s.Breakdown.Links != nil}
	for _, v := range views() {
		greatest, some := 0.0, false
		for i := range s.ByCore {
			row := &s.ByCore[i]
			if value := v.value(row); row.X != nil && value != nil {
				greatest, some = max(greatest, *value), true
			}
		}
		if !some {
			continue
		}
		drawn = append(drawn, drawnView{v, greatest})
		plan.Views = append(plan.Views, planView{
			Key: v.key, Name: v.name, Greatest: v.text(greatest), Checked: len(drawn) == 1,
		})
	}
	plan.Picture = planPicture(s, drawn)
	return plan
}

// ground is the geometry of tiles in the picture.
type ground struct{ pitch, tile, margin float64 }

func (g *ground) at(c router.Coord) (x, y float64) {
	return g.margin + g.pitch*float64(c.X), g.margin + g.pitch*float64(c.Y)
}

func planPicture(s *source, drawn []drawnView) template.HTML {
	topology := s.Comparison.Chip.Topology()
	columns, rows := 1, 1
	for tile := range s.tiles() {
		at := topology.At(router.Core(tile))
		columns, rows = max(columns, int(at.X)+1), max(rows, int(at.Y)+1)
	}
	pitch := min(68, max(14, 680/float64(columns)))
	g := ground{pitch: pitch, tile: pitch * 0.72, margin: 10}
	bottom := g.pitch*float64(rows) - g.pitch + g.tile + 2*g.margin
	p := svg.New(max(g.pitch*float64(columns)-g.pitch+g.tile+2*g.margin, 240), bottom+22,
		"plan", "floor plan of the chip's mesh")
	used := map[int]*bench.CoreRow{}
	for i := range s.ByCore {
		if row := &s.ByCore[i]; row.X != nil {
			used[topologyTile(s, i)] = row
		}
	}
	if board, ok := topology.(*router.Board); ok {
		drawChips(p, board, &g)
	}
	p.Begin("links", "")
	drawLinks(p, s, &g)
	p.End()
	for tile := range s.tiles() {
		at := topology.At(router.Core(tile))
		x, y := g.at(at)
		row := used[tile]
		if row == nil {
			p.Rect(x, y, g.tile, g.tile, "free",
				fmt.Sprintf("tile %s: not in use", place(at.X, at.Y)))
			continue
		}
		drawTile(p, row, drawn, x, y, g.tile)
	}
	p.Key(g.margin+20, bottom+4, "0", "most")
	return p.HTML()
}

// topologyTile is the tile of core i of the image.
func topologyTile(s *source, i int) int { return int(s.Comparison.Chip.Image().Cores[i].Tile) }

func drawTile(p *svg.Picture, row *bench.CoreRow, drawn []drawnView, x, y, side float64) {
	classes := []string{"tile"}
	words := []string{
		fmt.Sprintf("core %s: %s", place(*row.X, *row.Y), strings.Join(row.Layers, ", ")),
		things(row.Neurons, "neuron"),
	}
	for _, v := range drawn {
		value := v.value(row)
		if value == nil {
			continue
		}
		classes = append(classes, fmt.Sprintf("%s%d", v.key, svg.Step(part(*value, v.greatest))))
		words = append(words, v.name+" "+v.text(*value))
	}
	if row.Stalls != nil {
		words = append(words, "stalls "+count(*row.Stalls)+" cycles")
	}
	p.Begin("", strings.Join(words, "\n"))
	p.Rect(x, y, side, side, strings.Join(classes, " "), "")
	if side >= 34 {
		p.Rect(x+3, y+side-17, side-6, 14, "plate", "")
		p.Text(x+side/2, y+side-6, "c small", place(*row.X, *row.Y))
	}
	p.End()
}

// drawChips frames the chips of a board.
func drawChips(p *svg.Picture, b *router.Board, g *ground) {
	for tile := range router.Core(b.Tiles()) {
		at := b.At(tile)
		if at.X > 0 && b.Chip(router.Coord{X: at.X - 1, Y: at.Y}).X == b.Chip(at).X ||
			at.Y > 0 && b.Chip(router.Coord{X: at.X, Y: at.Y - 1}).Y == b.Chip(at).Y {
			continue // not the first tile of its chip
		}
		end := at
		for end.X+1 < b.Width && b.Chip(router.Coord{X: end.X + 1, Y: at.Y}).X == b.Chip(at).X {
			end.X++
		}
		for end.Y+1 < b.Height && b.Chip(router.Coord{X: at.X, Y: end.Y + 1}).Y == b.Chip(at).Y {
			end.Y++
		}
		x, y := g.at(at)
		right, bottom := g.at(end)
		gap := (g.pitch - g.tile) * 0.35
		chip := b.Chip(at)
		p.Rect(x-gap, y-gap, right-x+g.tile+2*gap, bottom-y+g.tile+2*gap, "chip",
			fmt.Sprintf("chip %s of the board", place(chip.X, chip.Y)))
	}
}

// drawLinks draws the links that packets crossed, those of the two directions side by side,
// as wide as their load.
func drawLinks(p *svg.Picture, s *source, g *ground) {
	most := 0.0
	for _, l := range s.Breakdown.Links {
		most = max(most, l.Packets)
	}
	topology := s.Comparison.Chip.Topology()
	for _, l := range s.Breakdown.Links {
		from, to := topology.At(router.Core(l.From)), topology.At(router.Core(l.To))
		x1, y1 := g.at(from)
		x2, y2 := g.at(to)
		half := g.tile / 2
		length := math.Hypot(x2-x1, y2-y1)
		if length == 0 {
			continue
		}
		// To the right of the link, so that the opposite one is beside it.
		dx, dy := (x2-x1)/length, (y2-y1)/length
		side := g.tile * 0.16
		title := fmt.Sprintf("link %s to %s, %s: %s packets", place(from.X, from.Y),
			place(to.X, to.Y), l.Class, count(l.Packets))
		if l.Stalls != nil {
			title += ", stalls " + count(*l.Stalls) + " cycles"
		}
		share := part(l.Packets, most)
		x1, y1 = x1+half+dx*half-dy*side, y1+half+dy*half+dx*side
		x2, y2 = x2+half-dx*half-dy*side, y2+half-dy*half+dx*side
		p.Begin("", title)
		p.Line(x1, y1, x2, y2, "reach", "") // as wide as a finger needs
		p.Line(x1, y1, x2, y2, fmt.Sprintf("link w%d", 1+int(share*4.99)), "")
		p.End()
	}
}
