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
