package onnx

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/snn"
)

// lastImage is a batch of one 2x2 image of two channels, channels last.
func lastImage() *modelBuilder { return model(13).input("x", "N", 2, 2, 2).output("y") }

func toFirst() []byte { return intsAttr("perm", 0, 3, 1, 2) }
func toLast() []byte  { return intsAttr("perm", 0, 2, 3, 1) }

func TestTransposes(t *testing.T) {
	checkGraphs(t, []graphCase{
		{"pairs around a Relu cancel", model(13).input("x", "N", 2, 2, 2).output("y").
			node("Transpose a: x > h", toLast()).node("Relu r: h > g").node("Transpose b: g > y",
			toFirst()), `
			x input 2x2x2
			r relu 2x2x2 <x
			y output 2x2x2 <r`},
		{"channels last from end to end", lastImage().floats("w", []int{2, 2, 1, 1},
			counting(4)...).floats("k", []int{2}, 5, 6).
			node("Transpose a: x > h", toFirst()).node("Conv c: h w > g").node("Transpose b: g > f",
			toLast()).
			node("Add s: f k > e").node("Relu r: e > d").node("Reshape v: d t > y").ints("t", 0,
			-1), `
			x input 2x2x2
			a gather[0 2 4 6 1 3 5 7] 2x2x2 <x
			c conv [1 2 3 4]+[5 6] k1x1 2x2x2 <a
			r relu 2x2x2 <c
			b gather[0 4 1 5 2 6 3 7] 2x2x2 <r
			v reshape 2x2x2>8 <b
			y output 8 <v`},
		{"a bias behind a Transpose of what another node reads",
			model(13).input("x", "N", 2, 1, 1).output("y").floats("w", []int{2, 2, 1, 1},
				counting(4)...).
				floats("k", []int{2}, 5, 6).node("Conv c: x w > h").node("Transpose a: h > g",
				toLast()).node("Add s: g k > f").
				node("Transpose b: f > e", toFirst()).node("Add d: e h > y"), `
			x input 2x1x1
			c conv [1 2 3 4] k1x1 2x1x1 <x
			a reshape 2x1x1>1x1x2 <c
			s scale*[1]+[5 6] 1x1x2 <a
			b reshape 1x1x2>2x1x1 <s
			d reshape 2x1x1 <b <c
			y output 2x1x1 <d`},
		{"a bias behind a Transpose that moves what another node reads",
			model(13).input("x", "N", 2, 1, 2).output("y").floats("w", []int{2, 2, 1, 1},
				counting(4)...).
				floats("k", []int{2}, 5, 6).node("Conv c: x w > h").node("Transpose a: h > g",
				toLast()).node("Add s: g k > f").
				node("Transpose b: f > e", toFirst()).node("Add d: e h > y"), `
			x input 2x1x2
			c conv [1 2 3 4] k1x1 2x1x2 <x
			s scale*[1]+[5 6] 2x1x2 <c
			d reshape 2x1x2 <s <c
			y output 2x1x2 <d`},
		{"a constant per channel, channels last",
			model(13).input("x", "N", 2, 1, 2).output("y").floats("k", []int{2}, 3, 4).
				node("Transpose a: x > h",
					toLast()).node("Mul m: h k > g").node("Transpose b: g > y",
				toFirst()), `
			x input 2x1x2
			m scale*[3 4] 2x1x2 <x
			y output 2x1x2 <m`},
		{"a Flatten of channels last", model(13).input("x", "N", 2, 1, 2).output("y").
			node("Transpose a: x > h", toLast()).node("Flatten f: h > y"), `
			x input 2x1x2
			a gather[0 2 1 3] 2x1x2>1x2x2 <x
			f reshape 1x2x2>4 <a
			y output 4 <f`},
		{"branches that wait alike", model(13).input("x", "N", 2, 1, 2).output("y").
			node("Transpose a: x > h", toLast()).node("Relu r: h > g").node("Add s: g h > f").node(
			"Transpose b: f > y", toFirst()), `
			x input 2x1x2
			r relu 2x1x2 <x
			s reshape 2x1x2 <r <x
			y output 2x1x2 <s`},
		{"Concat of channels, channels last", model(13).input("x", "N", 1, 1, 2).output("y").
			node("Transpose a: x > h", toLast()).node("Relu r: h > g").node("Concat s: g h > f",
			intAttr("axis", 3)).node("Transpose b: f > y", toFirst()), `
			x input 1x1x2
			a reshape 1x1x2>1x2x1 <x
			r relu 1x2x1 <a
			s_part0 gather[0 -1 1 -1] 1x2x1>1x2x2 <r
			s_part1 gather[-1 0 -1 1] 1x2x1>1x2x2 <a
			s reshape 1x2x2 <s_part0 <s_part1
			b gather[0 2 1 3] 1x2x2>2x1x2 <s
			y output 2x1x2 <b`},
		{"a mean over the image, channels last", model(13).input("x", "N", 2, 1, 2).output("y").
			node("Transpose a: x > h", toLast()).node("ReduceMean m: h > y", intsAttr("axes", 1, 2),
			intAttr("keepdims", 0)), `
			x input 2x1x2
			m pool average k1x2 2x1x2>2x1x1 <x
			m_shape reshape 2x1x1>2 <m
			y output 2 <m_shape`},
	})
}

func TestMoves(t *testing.T) {
	checkGraphs(t, []graphCase{
		{"Concat of branches",
			vector().floats("w", []int{2, 1}, 1).node("Relu r: x > h").node("MatMul m: x w > g").
				node("Concat c: g h > y", intAttr("axis", -1)), `
			x input 2
			r relu 2 <x
			m dense[[1 1]] 2>1 <x
			c_part0 gather[0 -1 -1] 1>3 <m
			c_part1 gather[-1 0 1] 2>3 <r
			c reshape 3 <c_part0 <c_part1
			y output 3 <c`},
		{"Concat with a constant", vector().floats("k", []int{1, 1}, 7).node("Concat c: k x > y",
			intAttr("axis", 1)), `
			x input 2
			c_part1 gather[-1 0 1] 2>3 <x
			c_constant scale*[1]+[7 0 0] 3 <c_part1
			y output 3 <c_constant`},
		{"Split into two, one unused",
			model(13).input("x", "N", 4).output("y").node("Split s: x > y z", intAttr("axis", 1)), `
			x input 4
			s_part0 gather[0 1] 4>2 <x
			y output 2 <s_part0`},
		{"Split by sizes", model(13).input("x", "N", 4).output("y").ints("n", 1,
			3).node("Split s: x n > a y", intAttr("axis", 1)), `
			x input 4
			s_part1 gather[1 2 3] 4>3 <x
			y output 3 <s_part1`},
		{"Slice backwards", model(13).input("x", "N", 4).output("y").ints("from", -1).ints("to",
			-9).ints("ax", 1).ints("by", -2).
			node("Slice s: x from to ax by > y"), `
			x input 4
			s gather[3 1] 4>2 <x
			y output 2 <s`},
		{"Gather of elements", model(13).input("x", "N", 3).output("y").ints("i", 2,
			0).node("Gather g: x i > y", intAttr("axis", 1)), `
			x input 3
			g gather[2 0] 3>2 <x
			y output 2 <g`},
		{"Gather of one row", model(13).input("x", "N", 2, 2).output("y").node("Constant: > i",
			intAttr("value_int", 1)).
			node("Gather g: x i > y", intAttr("axis", 1)), `
			x input 2x2
			g gather[2 3] 2x2>2 <x
			y output 2 <g`},
		{"Tile and Expand", model(13).input("x", "N", 1, 2).output("y").ints("r", 1, 1, 2).ints("t",
			1, 2, 4).
			node("Tile t: x r > h").node("Expand e: h t > y"), `
			x input 1x2
			t gather[0 1 0 1] 1x2>1x4 <x
			e gather[0 1 2 3 0 1 2 3] 1x4>2x4 <t
			y output 2x4 <e`},
		{"Add of a signal that is repeated", model(13).input("x", "N", 2, 2).output("y").
			node("ReduceSum r: x > h", intsAttr("axes", 2)).node("Add a: x h > y"), `
			x input 2x2
			r pool sum k1x2 2x2>2x1 <x
			a_repeated gather[0 0 1 1] 2x1>2x2 <r
			a reshape 2x2 <x <a_repeated
			y output 2x2 <a`},
		{"Pad by reflection, at the edge and by a value",
			model(13).input("x", "N", 3).output("y").ints("p", 0, 2, 0, 1).floats("v", nil, 5).
				node("Pad a: x p > h", stringAttr("mode", "reflect")).node("Pad b: h p > g",
				stringAttr("mode", "edge")).
				node("Pad c: g q v > y").ints("q", 0, 1, 0, -8), `
			x input 3
			a gather[2 1 0 1 2 1] 3>6 <x
			b gather[0 0 0 1 2 3 4 5 5] 6>9 <a
			c gather[-1 0] 9>2 <b
			c_value scale*[1]+[5 0] 2 <c
			y output 2 <c_value`},
		{"a mean over the channels",
			model(13).input("x", "N", 2, 2).output("y").node("ReduceMean m: x > y",
				intsAttr("axes", 1)), `
			x input 2x2
			m gather[0 2 1 3] 2x2 <x
			m_2 pool average k1x2 2x2>2x1 <m
			m_shape reshape 2x1>1x2 <m_2
			y output 1x2 <m_shape`},
		{"a maximum behind a Pad of what is not negative",
			imageModel(13).ints("p", 0, 0, 1, 1, 0, 0, 1, 1).
				node("Relu r: x > h").node("Pad p: h p > g").node("MaxPool m: g > y",
				intsAttr("kernel_shape", 2, 2), intsAttr("strides", 2, 2)), `
			x input 1x4x4
			r relu 1x4x4 <x
			m maxpool k2x2 s2x2 p[1 1 1 1] 1x4x4>1x3x3 <r
			y output 1x3x3 <m`},
	})
}

// moveCase is a chain of random moves of a signal.
type moveCase struct {
	model *modelBuilder
	dims  []int
	// at has the element of the input at each place, -1 for a 0.
	at []int
	n  int
}

// next names the signal before and behind a move.
func (c *moveCase) next() (from, to string) {
	name := func(i int) string {
		if i == 0 {
			return "x"
		}
		return string(rune('a' + i))
	}
	c.n++
	return name(c.n - 1), name(c.n)
}

// reorder sets the extents and where each element comes from.
func (c *moveCase) reorder(dims []int, from func(index []int) int) {
	n, _ := product(dims)
	at, index := make([]int, n), make([]int, len(dims))
	for i := range at {
		rest := i
		for a := len(dims) - 1; a >= 0; a-- {
			index[a] = rest % dims[a]
			rest /= dims[a]
		}
		at[i] = -1
		if j := from(index); j >= 0 {
			at[i] = c.at[j]
		}
	}
	c.dims, c.at = dims, at
}

// offset is the place of an index in the extents before a move.
func offset(dims, index []int) int {
	at := 0
	for a, i := range index {
		at = at*dims[a] + i
	}
	return at
}

func (c *moveCase) transpose(t *rapid.T) {
	rest := rapid.Permutation([]int{1, 2, 3}).Draw(t, "perm")
	perm, old := append([]int{0}, rest...), c.dims
	dims, list := make([]int, 4), make([]int64, 4)
	for i, a := range perm {
		dims[i], list[i] = old[a], int64(a)
	}
	from, to := c.next()
	c.model.node("Transpose: "+from+" > "+to, intsAttr("perm", list...))
	c.reorder(dims, func(index []int) int {
		before := make([]int, 4)
		for i, a := range perm {
			before[a] = index[i]
		}
		return offset(old, before)
	})
}

func (c *moveCase) slice(t *rapid.T) {
	axis := rapid.IntRange(1, 3).Draw(t, "axis")
	first := rapid.IntRange(0, c.dims[axis]-1).Draw(t, "first")
	end := rapid.IntRange(first+1, c.dims[axis]).Draw(t, "end")
	from, to := c.next()
	c.model.node("Slice: "+from+" s"+to+" e"+to+" a"+to+" > "+to).
		ints("s"+to, int64(first)).ints("e"+to, int64(end)).ints("a"+to, int64(axis))
	old, dims := c.dims, slices.Clone(c.dims)
	dims[axis] = end - first
	c.reorder(dims, func(index []int) int {
		before := slices.Clone(index)
		before[axis] += first
		return offset(old, before)
	})
}

func (c *moveCase) pad(t *rapid.T) {
	axis := rapid.IntRange(1, 3).Draw(t, "axis")
	low, high := rapid.IntRange(-1, 2).Draw(t, "low"), rapid.IntRange(0, 2).Draw(t, "high")
	if c.dims[axis]+low+high < 1 {
		return
	}
	pads := make([]int64, 8)
	pads[axis], pads[4+axis] = int64(low), int64(high)
	from, to := c.next()
	c.model.node("Pad: "+from+" p"+to+" > "+to).ints("p"+to, pads...)
	old, dims := c.dims, slices.Clone(c.dims)
	dims[axis] += low + high
	c.reorder(dims, func(index []int) int {
		before := slices.Clone(index)
		before[axis] -= low
		if before[axis] < 0 || before[axis] >= old[axis] {
			return -1
		}
		return offset(old, before)
	})
}

// double joins the signal with itself.
func (c *moveCase) double(t *rapid.T) {
	axis := rapid.IntRange(1, 3).Draw(t, "axis")
	if len(c.at) > 200 {
		return
	}
	from, to := c.next()
	c.model.node("Concat: "+from+" "+from+" > "+to, intAttr("axis", int64(axis)))
	old, dims := c.dims, slices.Clone(c.dims)
	dims[axis] *= 2
	c.reorder(dims, func(index []int) int {
		before := slices.Clone(index)
		before[axis] %= old[axis]
		return offset(old, before)
	})
}

// TestMovesByDefinition holds chains of Transpose, Slice, Pad and Concat,
// with a Relu anywhere between them, against the places that the
// definitions give.
func TestMovesByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &moveCase{dims: []int{1}}
		for range 3 {
			c.dims = append(c.dims, rapid.IntRange(1, 4).Draw(t, "extent"))
		}
		c.model = model(13).input("x", "N", c.dims[1], c.dims[2], c.dims[3]).output("y")
		n, _ := product(c.dims)
		for i := range n {
			c.at = append(c.at, i)
		}
		for range rapid.IntRange(1, 6).Draw(t, "moves") {
			moves := []func(*rapid.T){c.transpose, c.slice, c.pad, c.double, func(*rapid.T) {
				from, to := c.next()
				c.model.node("Relu: " + from + " > " + to)
			}}
			rapid.SampledFrom(moves).Draw(t, "move")(t)
		}
		from, _ := c.next()
		net, err := parse(c.model.node("Identity: "+from+" > y").bytes(), "test", "", Options{})
		require.NoError(t, err)
		require.NoError(t, net.Validate())
		analog, err := snn.NewAnalog(net)
		require.NoError(t, err)
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i + 1)
		}
		got, err := analog.Run(x)
		require.NoError(t, err)
		want := make([]float64, len(c.at))
		for i, at := range c.at {
			want[i] = float64(at + 1)
		}
		require.Equal(t, want, got)
	})
}
