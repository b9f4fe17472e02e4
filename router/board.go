package router

import "fmt"

// Border is the class of the links of a Board that lead from chip to chip.
const Border LinkClass = 4

// Board is the topology of equal chips in a grid whose tiles are one mesh. Routes are those
// of the mesh; links that lead from chip to chip are a class of their own, border.
type Board struct {
	Mesh
	// chip is one of them. columns[x] are the borders west of column x, rows[y] those north
	// of row y.
	chip          Mesh
	columns, rows []int16
}

// NewBoard is the board of a mesh of tiles that chips divide.
func NewBoard(mesh, chip Mesh) *Board {
	return &Board{
		Mesh: mesh, chip: chip,
		columns: borders(mesh.Width, chip.Width), rows: borders(mesh.Height, chip.Height),
	}
}

// borders counts those before each of a number of tiles in a line, on chips of some.
func borders(tiles, chip int16) []int16 {
	out := make([]int16, max(tiles, 0))
	before, left := int16(0), chip
	for i := range out {
		if left == 0 {
			before++
			left = chip
		}
		out[i] = before
		left--
	}
	return out
}

// ValidateChip checks that chips of a size make up a mesh. The zero Mesh is one chip.
func (m Mesh) ValidateChip(chip Mesh) error {
	if chip == (Mesh{}) {
		return nil
	}
	if err := chip.Validate(); err != nil {
		return fmt.Errorf("chips of a board: %w", err)
	}
	whole := func(tiles, chip int16) bool {
		for tiles > 0 {
			tiles -= chip
		}
		return tiles == 0
	}
	if !whole(m.Width, chip.Width) || !whole(m.Height, chip.Height) {
		return fmt.Errorf("a board of %d x %d tiles is not made of whole chips of %d x %d",
			m.Width, m.Height, chip.Width, chip.Height)
	}
	return nil
}

// Chip is the chip of a tile, by its coordinates in the grid.
func (b *Board) Chip(at Coord) Coord { return Coord{X: b.columns[at.X], Y: b.rows[at.Y]} }

// Classes implements Topology.
func (b *Board) Classes() []string { return append(b.Mesh.Classes(), "border") }

// Class implements Topology.
func (b *Board) Class(l Link) LinkClass {
	if end, ok := b.End(l); ok && b.Chip(l.From) != b.Chip(end) {
		return Border
	}
	return b.Mesh.Class(l)
}

// Counter implements Topology.
func (b *Board) Counter() Counter {
	return &boardReach{board: b, reach: reach{columns: make([]column, b.Width)}}
}

// boardReach is a reach that counts borders apart from other links.
type boardReach struct {
	board *Board
	reach
}

// Tree implements Counter.
func (r *boardReach) Tree(from Coord, to []Coord) Hops {
	h := r.extend(from, to)
	b := r.board
	h.border(East, b.columns[from.X+int16(h[East])]-b.columns[from.X])
	h.border(West, b.columns[from.X]-b.columns[from.X-int16(h[West])])
	for x := from.X - r.west; x <= from.X+r.east; x++ {
		c := r.columns[x]
		h.border(North, b.rows[from.Y]-b.rows[from.Y-c.north])
		h.border(South, b.rows[from.Y+c.south]-b.rows[from.Y])
	}
	r.clear(from)
	return h
}

// Paths implements Counter.
func (r *boardReach) Paths(from Coord, to []Coord) Hops {
	h := r.reach.Paths(from, to)
	b := r.board
	for _, at := range to {
		h.border(East, max(b.columns[at.X]-b.columns[from.X], 0))
		h.border(West, max(b.columns[from.X]-b.columns[at.X], 0))
		h.border(North, max(b.rows[from.Y]-b.rows[at.Y], 0))
		h.border(South, max(b.rows[at.Y]-b.rows[from.Y], 0))
	}
	return h
}

// border moves links of a direction to the class border.
func (h *Hops) border(d Direction, links int16) {
	h[d] -= int64(links)
	h[Border] += int64(links)
}
