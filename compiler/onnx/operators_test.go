package onnx

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// graphCase is a model and the network that it must become.
type graphCase struct {
	name  string
	model *modelBuilder
	want  string
}

func checkGraphs(t *testing.T, cases []graphCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			want := strings.ReplaceAll(strings.TrimSpace(tc.want), "\t", "")
			require.Equal(t, want, describe(network(t, tc.model)))
		})
	}
}

func vector() *modelBuilder { return model(13).input("x", "N", 2).output("y") }

// image is a batch of one 1x4x4 image.
func imageModel(opset uint64) *modelBuilder {
	return model(opset).input("x", 1, 1, 4, 4).output("y")
}

func TestDenseLayers(t *testing.T) {
	checkGraphs(t, []graphCase{
		{"Gemm with transB", vector().floats("w", []int{3, 2}, counting(6)...).floats("b", []int{3},
			7, 8, 9).
			node("Gemm fc: x w b > y", intAttr("transB", 1)), `
			x input 2
			fc dense[[1 2] [3 4] [5 6]]+[7 8 9] 2>3 <x
			y output 3 <fc`},
		{"Gemm with alpha, beta and a scalar bias",
			vector().floats("w", []int{2, 3}, counting(6)...).floats("b", []int{1}, 3).
				node("Gemm fc: x w b > y", floatAttr("alpha", 2), floatAttr("beta", 0.5)), `
			x input 2
			fc dense[[2 8] [4 10] [6 12]]+[1.5 1.5 1.5] 2>3 <x
			y output 3 <fc`},
		{"Gemm with transA of a vector", model(13).input("x", "N", 2).output("y").floats("w",
			[]int{2, 1}, 1, 2).
			node("Transpose: x > xt").node("Gemm fc: xt w > y", intAttr("transA", 1)), `
			x input 2
			fc dense[[1 2]] 2>1 <x
			y output 1 <fc`},
		{"Gemm without a bias", vector().floats("w", []int{2, 1}, 1, 2).node("Gemm: x w > y"), `
			x input 2
			Gemm_0 dense[[1 2]] 2>1 <x
			y output 1 <Gemm_0`},
		{"MatMul and Add", vector().floats("w", []int{2, 2}, counting(4)...).floats("b",
			[]int{1, 2}, 5, 6).
			node("MatMul mm: x w > h").node("Add: h b > y"), `
			x input 2
			mm dense[[1 3] [2 4]]+[5 6] 2 <x
			y output 2 <mm`},
		{"Add with the bias first, Sub",
			vector().floats("w", []int{2, 2}, counting(4)...).floats("b", []int{2}, 5, 6).
				node("MatMul mm: x w > h").node("Add: b h > g").node("Sub: g b > f").node(
				"Sub: f b > y"), `
			x input 2
			mm dense[[1 3] [2 4]]+[-5 -6] 2 <x
			y output 2 <mm`},
		{"Add after a layer that two nodes read",
			vector().floats("w", []int{2, 2}, counting(4)...).floats("b", []int{2}, 5, 6).
				node("MatMul mm: x w > h").node("Add a: h b > g").node("Add s: g h > y"), `
			x input 2
			mm dense[[1 3] [2 4]] 2 <x
			a scale*[1]+[5 6] 2 <mm
			s reshape 2 <a <mm
			y output 2 <s`},
		{"MatMul over a leading axis", model(13).input("x", "N", 3, 2).output("y").floats("w",
			[]int{1, 2, 1}, 1, 2).
			node("MatMul mm: x w > y"), `
			x input 3x2
			mm dense[[1 2]] 3x2>3x1 <x
			y output 3x1 <mm`},
		{"MatMul with the weights on the left", model(13).input("x", 2).output("y").floats("w",
			[]int{3, 2}, counting(6)...).
			node("MatMul mm: w x > y"), `
			x input 2
			mm dense[[1 2] [3 4] [5 6]] 2>3 <x
			y output 3 <mm`},
		{"MatMul of weights with a column", model(13).input("x", "N", 2, 1).output("y").floats("w",
			[]int{3, 2}, counting(6)...).
			node("MatMul mm: w x > y"), `
			x input 2x1
			mm_transposed reshape 2x1>1x2 <x
			mm dense[[1 2] [3 4] [5 6]] 1x2>1x3 <mm_transposed
			mm_2 reshape 1x3>3x1 <mm
			y output 3x1 <mm_2`},
		{"MatMul of weights with a matrix", model(13).input("x", "N", 2, 2).output("y").floats("w",
			[]int{1, 2}, 1, 2).
			node("MatMul mm: w x > y"), `
			x input 2x2
			mm_transposed gather[0 2 1 3] 2x2 <x
			mm dense[[1 2]] 2x2>2x1 <mm_transposed
			mm_2 reshape 2x1>1x2 <mm
			y output 1x2 <mm_2`},
		{"Gemm with transA of a matrix and a bias per row",
			model(13).input("x", 3, 2).output("y").floats("w", []int{3, 1}, counting(3)...).
				floats("b", []int{2, 1}, 5, 6).node("Gemm fc: x w b > y", intAttr("transA", 1)), `
			x input 3x2
			fc_transposed gather[0 2 4 1 3 5] 3x2>2x3 <x
			fc dense[[1 2 3]] 2x3>2x1 <fc_transposed
			fc_bias scale*[1]+[5 6] 2x1 <fc
			y output 2x1 <fc_bias`},
		{"Weights transposed by a node", vector().floats("w", []int{3, 2}, counting(6)...).
			node("Transpose: w > wt", intsAttr("perm", 1, 0)).node("MatMul mm: x wt > y"), `
			x input 2
			mm dense[[1 2] [3 4] [5 6]] 2>3 <x
			y output 3 <mm`},
		{"Names that clash", vector().floats("w", []int{2, 2}, 1).
			node("MatMul x: x w > h").node("MatMul y: h w > g").node("MatMul x: g w > y"), `
			x input 2
			x_2 dense[[1 1] [1 1]] 2 <x
			y_2 dense[[1 1] [1 1]] 2 <x_2
			x_3 dense[[1 1] [1 1]] 2 <y_2
			y output 2 <x_3`},
	})
}

func TestActivationsAndScales(t *testing.T) {
	checkGraphs(t, []graphCase{
		{"Relu twice", vector().node("Relu r: x > h").node("Relu: h > y"), `
			x input 2
			r relu 2 <x
			y output 2 <r`},
		{"Clip by inputs", vector().floats("lo", nil, 0).floats("hi", nil,
			6).node("Clip c: x lo hi > y"), `
			x input 2
			c relu to 6 2 <x
			y output 2 <c`},
		{"Clip by attributes", model(6+1).input("x", "N", 2).output("y").node("Clip c: x > y",
			floatAttr("min", 0), floatAttr("max", 6)), `
			x input 2
			c relu to 6 2 <x
			y output 2 <c`},
		{"Clip without a ceiling", vector().floats("lo", nil, 0).node("Clip c: x lo > y"), `
			x input 2
			c relu 2 <x
			y output 2 <c`},
		{"Clip after Relu",
			vector().floats("hi", nil, 6).node("Relu r: x > h").node("Clip: h _ hi > y"), `
			x input 2
			r relu to 6 2 <x
			y output 2 <r`},
		{"Clip after a Relu that two nodes read",
			vector().floats("hi", nil, 6).node("Relu r: x > h").
				node("Clip c: h _ hi > g").node("Add a: g h > y"), `
			x input 2
			r relu 2 <x
			c relu to 6 2 <r
			a reshape 2 <c <r
			y output 2 <a`},
		{"BatchNormalization", vector().floats("s", []int{2}, 2, 3).floats("b", []int{2}, 1, 1).
			floats("m", []int{2}, 1, 2).floats("v", []int{2}, 4, 9).
			node("BatchNormalization bn: x s b m v > y", floatAttr("epsilon", 0)), `
			x input 2
			bn scale*[1 1]+[0 -1] 2 <x
			y output 2 <bn`},
		{"BatchNormalization of an image",
			model(13).input("x", "N", 2, 1, 2).output("y").floats("s", []int{2}, 2, 3).
				floats("z", []int{2}, 0).floats("v", []int{2}, 1).
				node("BatchNormalization bn: x s z z v > y", floatAttr("epsilon", 0)), `
			x input 2x1x2
			bn scale*[2 3]+[0 0] 2x1x2 <x
			y output 2x1x2 <bn`},
		{"Mul, Div, Neg", vector().floats("k", nil, 4).floats("d", []int{2}, 2, 4).
			node("Mul m: k x > h").node("Div d: h d > g").node("Neg n: g > y"), `
			x input 2
			m scale*[4] 2 <x
			d scale*[0.5 0.25] 2 <m
			n scale*[-1] 2 <d
			y output 2 <n`},
		{"constant minus signal", vector().floats("k", nil, 4).node("Sub s: k x > y"), `
			x input 2
			s scale*[-1]+[4] 2 <x
			y output 2 <s`},
		{"a constant per element", model(13).input("x", "N", 2, 1, 2).output("y").floats("k",
			[]int{2}, 4, 5).node("Mul m: x k > y"), `
			x input 2x1x2
			m scale*[4 5 4 5] 2x1x2 <x
			y output 2x1x2 <m`},
		{"Identity, Dropout, Cast", vector().node("Identity: x > a").node("Dropout: a > b mask").
			node("Cast: b > c", intAttr("to", typeDouble)).node("Relu r: c > y"), `
			x input 2
			r relu 2 <x
			y output 2 <r`},
	})
}

func TestBranches(t *testing.T) {
	checkGraphs(t, []graphCase{
		{"residual", vector().floats("w", []int{2, 2}, counting(4)...).
			node("Gemm fc: x w > h").node("Add add: h x > s").node("Relu r: s > y"), `
			x input 2
			fc dense[[1 3] [2 4]] 2 <x
			add reshape 2 <fc <x
			r relu 2 <add
			y output 2 <r`},
		{"a signal with itself", vector().node("Add a: x x > y"), `
			x input 2
			a scale*[2] 2 <x
			y output 2 <a`},
		{"Sum of three, one twice", vector().node("Relu r: x > h").node("Sum s: x h x > y"), `
			x input 2
			r relu 2 <x
			s_times scale*[2] 2 <x
			s reshape 2 <s_times <r
			y output 2 <s`},
		{"difference", vector().node("Relu r: x > h").node("Sub s: x h > y"), `
			x input 2
			r relu 2 <x
			s_negative scale*[-1] 2 <r
			s reshape 2 <x <s_negative
			y output 2 <s`},
		{"what the output does not need", vector().node("LSTM l: x > a").node("Relu r: x > y"), `
			x input 2
			r relu 2 <x
			y output 2 <r`},
	})
}

func TestShapes(t *testing.T) {
	flat := `
		x input 1x4x4
		r reshape 1x4x4>16 <x
		y output 16 <r`
	checkGraphs(t, []graphCase{
		{"Flatten", imageModel(13).node("Flatten r: x > y"), flat},
		{"Reshape by a constant", imageModel(13).ints("t", -1, 16).node("Reshape r: x t > y"),
			flat},
		{"Reshape by the batch's own size", model(13).input("x", "N", 1, 4, 4).output("y").
			node("Shape: x > s").
			node("Constant: > zero", intAttr("value_int", 0)).
			node("Gather: s zero > n").
			node("Unsqueeze: n axis > n1").ints("axis", 0).
			node("Constant: > rest", packedAttr("value_ints", -1)).
			node("Concat: n1 rest > t", intAttr("axis", 0)).
			node("Reshape r: x t > y"), flat},
		{"Reshape by the product of sizes", model(13).input("x", "N", 1, 4, 4).output("y").
			node("Shape: x > s").
			ints("two", 2).ints("four", 4).ints("minus", -1).
			node("Slice: s two four > hw").
			ints("i0", 0).ints("i1", 1).
			node("Gather: hw i0 > h").node("Gather: hw i1 > w").
			node("Mul: h w > n").
			node("Concat: minus n > t", intAttr("axis", 0)).
			node("Reshape r: x t > y"), flat},
		{"a fixed batch", model(13).input("x", 8, 1, 4, 4).output("y").ints("t", 8,
			16).node("Reshape r: x t > y"), flat},
		{"Squeeze and Unsqueeze", imageModel(11).node("Squeeze s: x > h", intsAttr("axes", 1)).
			node("Unsqueeze u: h > y", intsAttr("axes", 3)), `
			x input 1x4x4
			s reshape 1x4x4>4x4 <x
			u reshape 4x4>4x4x1 <s
			y output 4x4x1 <u`},
		{"channels last with one channel", model(13).input("x", "N", 2, 2, 1).output("y").
			node("Transpose t: x > y", intsAttr("perm", 0, 3, 1, 2)), `
			x input 2x2x1
			t reshape 2x2x1>1x2x2 <x
			y output 1x2x2 <t`},
		{"no batch axis", model(13).input("x", 2).output("y").floats("w", []int{2, 1}, 1,
			2).node("MatMul m: x w > y"), `
			x input 2
			m dense[[1 2]] 2>1 <x
			y output 1 <m`},
		{"Softmax, ArgMax at the end", vector().node("Softmax: x > p").node("ArgMax: p > y",
			intAttr("axis", 1), intAttr("keepdims", 0)), `
			x input 2
			y output 2 <x`},
		{"initializers listed as inputs", model(9).input("w", 2, 1).input("x", "N", 2).output("y").
			floats("w", []int{2, 1}, 1, 2).node("MatMul m: x w > y"), `
			x input 2
			m dense[[1 2]] 2>1 <x
			y output 1 <m`},
		{"the output is the input", model(13).input("x", "N", 2).output("x"), `
			x input 2
			x_2 output 2 <x`},
	})
}

// TestConstantsFold computes weights from constants by every operator that
// folds, and reads them off a Mul.
func TestConstantsFold(t *testing.T) {
	perElement := func() *modelBuilder { return model(13).input("x", 4).output("y") }
	cases := []struct {
		name  string
		model *modelBuilder
		want  []float64
	}{
		{"Add, Sub, Mul, Div", perElement().floats("a", []int{4}, counting(4)...).floats("two", nil,
			2).
			node("Add: a two > b").node("Mul: b b > c").node("Sub: c a > d").node("Div: d two > w"),
			[]float64{4, 7, 11, 16}},
		{"integers", perElement().ints("a", 1, 2, 3, 4).ints("two", 2).
			node("Add: a two > b").node("Mul: b b > c").node("Sub: c a > d").node("Div: d two > e").
			node("Neg: e > f").node("Cast: f > w", intAttr("to", typeFloat)),
			[]float64{-4, -7, -11, -16}},
		{"Sqrt, Reciprocal, Neg", perElement().floats("a", []int{4}, 1, 4, 16, 64).
			node("Sqrt: a > b").node("Reciprocal: b > c").node("Neg: c > w"),
			[]float64{-1, -0.5, -0.25, -0.125}},
		{"Transpose of three axes", perElement().floats("a", []int{2, 1, 2},
			counting(4)...).ints("s", 4).
			node("Transpose: a > b", intsAttr("perm", 2, 1, 0)).node("Reshape: b s > w"),
			[]float64{1, 3, 2, 4}},
		{"Slice backwards", perElement().floats("a", []int{8}, counting(8)...).ints("from",
			-1).ints("to", -100).ints("ax", 0).ints("by", -2).
			node("Slice: a from to ax by > w"), []float64{8, 6, 4, 2}},
		{"Slice by attributes", model(9).input("x", 4).output("y").floats("a", []int{2, 4},
			counting(8)...).
			node("Slice: a > b", intsAttr("axes", 0), intsAttr("starts", 1), intsAttr("ends", 9)).
			node("Squeeze: b > w", intsAttr("axes", 0)), []float64{5, 6, 7, 8}},
		{"Gather along the second axis",
			perElement().floats("a", []int{2, 3}, counting(6)...).ints("i", 2, -3).ints("s", 4).
				node("Gather: a i > b", intAttr("axis", 1)).node("Reshape: b s > w"),
			[]float64{3, 1, 6, 4}},
		{"Concat along the second axis", perElement().floats("a", []int{2, 1}, 1, 2).floats("b",
			[]int{2, 1}, 3, 4).ints("s", 4).
			node("Concat: a b > c", intAttr("axis", -1)).node("Reshape: c s > w"),
			[]float64{1, 3, 2, 4}},
		{"Expand", perElement().floats("a", []int{2, 1}, 1, 2).ints("t", 2, 2).ints("s", 4).
			node("Expand: a t > b").node("Reshape: b s > w"), []float64{1, 1, 2, 2}},
		{"ConstantOfShape", perElement().ints("s", 4).node("ConstantOfShape: s > w",
			tensorAttr("value", floatTensor("", []int{1}, 3))), []float64{3, 3, 3, 3}},
		{"Constant floats",
			perElement().node("Constant: > w", attribute("value_floats", attributeFloats,
				func(a []byte) []byte {
					return putBytes(a, 7, rawFloats(1, 2, 3, 4))
				})), []float64{1, 2, 3, 4}},
		{"Constant float", perElement().node("Constant: > w", floatAttr("value_float", 3)),
			[]float64{3, 3, 3, 3}},
		{"Size", perElement().node("Size: x > s").node("Cast: s > w", intAttr("to", typeFloat)),
			[]float64{4, 4, 4, 4}},
		{"Shape of a constant", perElement().floats("a", []int{5, 6, 7, 8, 9},
			0).node("Shape: a > s", intAttr("end", -1)).
			node("Cast: s > w", intAttr("to", typeFloat)), []float64{5, 6, 7, 8}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, run(t, tc.model.node("Mul: x w > y"), 1, 1, 1, 1))
		})
	}
}

func TestWarnings(t *testing.T) {
	warnings := func(m *modelBuilder) []string { return network(t, m).Warnings }
	require.Empty(t, warnings(vector().node("Relu: x > y")))
	require.Equal(t,
		[]string{"the graph has 2 outputs; the first, 'y', is read, and --output NAME chooses " +
			"another ('z')"},
		warnings(vector().output("z").node("Relu: x > y").node("Neg: x > z")))
	require.Equal(t,
		[]string{"node 0 'p' (LogSoftmax) is dropped: the class with the largest value is the " +
			"same before and after"},
		warnings(vector().node("LogSoftmax p: x > y")))
	require.Equal(t, []string{"input 'x' fixes a batch of 8; Adder runs one sample at a time"},
		warnings(model(13).input("x", 8, 2).output("y").node("Relu: x > y")))
	require.Equal(t,
		[]string{"operator set 99 is newer than 25, the newest that Adder knows: operators are " +
			"read with their meaning in 25"},
		warnings(model(99).input("x", "N", 2).output("y").node("Relu: x > y")))
}
