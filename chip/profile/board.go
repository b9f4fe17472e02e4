package profile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"adder/router"
)

// MaxSide is the largest number of cores along a side of a mesh; on a board, of all its chips
// together.
const MaxSide = 1024

// Board is a grid of Width x Height equal chips whose tiles are one mesh; 1 x 1 is a single
// chip.
type Board struct{ Width, Height int }

// Chips is the number of chips.
func (b Board) Chips() int { return b.Width * b.Height }

// String is the board as --board takes it: 4x4.
func (b Board) String() string { return fmt.Sprintf("%dx%d", b.Width, b.Height) }

// ParseBoard reads WIDTHxHEIGHT, in chips.
func ParseBoard(text string) (Board, error) {
	w, h, ok := strings.Cut(text, "x")
	width, err1 := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	side := func(n int) bool { return n >= 1 && n <= maxSide }
	if !ok || err1 != nil || err2 != nil || !side(width) || !side(height) {
		return Board{}, fmt.Errorf("board %q: write the chips as WIDTHxHEIGHT, e.g. 4x4",
			clip(text))
	}
	return Board{width, height}, nil
}

// boardSection finds the section board of a profile's text, of one line or of several.
var boardSection = regexp.MustCompile(`(?m)^board:.*\n(?:[ \t#].*\n)*`)

// OnBoard is the profile on another board, in place of the one that it states.
func (p *Profile) OnBoard(b Board) (*Profile, error) {
	if p.FitOnly != nil {
		return nil, fmt.Errorf("chip %s: it is for fit alone, a single chip of it", p.Name)
	}
	text := boardSection.ReplaceAllString(strings.TrimRight(string(p.text), "\n")+"\n", "")
	text += fmt.Sprintf("# [C] asked for\nboard: {width: %d, height: %d}\n", b.Width, b.Height)
	return Parse(p.Name, []byte(text))
}

// boardFields are the chips of a board, of which one is meant where they are left out.
func boardFields(b *Board) field {
	*b = Board{1, 1}
	return optional(section("board",
		integer("width", &b.Width, 1, maxSide, "chips"),
		integer("height", &b.Height, 1, maxSide, "chips")))
}

// Chip is the mesh of one chip.
func (p *Profile) Chip() Mesh {
	return Mesh{Width: p.Mesh.Width / max(p.Board.Width, 1),
		Height: p.Mesh.Height / max(p.Board.Height, 1)}
}

// ChipMesh is the mesh of one chip of a board, as images record it; the zero mesh for a single
// chip.
func (p *Profile) ChipMesh() router.Mesh {
	if p.Board.Chips() <= 1 {
		return router.Mesh{}
	}
	chip := p.Chip()
	return router.Mesh{Width: int16(chip.Width), Height: int16(chip.Height)}
}

// checkBoard makes the mesh that of all chips. It runs after the checks of a single one.
func (d *decoder) checkBoard(p *Profile) error {
	if p.Single != nil && p.Board.Chips() > 1 {
		return d.fail(d.at["board"],
			"a chip that holds one network by itself makes no boards: leave the key out")
	}
	p.Mesh.Width *= p.Board.Width
	p.Mesh.Height *= p.Board.Height
	if p.Mesh.Width > maxSide || p.Mesh.Height > maxSide {
		return d.fail(d.at["board"],
			"%d x %d chips make a mesh of %d x %d tiles: a side has at most %d",
			p.Board.Width, p.Board.Height, p.Mesh.Width, p.Mesh.Height, maxSide)
	}
	if p.Timing == nil {
		return nil
	}
	r := &p.Timing.Router
	const border, interval = "timing.router.border", "timing.router.border_interval"
	_, timed := d.at[border]
	gap, narrow := d.at[interval]
	if narrow && (!timed || r.BorderInterval > r.Border) {
		return d.fail(gap, "a packet in %d cycles over a link that takes %d: "+
			"it is past the link by then; write less, or a longer border",
			r.BorderInterval, r.Border)
	}
	r.timed = timed
	return nil
}
