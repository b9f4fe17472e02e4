package onnx

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn"
)

// TestRectifiers: a Relu in all its spellings.
func TestRectifiers(t *testing.T) {
	relu := `
		x input 2
		r relu 2 <x
		y output 2 <r`
	six := `
		x input 2
		r relu to 6 2 <x
		y output 2 <r`
	zero := func() *modelBuilder {
		return vector().floats("zero", nil, 0).floats("six", []int{1}, 6)
	}
	checkGraphs(t, []graphCase{
		{"Max", zero().node("Max r: x zero > y"), relu},
		{"Max, the constant first", zero().node("Max r: zero x > y"), relu},
		{"Max of more than two", zero().floats("low", nil, -3).node("Max r: low x zero > y"), relu},
		{"Clip", zero().node("Clip r: x zero > y"), relu},
		{"LeakyRelu that does not leak", zero().node("LeakyRelu r: x > y", floatAttr("alpha", 0)),
			relu},
		{"Max and Min", zero().node("Max r: x zero > h").node("Min m: h six > y"), six},
		{"Clip without bounds", zero().node("Clip c: x > h").node("Relu r: h > y"), relu},
		{"Clip of a Relu from below 0",
			zero().floats("low", nil, -1).node("Relu r: x > h").node("Clip c: h low > y"), relu},
		{"Clip that does not begin at 0",
			zero().floats("low", nil, -1).node("Clip r: x low six > y"), `
			x input 2
			r_from scale*[1]+[1] 2 <x
			r relu to 7 2 <r_from
			r_back scale*[1]+[-1] 2 <r
			y output 2 <r_back`},
		{"Min", zero().node("Min r: x six > y"), `
			x input 2
			r_from scale*[-1]+[6] 2 <x
			r relu 2 <r_from
			r_back scale*[-1]+[6] 2 <r
			y output 2 <r_back`},
		{"Max per element", zero().floats("low", []int{2}, 1, 2).node("Max r: x low > y"), `
			x input 2
			r_from scale*[1]+[-1 -2] 2 <x
			r relu 2 <r_from
			r_back scale*[1]+[1 2] 2 <r
			y output 2 <r_back`},
	})
}

// TestLimits computes what Clip, Max and Min give on both sides of their
// bounds.
func TestLimits(t *testing.T) {
	limits := func() *modelBuilder {
		return model(13).input("x", 4).output("y").floats("low", nil, -1).floats("high", nil,
			2).floats("each", []int{4}, 0, 5, -5, 1)
	}
	for _, tc := range []struct {
		node string
		want []float64
	}{
		{"Clip: x low high > y", []float64{-1, -0.5, 1, 2}},
		{"Min: x high > y", []float64{-3, -0.5, 1, 2}},
		{"Max: x low > y", []float64{-1, -0.5, 1, 4}},
		{"Max: each x > y", []float64{0, 5, 1, 4}},
		{"Min: x each > y", []float64{-3, -0.5, -5, 1}},
	} {
		require.Equal(t, tc.want, run(t, limits().node(tc.node), -3, -0.5, 1, 4), tc.node)
	}
}

func TestSumsWithConstants(t *testing.T) {
	with := func() *modelBuilder {
		return model(13).input("x", 2).output("y").floats("a", nil, 1).floats("b", []int{2}, 10, 20)
	}
	for _, tc := range []struct {
		node string
		want []float64
	}{
		{"Sum: x a b > y", []float64{14, 25}},
		{"Sum: a x b x > y", []float64{17, 29}},
		{"Sum: x > y", []float64{3, 4}},
		{"Mean: x a b > y", []float64{14.0 / 3, 25.0 / 3}},
		{"Mean: a x x > y", []float64{7.0 / 3, 3}},
		{"Mean: x x > y", []float64{3, 4}},
	} {
		require.InDeltaSlice(t, tc.want, run(t, with().node(tc.node), 3, 4), 1e-12, tc.node)
	}
}

// TestQuantisedConstants: weights that are quantised are constants.
func TestQuantisedConstants(t *testing.T) {
	eight := func(name string, dims []int, values ...byte) []byte {
		return putBytes(tensorHead(name, typeInt8, dims...), 9, values)
	}
	m := model(13).input("x", 2).output("y").
		initializer(eight("q", []int{2, 2}, 1, 0xff, 3, 0x80)).initializer(eight("zero", []int{2},
		1, 0)).
		floats("s", []int{2}, 0.5, 0.25).floats("one", []int{1, 2}, 1, 1)
	require.Equal(t, []float64{0, -0.25},
		run(t, m.node("DequantizeLinear: q s zero > w", intAttr("axis", 1)).node("MatMul: x w > y"),
			1, 0))

	m = model(13).input("x", 2).output("y").floats("v", []int{2}, 0.75, -100).floats("s", nil, 0.5).
		initializer(eight("zero", nil, 1)).
		node("QuantizeLinear: v s zero > q").node("DequantizeLinear: q s zero > w").node(
		"Mul: x w > y")
	require.Equal(t, []float64{1, -64.5}, run(t, m, 1, 1), "0.75 / 0.5 rounds to the even 2; "+
		"-100 is clipped to -128")
}

// TestEnds: what keeps the largest class the largest is dropped.
func TestEnds(t *testing.T) {
	for _, m := range []*modelBuilder{
		vector().node("Sigmoid: x > y"),
		vector().node("Softmax: x > h").node("Log: h > y"),
		vector().node("LogSoftmax: x > h").node("ArgMax: h > y", intAttr("axis", 1)),
		vector().node("Sigmoid: x > h").node("Identity: h > y"),
	} {
		net := network(t, m)
		require.Equal(t, "x input 2\ny output 2 <x", describe(net))
		require.Len(t, net.Warnings, 1)
	}
}

func TestUnsortedNodes(t *testing.T) {
	checkGraphs(t,
		[]graphCase{{"from the end",
			vector().node("Neg c: b > y").node("Relu b: a > b").node("Neg a: x > a"), `
		x input 2
		a scale*[-1] 2 <x
		b relu 2 <a
		c scale*[-1] 2 <b
		y output 2 <c`}})
}

func TestInputsAndOutputs(t *testing.T) {
	read := func(m *modelBuilder, opts Options) (string, error) {
		net, err := parse(m.bytes(), "test", "", opts)
		if err != nil {
			return "", err
		}
		return describe(net), net.Validate()
	}
	two := func() *modelBuilder {
		return model(13).input("label", "N", 3).input("x", "N", 2).output("y",
			"z").node("Relu r: x > y").node("Neg n: y > z")
	}
	got, err := read(two(), Options{})
	require.NoError(t, err)
	require.Equal(t, "x input 2\nr relu 2 <x\ny output 2 <r", got,
		"the input that the output depends on")

	got, err = read(two(), Options{Output: "z"})
	require.NoError(t, err)
	require.Equal(t, "x input 2\nr relu 2 <x\nn scale*[-1] 2 <r\nz output 2 <n", got)

	_, err = read(two(), Options{Output: "q"})
	require.EqualError(t, err, "no node gives the output 'q' that --output names; the graph's "+
		"outputs are 'y', 'z'")
	_, err = read(two(), Options{Input: "q"})
	require.EqualError(t, err, "--input names 'q', which is not an input of the graph (it has "+
		"'label', 'x')")
	_, err = read(two(), Options{Input: "label"})
	require.ErrorContains(t, err, "'x' is a further input of the graph")
	_, err = read(two(), Options{Shapes: map[string][]int{"q": {1}}})
	require.EqualError(t, err, "--shape gives a shape to 'q', which is not an input of the graph "+
		"(it has 'label', 'x')")
}

func TestShapesOfInputs(t *testing.T) {
	open := model(13).input("x", "N", 1, "h", "w").output("y").node("Relu: x > y")
	with := func(dims ...int) (*snn.Network, error) {
		return parse(open.bytes(), "test", "", Options{Shapes: map[string][]int{"x": dims}})
	}
	net, err := with(5, 1, 2, 3)
	require.NoError(t, err)
	require.Equal(t, snn.Shape{1, 2, 3}, net.Nodes[0].Out)
	require.Contains(t, net.Warnings[0], "fixes a batch of 5")
	_, err = with(1, 2, 2, 3)
	require.EqualError(t, err, "input 'x': --shape gives axis 1 the size 2, the file fixes it at 1")
	_, err = with(1, 2)
	require.EqualError(t, err, "input 'x': --shape gives it 2 axes, the file 4 (1x1xhxw)")
	_, err = with(1, 1, 0, 3)
	require.EqualError(t, err, "input 'x': --shape gives axis 2 the size 0")
}

// TestFixedBatch: samples of a batch stay apart, or the axis is none.
func TestFixedBatch(t *testing.T) {
	fixed := func() *modelBuilder { return model(13).input("x", 4, 4).output("y") }
	for _, tc := range []struct {
		name  string
		model *modelBuilder
		want  snn.Shape
	}{
		{"rows", fixed().ints("t", 4, -1).node("Reshape: x t > y"), snn.Shape{4}},
		{"a row", fixed().ints("t", 1, -1).node("Reshape: x t > y"), snn.Shape{16}},
		{"all", fixed().node("Flatten: x > y", intAttr("axis", 0)), snn.Shape{16}},
		{"first row", fixed().ints("i", 0).node("Gather: x i > y"), snn.Shape{1, 4}},
		{"sum of rows", fixed().node("ReduceSum: x > y", intsAttr("axes", 0),
			intAttr("keepdims", 0)), snn.Shape{4}},
		{"a constant per row", fixed().floats("k", []int{4, 1}, 1).node("Add: x k > y"),
			snn.Shape{4, 4}},
	} {
		net := network(t, tc.model)
		require.Equal(t, tc.want.Size(), net.Nodes[net.Outputs()[0]].Out.Size(), tc.name)
		require.Len(t, net.Warnings, 1, tc.name)
	}
}

// TestByteInputs: an input of bytes is 255 times a sample of 0 to 1.
func TestByteInputs(t *testing.T) {
	bytes := func() *modelBuilder {
		return model(13).elements(typeUint8).input("x", "N", 2).output("y")
	}
	require.Equal(t, []float64{255, 51},
		run(t, bytes().node("Cast: x > y", intAttr("to", typeFloat)), 1, 0.2))
	_, err := parse(bytes().node("Neg n: x > y").bytes(), "test", "", Options{})
	require.ErrorContains(t, err, "node 0 'n' (Neg): it computes with integers")
}

func TestFunctions(t *testing.T) {
	scaled := model(13).node("Constant: > k", refAttr("value_float", "by", attributeFloat)).node(
		"Mul m: a k > b")
	twice := model(13).node("Scaled inner: p > q", local(),
		floatAttr("by", 2)).node("Scaled: q > r", local())
	m := vector().function("Scaled: a > b", scaled,
		putBytes(nil, 11, attributeBody(floatAttr("by", 10)))).
		function("Twice: p > r q", twice).
		node("Twice f: x > h", local()).node("Relu r: h > y")
	require.Equal(t, []float64{20, 0}, run(t, m, 1, -1))
	net := network(t, m)
	_, ok := net.Find("f/inner/m")
	require.True(t, ok, "%s", describe(net))

	pass := vector().function("Pass: a > a", model(13)).node("Pass: x > y", local())
	require.Equal(t, []float64{1, 2}, run(t, pass, 1, 2))

	loop := vector().function("Loop: a > b", model(13).node("Loop: a > b", local())).node(
		"Loop l: x > y", local())
	_, err := parse(loop.bytes(), "test", "", Options{})
	require.ErrorContains(t, err, "node 0 'l' (Loop): its functions call each other too deeply, "+
		"or themselves")

	wrong := vector().function("One: a > b", model(13).node("Relu: a > b")).node("One: x x > y",
		local())
	_, err = parse(wrong.bytes(), "test", "", Options{})
	require.ErrorContains(t, err, "it has 2 inputs and 1 outputs, its function 1 and 1")
}

// attributeBody is an attribute without its place in a node.
func attributeBody(a []byte) []byte {
	var body []byte
	_ = message{data: a}.each(func(f field) error { body = f.bytes; return nil })
	return body
}

// TestFunctionBombs: functions that call functions, each more than once,
// end with a message.
func TestFunctionBombs(t *testing.T) {
	bomb := func(leaf *modelBuilder) *modelBuilder {
		m := vector().function("F0: a > b", leaf)
		for i := range 40 {
			call := "F" + string(rune('0'+i)) + ": a > "
			m.function("F"+string(rune('1'+i))+": a > b",
				model(13).node(call+"c", local()).node(call+"b", local()))
		}
		return m.node("F"+string(rune('0'+40))+": x > y", local())
	}
	for _, leaf := range []*modelBuilder{model(13), model(13).node("Relu: a > b")} {
		_, err := parse(bomb(leaf).bytes(), "test", "", Options{})
		require.ErrorContains(t, err, "expands to far more than the file holds")
	}
}

func TestCastLike(t *testing.T) {
	m := model(13).input("x", 2).output("y").ints("i", 1, 2).floats("f", nil, 0.5).
		node("CastLike: i f > g").node("Div: g two > h").floats("two", nil, 2).
		node("CastLike: x f > v").node("Add: v h > y")
	require.Equal(t, []float64{3.5, 5}, run(t, m, 3, 4))
	_, err := parse(vector().ints("i", 1).node("CastLike: x i > y").bytes(), "test", "", Options{})
	require.ErrorContains(t, err, "it casts a signal to the type of integers")
}

// TestOperatorSetSix: there an attribute says where a constant's axes begin.
func TestOperatorSetSix(t *testing.T) {
	six := func() *modelBuilder { return model(6).input("x", 1, 2, 2).output("y") }
	m := six().floats("k", []int{2}, 10, 20).node("Add: x k > y", intAttr("broadcast", 1),
		intAttr("axis", 1))
	require.Equal(t, []float64{11, 12, 23, 24}, run(t, m, 1, 2, 3, 4))
	_, err := parse(six().node("Dropout d: x > y").bytes(), "test", "", Options{})
	require.ErrorContains(t, err, "node 0 'd' (Dropout): it is in training mode")
	require.Equal(t, []float64{1, 2, 3, 4},
		run(t, six().node("Dropout d: x > y", intAttr("is_test", 1)), 1, 2, 3, 4))
}

// TestPointers: a Git LFS pointer is named as such, in the place of a model
// and of its data.
func TestPointers(t *testing.T) {
	pointer := []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n")
	_, err := parse(pointer, "test", "", Options{})
	require.ErrorContains(t, err, "it is a Git LFS pointer")
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "w.bin"), pointer, 0o600))
	w := putVarint(tensorHead("w", typeFloat, 2, 100), 14, 1)
	w = putBytes(w, 13, putString(putString(nil, 1, "location"), 2, "w.bin"))
	_, err = parse(vector().initializer(w).node("MatMul: x w > y").bytes(), "test", folder,
		Options{})
	require.ErrorContains(t, err, "w.bin: it is a Git LFS pointer")
}
