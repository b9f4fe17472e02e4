package code_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"adder/quantised"
)

// drawing is a quantised network on its way.
type drawing struct {
	*rapid.T
	net *quantised.Network
	// shapes are C x H x W of the input, at 0, and of each population behind it.
	shapes [][3]int
}

func (d *drawing) number(label string, low, high int) int {
	return rapid.IntRange(low, high).Draw(d.T, label)
}

// network draws a network: dense and convolutional layers with pads and strides, average
// pools that are folded into weights, maxima over windows that may overlap, sums of
// branches of unlike bits and exponents, zero points, and boundaries by theta or in groups.
func network(t *rapid.T) *quantised.Network {
	d := &drawing{T: t, net: &quantised.Network{Name: "drawn"}}
	shape := [3]int{d.number("channels", 1, 2), d.number("height", 2, 4), d.number("width", 2, 4)}
	bits := d.number("input bits", 1, 4)
	d.net.Input = quantised.Input{
		Name: "in", Shape: shape[:], Size: volume(shape), Bits: bits, Scale: 1, Zero: d.zero(bits),
	}
	d.shapes = append(d.shapes, shape)
	layers := d.number("layers", 1, 4)
	for p := range layers {
		d.layer(p, p == layers-1)
	}
	d.net.Output = layers - 1
	return d.net
}

func volume(shape [3]int) int { return shape[0] * shape[1] * shape[2] }

func (d *drawing) zero(bits int) int32 {
	if d.number("zero", 0, 2) > 0 {
		return 0
	}
	return int32(d.number("zero at", 0, 1<<bits-1))
}

// layer adds a population with one to three projections into it.
func (d *drawing) layer(p int, output bool) {
	source := d.number("source", max(p-2, -1), p-1)
	from := d.shapes[source+1]
	var links [][]link
	shape := [3]int{d.number("outputs", 1, 3), 1, 1}
	if d.number("kind", 0, 2) > 0 {
		shape, links = d.convolution(from)
	} else {
		links = d.dense(volume(from), volume(shape))
	}
	d.project(source, p, volume(shape), links, 0)
	for k := range d.number("branches", 0, 2) { // of any source, a weight here and there
		branch := d.number("branch source", -1, p-1)
		d.project(branch, p, volume(shape), d.dense(volume(d.shapes[branch+1]), volume(shape)),
			d.number("exponent", 0, 2+k))
	}
	pop := quantised.Population{Name: fmt.Sprint("p", p), Neurons: volume(shape), Shape: shape[:],
		Unit: []float64{0.5}}
	for range pop.Neurons {
		pop.Bias = append(pop.Bias, int64(d.number("bias", -40, 40)))
	}
	if !output {
		shape = d.maximum(&pop, shape)
		pop.Shape = shape[:]
		pop.Bits = d.number("bits", 1, 4)
		d.boundaries(&pop)
		pop.Scale = []float64{1}
		pop.Zero = min(d.zero(pop.Bits), pop.Top())
	}
	d.shapes = append(d.shapes, shape)
	d.net.Populations = append(d.net.Populations, pop)
}

// link is a synapse from a source.
type link struct {
	target int32
	weight int16
}

func (d *drawing) weight() int16 { return int16(d.number("weight", -9, 9)) }

// dense draws a link of each source to each target.
func (d *drawing) dense(sources, targets int) [][]link {
	out := make([][]link, sources)
	for s := range out {
		for t := range targets {
			out[s] = append(out[s], link{int32(t), d.weight()})
		}
	}
	return out
}

// convolution draws a kernel with a stride and pads, behind an average pool or not. What the
// pool adds up is a window's worth of equal weights.
func (d *drawing) convolution(from [3]int) (shape [3]int, links [][]link) {
	side, stride, pad := d.number("kernel", 1, 2), d.number("stride", 1, 2), d.number("pad", 0, 1)
	pool := 1
	if from[1] >= 2 && from[2] >= 2 {
		pool = d.number("pool", 1, 2)
	}
	height, width := from[1]/pool, from[2]/pool
	side = min(side, height+2*pad, width+2*pad)
	shape = [3]int{d.number("filters", 1, 2), (height+2*pad-side)/stride + 1,
		(width+2*pad-side)/stride + 1}
	links = make([][]link, volume(from))
	for f := range shape[0] {
		for c := range from[0] {
			for ky := range side {
				for kx := range side {
					w := d.weight()
					for y := range shape[1] {
						for x := range shape[2] {
							iy, ix := y*stride+ky-pad, x*stride+kx-pad
							if iy < 0 || ix < 0 || iy >= height || ix >= width {
								continue
							}
							target := int32((f*shape[1]+y)*shape[2] + x)
							for k := range pool * pool {
								s := (c*from[1]+iy*pool+k/pool)*from[2] + ix*pool + k%pool
								links[s] = append(links[s], link{target, w})
							}
						}
					}
				}
			}
		}
	}
	return shape, links
}

// project adds a projection of links, as a matrix or a list.
func (d *drawing) project(source, target, neurons int, links [][]link, exponent int) {
	w := quantised.Weights{Sources: len(links), Targets: neurons}
	matrix := d.number("form", 0, 1) == 0
	if matrix {
		w.Dense = make([]int8, len(links)*neurons)
	} else {
		w.Start = []int64{0}
	}
	for s, row := range links {
		slices.SortFunc(row, func(a, b link) int { return int(a.target - b.target) })
		for _, l := range row {
			if matrix {
				w.Dense[s*neurons+int(l.target)] = int8(l.weight)
				continue
			}
			w.Target, w.Value = append(w.Target, l.target), append(w.Value, l.weight)
		}
		if !matrix {
			w.Start = append(w.Start, int64(len(w.Target)))
		}
	}
	d.net.Projections = append(d.net.Projections, quantised.Projection{
		Name: "w", Source: source, Target: target, Exponent: exponent, WeightBits: 5, Weights: w,
	})
}

// maximum draws windows over a plane, which may overlap and reach beyond it.
func (d *drawing) maximum(pop *quantised.Population, shape [3]int) [3]int {
	if d.number("maximum", 0, 2) > 0 {
		return shape
	}
	side, stride, pad := d.number("window", 1, 2), d.number("step", 1, 2), d.number("margin", 0, 1)
	side = max(side, pad+1)
	side = min(side, shape[1]+2*pad, shape[2]+2*pad)
	pad = min(pad, side-1)
	out := [3]int{shape[0], (shape[1]+2*pad-side)/stride + 1, (shape[2]+2*pad-side)/stride + 1}
	w := &quantised.Windows{Start: []int32{0}}
	for o := range volume(out) {
		c, y, x := o/(out[1]*out[2]), o/out[2]%out[1], o%out[2]
		for ky := range side {
			for kx := range side {
				iy, ix := y*stride+ky-pad, x*stride+kx-pad
				if iy >= 0 && ix >= 0 && iy < shape[1] && ix < shape[2] {
					w.Member = append(w.Member, int32((c*shape[1]+iy)*shape[2]+ix))
				}
			}
		}
		if int(w.Start[o]) == len(w.Member) { // beyond the plane on all sides
			w.Member = append(w.Member, int32(c*shape[1]*shape[2]))
		}
		w.Start = append(w.Start, int32(len(w.Member)))
	}
	pop.Windows = w
	return out
}

// boundaries draws thetas or groups, by the channels of the sums.
func (d *drawing) boundaries(pop *quantised.Population) {
	channels := pop.Shape[0]
	plane := pop.Neurons / channels
	byTheta := d.number("by theta", 0, 1) == 0
	for c := range channels {
		theta := int64(d.number("theta", 1, 30))
		if byTheta {
			for range plane {
				pop.Theta = append(pop.Theta, theta)
			}
			continue
		}
		pop.Groups = append(pop.Groups, quantised.Group{First: c * plane, Count: plane,
			Boundaries: d.group(pop.Bits, theta)})
	}
}

// group draws boundaries: multiples of a real number rounded up, as a file has them, or
// any; some that all sums reach or none does.
func (d *drawing) group(bits int, theta int64) []int64 {
	words := d.number("words", 1, 1<<bits-1)
	var out []int64
	third, off := int64(d.number("thirds", 0, 2)), int64(d.number("offset", -30, 10))
	for j := range int64(words) {
		out = append(out, ((j+1)*(3*theta+third)+2)/3+off)
	}
	if d.number("any", 0, 2) == 0 {
		for j := range out {
			out[j] = int64(d.number("boundary", -60, 200))
		}
		slices.Sort(out)
	}
	if d.number("always", 0, 4) == 0 {
		out[0] = quantised.Always
	}
	if d.number("never", 0, 4) == 0 {
		out[words-1] = quantised.Never
	}
	return out
}
