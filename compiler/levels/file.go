package levels

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"adder/quantised"
	"adder/snn"
)

// fileInput takes the grid that the file has for the input.
func (b *builder) fileInput() error {
	var grid *snn.Quantise
	factor := 1.0
	for i := range b.m.Prepared.Nodes {
		op, ok := b.m.Prepared.Nodes[i].Op.(*snn.Quantise)
		if !ok {
			continue
		}
		f, fed := b.m.skeleton.fromInput(i)
		if !fed {
			continue
		}
		if grid != nil && (*grid != *op || f != factor) {
			return fmt.Errorf("node %s quantises the input by a second grid: export the model "+
				"with one", b.m.Prepared.Nodes[i].Name)
		}
		grid, factor = op, f
	}
	if grid == nil || !b.m.skeleton.inputQuantised() {
		return errors.New("the file quantises activations, but not all that reads its input: " +
			"export the model with a QuantizeLinear and a DequantizeLinear behind the input")
	}
	in := &b.net.Input
	top := grid.High - grid.Low
	in.Bits = bits.Len(uint(top))
	if top != 1<<in.Bits-1 {
		return fmt.Errorf("the input is quantised to the integers %d to %d, which are no whole "+
			"number of bits: clip it to %d", grid.Low, grid.High, grid.Low+1<<(in.Bits-1)-1)
	}
	in.Scale, in.Zero = grid.Scale/factor, int32(grid.Zero-grid.Low)
	b.report.Layers = append(b.report.Layers,
		Layer{Name: in.Name, Bits: in.Bits, Range: grid.Value(grid.High)})
	return nil
}

// fileLayer makes a layer whose weights are integers by the file, and whose boundaries are those of
// the file's rounding.
func (b *builder) fileLayer(p int, role *role, in []branch) error {
	f := &b.m.flat.Populations[p]
	pop := b.population(p, role)
	output := role.kind == roleOutput
	c := channelsOf(f.Shape, false)
	if output {
		c = channelsOf(f.Shape, true)
	}
	l := Layer{}
	g, err := b.fileGrid(p, c, in, &l)
	if err != nil {
		return err
	}
	pop.Unit = spread(g.unit, c)
	if output {
		pop.Unit = g.unit
	}
	worst := 0.0
	for n := range pop.Bias {
		whole := snn.At(f.Bias, n, 0) / snn.At(pop.Unit, n, 1)
		pop.Bias[n] = int64(math.Round(whole))
		worst = max(worst, math.Abs(whole-float64(pop.Bias[n]))-noise*math.Abs(whole))
	}
	if worst > 0.01 {
		b.warn("layer %s: its biases are no integers in the unit of its weights, and are "+
			"rounded: by %.2g of the unit at most", f.Name, worst)
	}
	var projections []quantised.Projection
	for k := range in {
		projections = append(projections, g.round(&in[k], k, nil, nil))
		l.Exponent = max(l.Exponent, g.exponent[k])
	}
	if l.WeightError = g.relativeError(); l.WeightError < noise {
		l.WeightError = 0
	}
	if !output {
		b.fileBoundaries(&pop, role, c, &l)
	}
	b.add(pop, projections, l)
	return nil
}

// noise is how far a number of the file's may be off an integer times a step, relative to
// it: it is a float32.
const noise = 2.5e-7

func (b *builder) warn(format string, args ...any) {
	b.report.Warnings = append(b.report.Warnings, fmt.Sprintf(format, args...))
}

// fileGrid finds the units in which the weights of a layer are integers. Where branches do
// not meet in one, weights are rounded, and a warning says how far.
func (b *builder) fileGrid(p int, c channels, in []branch, l *Layer) (*grid, error) {
	g := newGrid(b.opts, c, in)
	steps := make([][]float64, len(in))
	for k := range in {
		steps[k] = in[k].steps(c)
	}
	if !g.meet(steps, b.m.flat.Populations[p].Bias, in) {
		g.fit(1)
		missed, whole := g.errorOfAll()
		l.WeightError = math.Sqrt(missed / whole)
		names := make([]string, len(in))
		for k := range in {
			names[k] = in[k].name
		}
		b.warn("layer %s: the weights of %v do not meet in integers times powers of two, and are "+
			"rounded to %d bits: by %.2g of their size", b.m.flat.Populations[p].Name, names,
			g.bits, l.WeightError)
	}
	return g, nil
}

// meet takes the steps of the branches as units, where all of them are powers of two times
// the least, the same for each channel, and reports whether they are.
func (g *grid) meet(steps [][]float64, bias []float64, in []branch) bool {
	most := 0.0
	for c := range g.unit {
		for k := range steps {
			step := steps[k][c]
			if step < 0 {
				return false
			}
			if step > 0 && (g.unit[c] == 0 || step < g.unit[c]) {
				g.unit[c] = step
			}
		}
	}
	for k := range steps {
		g.exponent[k] = -1
		for c, step := range steps[k] {
			if step == 0 {
				continue
			}
			e := math.Round(math.Log2(step / g.unit[c]))
			if math.Abs(step/math.Ldexp(g.unit[c], int(e))-1) > 4*noise || int(e) > g.maxExp ||
				g.exponent[k] >= 0 && g.exponent[k] != int(e) {
				return false
			}
			g.exponent[k] = int(e)
		}
		g.exponent[k] = max(g.exponent[k], 0)
	}
	g.divide(bias)
	for k := range in {
		for c, peak := range g.peak[k] {
			if g.unit[c] > 0 {
				most = max(most, math.Round(peak/math.Ldexp(g.unit[c], g.exponent[k])))
			}
		}
	}
	for c, unit := range g.unit {
		if unit == 0 {
			g.unit[c] = firstAbove(g.unit)
		}
	}
	g.bits = max(g.bits, bits.Len(uint(most))+1)
	g.top = float64(int64(1)<<(g.bits-1) - 1)
	return g.bits <= MaxBits
}

func firstAbove(values []float64) float64 {
	for _, v := range values {
		if v > 0 {
			return v
		}
	}
	return 1
}

// divide makes a unit smaller by a factor that all weights of a channel happen to have in
// common, where its biases are integers only then.
func (g *grid) divide(bias []float64) {
	if bias == nil {
		return
	}
	for c, unit := range g.unit {
		if unit == 0 {
			continue
		}
		for part := 1.0; part <= 8; part++ {
			whole := true
			for n := c * g.channels.each; n < (c+1)*g.channels.each; n++ {
				v := snn.At(bias, n, 0) / (unit / part)
				whole = whole && math.Abs(v-math.Round(v)) <= 0.01+noise*math.Abs(v)
			}
			if whole {
				g.unit[c] = unit / part
				break
			}
		}
	}
}

// errorOfAll is the squared error of all weights on the grid, and their squares.
func (g *grid) errorOfAll() (missed, whole float64) {
	for k := range g.in {
		g.in[k].each(func(_, t int, v float64) {
			unit := math.Ldexp(g.unit[g.channels.of(t)], g.exponent[k])
			d := v - float64(unit*g.nearest(v, unit))
			missed += float64(d * d)
			whole += float64(v * v)
		})
	}
	return missed, max(whole, math.SmallestNonzeroFloat64)
}

// steps finds, per channel, the number of which all weights are whole multiples: 0 for a
// channel without weights, and -1 where there is none.
func (br *branch) steps(c channels) []float64 {
	seen := make([]map[float64]struct{}, c.count())
	for i := range seen {
		seen[i] = map[float64]struct{}{}
	}
	br.each(func(_, t int, v float64) { seen[c.of(t)][math.Abs(v)] = struct{}{} })
	out := make([]float64, len(seen))
	for i := range seen {
		values := make([]float64, 0, len(seen[i]))
		for v := range seen[i] {
			values = append(values, v)
		}
		slices.Sort(values)
		out[i] = br.asFile(commonStep(values))
	}
	return out
}

// asFile takes a step that is near the product of a float32 and what a level of the source
// does for that product: the file has both numbers.
func (br *branch) asFile(step float64) float64 {
	if len(br.scale) != 1 || step <= 0 {
		return step
	}
	if file := float64(float32(step/br.scale[0])) * br.scale[0]; math.Abs(file/step-1) < 4e-8 {
		return file
	}
	return step
}

// commonStep is the largest number of which all values, ascending and above 0, are whole
// multiples, up to the rounding of float32; 0 without values and -1 without one.
func commonStep(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	top := values[len(values)-1]
	for _, multiples := range []float64{1 << 10, 1 << 13, 1 << 17} {
		step := 0.0
		for _, v := range values {
			step = euclid(v, step, top/multiples)
		}
		if fitted := fitted(values, step); fitted > 0 {
			return fitted
		}
	}
	return -1
}

// euclid is the greatest common divisor of two numbers, of which those below a bound are
// taken for 0.
func euclid(a, b, bound float64) float64 {
	for b > bound {
		a, b = b, math.Abs(math.Remainder(a, b))
	}
	return a
}

// fitted is the step with the least squared error around one, 0 where a value is no whole
// multiple.
func fitted(values []float64, step float64) float64 {
	top, products, squares := values[len(values)-1], 0.0, 0.0
	for range 2 {
		products, squares = 0, 0
		for _, v := range values {
			n := math.Round(v / step)
			products += float64(v * n)
			squares += float64(n * n)
		}
		step = products / squares
	}
	for _, v := range values {
		if n := v / step; math.Abs(n-math.Round(n)) > 4*noise*n || math.Round(n) < 1 {
			return 0
		}
	}
	if top/step >= 1<<MaxBits {
		return 0
	}
	return step
}

// fileBoundaries gives each channel the sums at which the file's rounding reaches the next
// level: the quotient of float32 numbers, ties to even, as ONNX Runtime computes it.
func (b *builder) fileBoundaries(pop *quantised.Population, role *role, c channels, l *Layer) {
	op := b.m.Prepared.Nodes[role.node].Op.(*snn.Quantise)
	low := op.Low
	if role.positive {
		low = max(op.Low, op.Zero)
	}
	pop.Bits, pop.Zero, pop.Scale = bits.Len(uint(op.High-low)), int32(op.Zero-low), []float64{
		op.Scale}
	for channel := range c.count() {
		unit := pop.Unit[channel*c.each]
		if last := len(pop.Groups) - 1; last >= 0 && unit == pop.Unit[(channel-1)*c.each] {
			pop.Groups[last].Count += c.each
			continue
		}
		g := quantised.Group{First: channel * c.each, Count: c.each,
			Boundaries: make([]int64, op.High-low)}
		for j := range g.Boundaries {
			g.Boundaries[j] = leastSum(op, role.ceil, unit, low+j+1)
		}
		pop.Groups = append(pop.Groups, g)
	}
	l.Range = op.Value(op.High)
}

// leastSum is the least sum, times a unit, that a grid sends to a level.
func leastSum(op *snn.Quantise, ceil, unit float64, level int) int64 {
	reaches := func(sum int64) bool {
		y := float64(sum) * unit
		if ceil > 0 {
			y = min(y, ceil)
		}
		return op.Level(y) >= level
	}
	if ceil > 0 && op.Level(ceil) < level {
		return quantised.Never
	}
	sum := int64(math.Ceil((float64(level-op.Zero) - 0.5) * op.Scale / unit))
	for reaches(sum - 1) {
		sum--
	}
	for !reaches(sum) {
		sum++
	}
	return sum
}
