package router

import "slices"

// cell is one of a ring: an input buffer, a packet on the wire into it, or a credit
// on its way back.
type cell struct {
	// stamp is the cycle from which a packet could have moved on, or from which the
	// sender may fill a place that is free, above stampBits of what else is known:
	// the class of the packet, and awaited. taken is a bit above all cycles.
	stamp int64
	id    int32
	goal  goal
}

const (
	stampBits = 3
	// stampClass cuts a stamp to the class of the packet.
	stampClass = 1<<2 - 1
	// awaited: the sender waits for the place, and steps once it may fill it.
	awaited = 1 << 2
	// taken: there is a packet. Stamps of free places are below it.
	taken = 1 << 62
	// never is a cycle that is not reached; its stamp is below taken.
	never = 1<<58 - 1
)

func packetAt(cycle int64, id int32, to goal, class Class) cell {
	return cell{stamp: cycle<<stampBits | int64(class) | taken, id: id, goal: to}
}

func (k *cell) cycle() int64 { return k.stamp &^ taken >> stampBits }

func (k *cell) class() Class { return Class(k.stamp & stampClass) }

// goal is a Route as a router reads it: a node of the forest, or below 0 the complement of
// a tile, its row above its column.
type goal int32

const rowShift = 16

func (c *Clocked) goalOf(r Route) goal {
	if r >= 0 {
		return goal(r)
	}
	return goalAt(c.coords[^r])
}

// goalAt is the goal of packets for the core at a tile.
func goalAt(at Coord) goal { return ^(goal(at.Y)<<rowShift | goal(at.X)) }

func (g goal) tile() Coord {
	return Coord{X: int16(^g & (1<<rowShift - 1)), Y: int16(^g >> rowShift)}
}

// route is the inverse of goalOf.
func (c *Clocked) route(g goal) Route {
	if g >= 0 {
		return Route(g)
	}
	return To(c.topology.CoreAt(g.tile()))
}

// An input buffer of InputBuffer places is a ring of cells, of which a sender fills one
// behind the other and which the router frees in the same order. So a sender has a
// credit if the place is free that it filled as many packets before as there are places,
// and the credit for it is back. Rings have a power of two of cells, aligned to it: fewer
// than places as long as that is enough, then as many or more.

// ringCells is the shift of the cells that each ring has at first.
const ringCells = 1

// firstCell is the first cell of the ring of an input as it is at first.
func (c *Clocked) firstCell(tile int32, in uint8) uint32 {
	ring := uint32(tile)<<2 + uint32(tile) + uint32(in)
	return ring << (c.shift & 31)
}

// after is the cell behind another in a ring.
func after(at uint32, shift uint8) uint32 {
	mask := uint32(1)<<(shift&31) - 1
	return at&^mask | (at+1)&mask
}

// credit is the cell that has to be free before an output fills its next one.
func (c *Clocked) credit(s *station, out uint8) *cell {
	at, shift := s.out[out].next, s.out[out].shift&31
	mask := uint32(1)<<shift - 1
	return &c.cells[at&^mask|(at+c.slack[shift])&mask]
}

// free reports whether an output, or the core's way in, may send in this cycle. If not,
// the router steps again when it may.
func (c *Clocked) free(tile int32, s *station, out uint8) bool {
	k := c.credit(s, out)
	switch {
	case k.stamp < c.due:
		return true
	case s.out[out].shift < c.full:
		c.grow(tile, s, out)
		return true
	case k.stamp < taken:
		c.plan(k.cycle(), tile, again)
	default:
		k.stamp |= awaited
	}
	return false
}

// has reports whether an output may send in this cycle, on a chip that does not wait.
func (c *Clocked) has(tile int32, s *station, out uint8) bool {
	if c.credit(s, out).stamp < c.due {
		return true
	}
	if s.out[out].shift == c.full {
		return false
	}
	c.grow(tile, s, out)
	return true
}

// grow doubles the ring that an output fills, all of whose cells are taken or wait for
// their credits.
func (c *Clocked) grow(tile int32, s *station, out uint8) {
	o, end := &s.out[out], tile
	if out != local {
		end = o.end
	}
	to, in := c.station(end), opposites[out&portMask]
	old, shift, first := o.next, o.shift, to.in[in].head
	empty := c.cells[first].stamp < taken
	base := uint32(len(c.cells)+1<<(shift+1)-1) &^ (1<<(shift+1) - 1)
	c.cells = append(c.cells, make([]cell, int(base)+1<<(shift+1)-len(c.cells))...)
	head := base + 1<<shift // of a ring without packets
	for i := range uint32(1) << shift {
		if old == first && !empty {
			head = base + i
		}
		c.cells[base+i], c.cells[old] = c.cells[old], cell{}
		old = after(old, shift)
	}
	to.in[in].head, to.out[in].inShift = head, shift+1
	o.next, o.shift = base+1<<shift, shift+1
}

// sizeRings says how rings grow for buffers of so many places: to 1 << full cells, of
// which slack are more than places.
func (c *Clocked) sizeRings(places int) {
	for 1<<c.full < places {
		c.full++
	}
	c.shift = min(c.full, ringCells)
	if slices.Max(c.timing.Gaps[:]) > 1 { // a link that holds back is not to grow its ring
		c.shift = c.full
	}
	c.slack[c.full] = uint32(1<<c.full - places)
}
