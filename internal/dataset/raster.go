package dataset

import "math"

// The canvas works in fixed point: one pixel is 256 units, matrices have 16
// fractional bits. Integers make the pictures the same on every machine.
const (
	pixel    = 256
	one      = 1 << 16
	curveLen = 6 // straight pieces per piece of curve

	// far is a squared distance beyond any pen.
	far = math.MaxInt64
)

// canvas draws one picture at a time.
type canvas struct {
	near [side * side]int64 // squared distance to the nearest stroke, units²
	ink  [side * side]int   // 0..255
}

// pose is the parameters of one drawing of a glyph.
type pose struct {
	xx, xy, yx, yy int // glyph box to units, 16 fractional bits
	dx, dy         int // place of the box's middle, units
	wobble         int // greatest move of a point, hundredths of the box's height
	radius         int // half the pen's width, units
	ink            int // darkness of the pen, 0..255
}

// newPose draws a pose. The figures are chosen so that the pictures have the
// size, place and weight of MNIST's (20 pixels high in 28, strokes of two to
// three pixels) and so that a small network errs on some per cent of them.
func newPose(rnd stream) pose {
	// 100 units of the box become 17 to 22 pixels.
	height := rnd.between(17*pixel, 22*pixel) * (one / 100)
	width := height / 100 * rnd.between(70, 130)
	slant := rnd.bell(one * 55 / 100)
	turn := rnd.bell(one * 40 / 100)
	// cos and sin of the angle turn by the first terms of their series, good
	// to 0.0011 for angles up to 0.4.
	cos := one - turn*turn/(2*one)
	sin := turn - turn*turn/one*turn/(6*one)
	// First slant (x -= slant*y), then rotate.
	return pose{
		xx:     mulQ(width, cos),
		xy:     mulQ(-mulQ(height, slant), cos) - mulQ(height, sin),
		yx:     mulQ(width, sin),
		yy:     mulQ(-mulQ(height, slant), sin) + mulQ(height, cos),
		dx:     side*pixel/2 + rnd.bell(3*pixel),
		dy:     side*pixel/2 + rnd.bell(3*pixel),
		wobble: 12,
		radius: rnd.between(pixel*70/100, pixel*160/100),
		ink:    rnd.between(200, 255),
	}
}

// mulQ returns a*b for numbers with 16 fractional bits.
func mulQ(a, b int) int { return int(int64(a) * int64(b) >> 16) }

// place maps a point of the box, in 1/16 of a box unit, to the canvas.
func (p pose) place(x, y int) point {
	x -= 32 * 16
	y -= 50 * 16
	// 20 bits: 16 of the matrix and 4 of the sixteenths.
	return point{
		p.dx + int((int64(p.xx)*int64(x)+int64(p.xy)*int64(y))>>20),
		p.dy + int((int64(p.yx)*int64(x)+int64(p.yy)*int64(y))>>20),
	}
}

// draw draws the glyph g in a random pose on a clean canvas.
func (c *canvas) draw(g glyph, rnd stream) {
	for i := range c.near {
		c.near[i] = far
	}
	p := newPose(rnd)
	var placed, line []point
	for _, s := range g {
		placed = p.placeStroke(placed[:0], s, rnd)
		line = smooth(line[:0], placed)
		for i := 1; i < len(line); i++ {
			c.segment(line[i-1], line[i], p.radius+pixel)
		}
	}
	c.fill(p.radius, p.ink)
	c.addNoise(rnd)
}

// placeStroke appends the points of s on the canvas, each moved a little. The
// second of two equal points moves with the first, and the end of a loop with
// its beginning.
func (p pose) placeStroke(dst []point, s stroke, rnd stream) []point {
	for i, q := range s {
		switch {
		case i > 0 && q == s[i-1]:
			dst = append(dst, dst[len(dst)-1])
		case i > 1 && i == len(s)-1 && q == s[0]:
			dst = append(dst, dst[0])
		default:
			dst = append(dst, p.place(16*q.x+rnd.bell(16*p.wobble), 16*q.y+rnd.bell(16*p.wobble)))
		}
	}
	return dst
}

// smooth appends a Catmull-Rom curve through pts as a polyline. The curve of
// two points is the line between them.
func smooth(dst, pts []point) []point {
	last := len(pts) - 1
	closed := last > 1 && pts[0] == pts[last]
	dst = append(dst, pts[0])
	for i := range last {
		a, b := pts[i], pts[i+1]
		before, after := a, b
		switch {
		case i > 0:
			before = pts[i-1]
		case closed:
			before = pts[last-1]
		}
		switch {
		case i+2 <= last:
			after = pts[i+2]
		case closed:
			after = pts[1]
		}
		if a == b {
			continue
		}
		for k := 1; k <= curveLen; k++ {
			dst = append(dst, point{
				catmullRom(before.x, a.x, b.x, after.x, k),
				catmullRom(before.y, a.y, b.y, after.y, k),
			})
		}
	}
	return dst
}

// catmullRom returns the curve between a and b at k/curveLen of the way.
func catmullRom(before, a, b, after, k int) int {
	const n = curveLen
	cubic := -before + 3*a - 3*b + after
	square := 2*before - 5*a + 4*b - after
	return (2*a*n*n*n + (b-before)*k*n*n + square*k*k*n + cubic*k*k*k) / (2 * n * n * n)
}

// segment lowers near to the squared distance from the line a-b, for the pixels
// whose middle is within reach of it.
func (c *canvas) segment(a, b point, reach int) {
	x0, x1 := pixelRange(min(a.x, b.x)-reach, max(a.x, b.x)+reach)
	y0, y1 := pixelRange(min(a.y, b.y)-reach, max(a.y, b.y)+reach)
	dx, dy := int64(b.x-a.x), int64(b.y-a.y)
	length := dx*dx + dy*dy
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			px, py := int64(x*pixel+pixel/2-a.x), int64(y*pixel+pixel/2-a.y)
			along := px*dx + py*dy
			switch {
			case along <= 0:
			case along >= length:
				px, py = px-dx, py-dy
			default:
				px, py = px-dx*along/length, py-dy*along/length
			}
			if d := px*px + py*py; d < c.near[y*side+x] {
				c.near[y*side+x] = d
			}
		}
	}
}

// pixelRange returns the pixels lo..hi-1 of the canvas that the units from..to touch.
func pixelRange(from, to int) (lo, hi int) {
	return min(max(from>>8, 0), side), min(max(to>>8+1, 0), side)
}

// fill turns distances into ink: full inside the pen's radius, falling to none
// over one pixel across its edge.
func (c *canvas) fill(radius, ink int) {
	for i, d2 := range c.near {
		c.ink[i] = 0
		if d2 == far {
			continue
		}
		cover := min(max(radius+pixel/2-sqrt(d2), 0), pixel)
		c.ink[i] = cover * ink / pixel
	}
}

// sqrt returns the integer part of the square root of d, which is below 2^52: the nearest
// float64 to the root, which math.Sqrt gives on every machine, does not reach the next
// integer.
func sqrt(d int64) int { return int(math.Sqrt(float64(d))) }

// addNoise makes the ink uneven and scatters a few specks over the picture.
func (c *canvas) addNoise(rnd stream) {
	for i, v := range c.ink {
		if v > 0 {
			c.ink[i] = v + rnd.bell(60)*v/256
		}
	}
	for range rnd.below(7) {
		c.ink[rnd.below(side*side)] += rnd.between(30, 160)
	}
}

// copyTo writes the picture to dst as bytes.
func (c *canvas) copyTo(dst []uint8) {
	for i, v := range c.ink {
		dst[i] = uint8(min(max(v, 0), 255))
	}
}
