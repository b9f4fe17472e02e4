package onnx

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/snn"
)

// poolCase is a pool over one channel, perhaps after a Pad.
type poolCase struct {
	h, w                     int
	kernel, stride, dilation [2]int
	// pads are the pool's, pad the Pad's: top, left, bottom, right.
	pads, pad              [4]int
	ceil, include, maximum bool
	values                 []float64
}

func drawPool(t *rapid.T) *poolCase {
	small := func(name string, low, high int) int { return rapid.IntRange(low, high).Draw(t, name) }
	c := &poolCase{
		h: small("h", 1, 6), w: small("w", 1, 6),
		ceil: rapid.Bool().Draw(t, "ceil"), include: rapid.Bool().Draw(t, "include"),
		maximum: rapid.Bool().Draw(t, "maximum"),
	}
	for i := range 2 {
		c.kernel[i], c.stride[i], c.dilation[i] = small("kernel", 1, 3), small("stride", 1,
			3), small("dilation", 1, 2)
	}
	for i := range 4 {
		c.pads[i] = small("pads", 0, 1)
		if small("with Pad", 0, 2) == 0 {
			c.pad[i] = small("pad", 0, 2)
		}
	}
	c.values = rapid.SliceOfN(rapid.Float64Range(-1, 1), c.h*c.w, c.h*c.w).Draw(t, "values")
	return c
}

func (c *poolCase) model() *modelBuilder {
	wide := func(v ...int) []int64 {
		out := make([]int64, len(v))
		for i := range v {
			out[i] = int64(v[i])
		}
		return out
	}
	flag := map[bool]int64{true: 1}
	attributes := [][]byte{
		packedAttr("kernel_shape", wide(c.kernel[:]...)...),
		packedAttr("strides", wide(c.stride[:]...)...),
		packedAttr("dilations", wide(c.dilation[:]...)...),
		packedAttr("pads", wide(c.pads[:]...)...),
		intAttr("ceil_mode", flag[c.ceil]),
	}
	op := "MaxPool"
	if !c.maximum {
		op = "AveragePool"
		attributes = append(attributes, intAttr("count_include_pad", flag[c.include]))
	}
	p := wide(0, 0, c.pad[0], c.pad[1], 0, 0, c.pad[2], c.pad[3])
	return model(19).input("x", "N", 1, c.h, c.w).output("y").ints("p", p...).
		node("Pad: x p > h").node(op+": h > y", attributes...)
}

// extent is the number of windows along an axis as ONNX's text has it.
func (c *poolCase) extent(axis, padded int) int {
	room := padded + c.pads[axis] + c.pads[axis+2] - (c.dilation[axis]*(c.kernel[axis]-1) + 1)
	if room < 0 {
		return 0
	}
	exact := float64(room) / float64(c.stride[axis])
	if !c.ceil {
		return int(math.Floor(exact)) + 1
	}
	n := int(math.Ceil(exact)) + 1
	if (n-1)*c.stride[axis] >= padded+c.pads[axis] {
		n--
	}
	return n
}

// want computes the pool by its definition; ok is false where a window has
// nothing to pool.
func (c *poolCase) want() (out []float64, ok bool) {
	h, w := c.h+c.pad[0]+c.pad[2], c.w+c.pad[1]+c.pad[3]
	for oy := range c.extent(0, h) {
		for ox := range c.extent(1, w) {
			v, ok := c.pooled(oy, ox, h, w)
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
	}
	return out, len(out) > 0
}

func (c *poolCase) pooled(oy, ox, h, w int) (float64, bool) {
	sum, largest, count, inside := 0.0, math.Inf(-1), 0, 0
	for ky := range c.kernel[0] {
		for kx := range c.kernel[1] {
			y := oy*c.stride[0] + ky*c.dilation[0] - c.pads[0]
			x := ox*c.stride[1] + kx*c.dilation[1] - c.pads[1]
			if y >= 0 && x >= 0 && y < h && x < w {
				v := c.padded(y-c.pad[0], x-c.pad[1])
				sum, largest, count, inside = sum+v, max(largest, v), count+1, inside+1
			} else if c.include && y < h+c.pads[2] && x < w+c.pads[3] {
				count++
			}
		}
	}
	if c.maximum {
		return largest, inside > 0
	}
	return sum / float64(max(count, 1)), inside > 0
}

func (c *poolCase) padded(y, x int) float64 {
	if y < 0 || x < 0 || y >= c.h || x >= c.w {
		return 0
	}
	return c.values[y*c.w+x]
}

// TestPoolsByDefinition: a pool that is read computes what ONNX defines,
// for any geometry; one whose windows hold nothing is refused.
func TestPoolsByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawPool(t)
		want, ok := c.want()
		net, err := parse(c.model().bytes(), "test", "", Options{})
		if !ok {
			require.Error(t, err)
			return
		}
		if err != nil {
			require.ErrorContains(t, err, "with ceil_mode and count_include_pad")
			require.True(t, c.ceil && c.include && !c.maximum)
			return
		}
		analog, err := snn.NewAnalog(net)
		require.NoError(t, err)
		got, err := analog.Run(c.values)
		require.NoError(t, err)
		require.InDeltaSlice(t, want, got, 1e-12)
	})
}

// TestSamePadding: with SAME the output has ceil(in/stride) elements and
// the two sides differ by one at most.
func TestSamePadding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := side{
			in:       rapid.IntRange(1, 40).Draw(t, "in"),
			kernel:   rapid.IntRange(1, 7).Draw(t, "kernel"),
			stride:   rapid.IntRange(1, 4).Draw(t, "stride"),
			dilation: rapid.IntRange(1, 3).Draw(t, "dilation"),
		}
		lower := rapid.Bool().Draw(t, "lower")
		s.placeSame(lower)
		require.Equal(t, int(math.Ceil(float64(s.in)/float64(s.stride))), s.out)
		odd := s.after - s.before
		if lower {
			odd = -odd
		}
		require.Contains(t, []int{0, 1}, odd)
		if s.before+s.after > 0 {
			require.Equal(t, s.in+s.before+s.after, (s.out-1)*s.stride+s.reach())
		}
	})
}

func TestConvolutions(t *testing.T) {
	checkGraphs(t, []graphCase{
		{"2-D with uneven padding, strides and dilations",
			imageModel(13).floats("w", []int{1, 1, 2, 1}, 1, 2).floats("b", []int{1}, 3).
				node("Conv c: x w b > y", intsAttr("kernel_shape", 2, 1),
					packedAttr("pads", 0, 1, 2, 3), intsAttr("strides", 1, 2),
					intsAttr("dilations", 2, 1)), `
			x input 1x4x4
			c conv [1 2]+[3] k2x1 s1x2 d2x1 p[0 1 2 3] 1x4x4 <x
			y output 1x4x4 <c`},
		{"1-D", model(13).input("x", "N", 1, 4).output("y").floats("w", []int{2, 1, 3},
			counting(6)...).
			node("Conv c: x w > y", intsAttr("pads", 1, 1)), `
			x input 1x4
			c conv [1 2 3 4 5 6] k1x3 p[0 1 0 1] 1x4>2x4 <x
			y output 2x4 <c`},
		{"groups", model(13).input("x", "N", 2, 1, 1).output("y").floats("w", []int{2, 1, 1, 1}, 1,
			2).
			node("Conv c: x w > y", intAttr("group", 2)), `
			x input 2x1x1
			c conv [1 2] groups 2 k1x1 2x1x1 <x
			y output 2x1x1 <c`},
		{"SAME_UPPER puts the odd element behind", imageModel(13).floats("w", []int{1, 1, 1, 2}, 1).
			node("Conv c: x w > y", stringAttr("auto_pad", "SAME_UPPER")), `
			x input 1x4x4
			c conv [1 1] k1x2 p[0 0 0 1] 1x4x4 <x
			y output 1x4x4 <c`},
		{"SAME_LOWER puts it in front", imageModel(13).floats("w", []int{1, 1, 1, 2}, 1).
			node("Conv c: x w > y", stringAttr("auto_pad", "SAME_LOWER")), `
			x input 1x4x4
			c conv [1 1] k1x2 p[0 1 0 0] 1x4x4 <x
			y output 1x4x4 <c`},
		{"SAME with strides", imageModel(13).floats("w", []int{1, 1, 3, 3}, 1).
			node("Conv c: x w > y", stringAttr("auto_pad", "SAME_UPPER"),
				intsAttr("strides", 2, 2)), `
			x input 1x4x4
			c conv [1 1 1 1 1 1 1 1 1] k3x3 s2x2 p[0 0 1 1] 1x4x4>1x2x2 <x
			y output 1x2x2 <c`},
		{"VALID", imageModel(13).floats("w", []int{1, 1, 2, 2}, 1).
			node("Conv c: x w > y", stringAttr("auto_pad", "VALID")), `
			x input 1x4x4
			c conv [1 1 1 1] k2x2 1x4x4>1x3x3 <x
			y output 1x3x3 <c`},
		{"Pad before", imageModel(13).floats("w", []int{1, 1, 4, 4}, 1).ints("p", 0, 0, 1, 2, 0, 0,
			0, 1).
			node("Pad p: x p > h").node("Conv c: h w > y", intsAttr("pads", 0, 1, 0, 0)), `
			x input 1x4x4
			c conv [1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1] k4x4 p[1 3 0 1] 1x4x4>1x2x5 <x
			y output 1x2x5 <c`},
		{"bias by Add", imageModel(13).floats("w", []int{2, 1, 4, 4}, 0).floats("b",
			[]int{1, 2, 1, 1}, 5, 6).
			node("Conv c: x w > h").node("Add: h b > g").node("Reshape: g t > y").ints("t", 0, -1),
			`
			x input 1x4x4
			c conv [0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0]+[5 6] k4x4 1x4x4>2x1x1 <x
			Reshape_2 reshape 2x1x1>2 <c
			y output 2 <Reshape_2`},
	})
}

func TestPools(t *testing.T) {
	k2 := intsAttr("kernel_shape", 2, 2)
	s2 := intsAttr("strides", 2, 2)
	checkGraphs(t, []graphCase{
		{"average after Constant and Pad of nothing", imageModel(13).
			node("Constant: > p", tensorAttr("value", intsTensor("", 0, 0, 0, 0, 0, 0, 0, 0))).
			node("Pad: x p _ > h").node("AveragePool a: h > y", k2, s2), `
			x input 1x4x4
			a pool average k2x2 s2x2 1x4x4>1x2x2 <x
			y output 1x2x2 <a`},
		{"average whose own padding does not count", imageModel(13).
			node("AveragePool a: x > y", k2, s2, intsAttr("pads", 1, 1, 1, 1)), `
			x input 1x4x4
			a pool average excluding padding k2x2 s2x2 p[1 1 1 1] 1x4x4>1x3x3 <x
			y output 1x3x3 <a`},
		{"average whose padding counts", imageModel(13).
			node("AveragePool a: x > y", k2, s2, intsAttr("pads", 1, 1, 1, 1),
				intAttr("count_include_pad", 1)), `
			x input 1x4x4
			a pool average k2x2 s2x2 p[1 1 1 1] 1x4x4>1x3x3 <x
			y output 1x3x3 <a`},
		{"zeros of a Pad count", model(10).input("x", "N", 1, 4, 4).output("y").
			node("Pad p: x > h", intsAttr("pads", 0, 0, 1, 1, 0, 0, 1, 1)).node(
			"AveragePool a: h > y", k2, s2), `
			x input 1x4x4
			a pool average k2x2 s2x2 p[1 1 1 1] 1x4x4>1x3x3 <x
			y output 1x3x3 <a`},
		{"zeros of a Pad count and the pool's do not", imageModel(13).ints("p", 0, 0, 1, 1, 0, 0, 1,
			1).
			node("Pad p: x p > h").node("AveragePool a: h > y", k2, s2,
			intsAttr("pads", 1, 1, 1, 1)), `
			x input 1x4x4
			p conv [1] k1x1 p[1 1 1 1] 1x4x4>1x6x6 <x
			a pool average excluding padding k2x2 s2x2 p[1 1 1 1] 1x6x6>1x4x4 <p
			y output 1x4x4 <a`},
		{"ceil_mode", imageModel(13).
			node("AveragePool a: x > y", intsAttr("kernel_shape", 3, 3), s2,
				intAttr("ceil_mode", 1)), `
			x input 1x4x4
			a pool average excluding padding k3x3 s2x2 p[0 0 1 1] 1x4x4>1x2x2 <x
			y output 1x2x2 <a`},
		{"ceil_mode does not start a window behind the signal",
			model(13).input("x", "N", 1, 3).output("y").
				node("MaxPool m: x > y", intsAttr("kernel_shape", 1), intsAttr("strides", 3),
					intAttr("ceil_mode", 1)), `
			x input 1x3
			m maxpool k1x1 s1x3 1x3>1x1 <x
			y output 1x1 <m`},
		{"max after a Pad: its zeros take part", imageModel(13).ints("p", 1, 1, 1, 1).ints("axes",
			-2, -1).
			node("Pad p: x p _ axes > h").node("MaxPool m: h > y", k2, s2), `
			x input 1x4x4
			p conv [1] k1x1 p[1 1 1 1] 1x4x4>1x6x6 <x
			m maxpool k2x2 s2x2 1x6x6>1x3x3 <p
			y output 1x3x3 <m`},
		{"global average",
			imageModel(13).node("GlobalAveragePool g: x > h").node("Flatten f: h > y"), `
			x input 1x4x4
			g pool average k4x4 1x4x4>1x1x1 <x
			f reshape 1x1x1>1 <g
			y output 1 <f`},
		{"global maximum", imageModel(13).node("GlobalMaxPool g: x > y"), `
			x input 1x4x4
			g maxpool k4x4 1x4x4>1x1x1 <x
			y output 1x1x1 <g`},
		{"ReduceMean by attribute", imageModel(13).node("ReduceMean g: x > y",
			intsAttr("axes", 2, 3), intAttr("keepdims", 0)), `
			x input 1x4x4
			g pool average k4x4 1x4x4>1x1x1 <x
			g_shape reshape 1x1x1>1 <g
			y output 1 <g_shape`},
		{"ReduceSum by input", imageModel(18).ints("axes", -1, -2).node("ReduceSum g: x axes > y"),
			`
			x input 1x4x4
			g pool sum k4x4 1x4x4>1x1x1 <x
			y output 1x1x1 <g`},
		{"a Relu behind a pool stays",
			imageModel(13).node("Relu r: x > h").node("AveragePool a: h > g", k2,
				s2).node("Relu s: g > y"), `
			x input 1x4x4
			r relu 1x4x4 <x
			a pool average k2x2 s2x2 1x4x4>1x2x2 <r
			s relu 1x2x2 <a
			y output 1x2x2 <s`},
		{"a Relu behind a maximum does nothing",
			imageModel(13).node("Relu r: x > h").node("MaxPool a: h > g", k2,
				s2).node("Relu: g > y"), `
			x input 1x4x4
			r relu 1x4x4 <x
			a maxpool k2x2 s2x2 1x4x4>1x2x2 <r
			y output 1x2x2 <a`},
	})
}
