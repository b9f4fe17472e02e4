package onnx

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"adder/internal/draws"

	"github.com/stretchr/testify/require"
)

// corpus are small models that between them reach every operator.
func corpus() [][]byte {
	k2 := intsAttr("kernel_shape", 2, 2)
	unit := func(m *modelBuilder, n int) *modelBuilder {
		return m.floats("s", []int{n}, 1).floats("z", []int{n}, 0)
	}
	models := []*modelBuilder{
		vector().floats("w", []int{3, 2}, counting(6)...).floats("b", []int{3}, 7, 8, 9).
			node("Gemm fc: x w b > h", intAttr("transB", 1),
				floatAttr("alpha", 2)).node("Relu r: h > g").node("Softmax: g > y"),
		unit(vector(), 2).floats("w", []int{2, 2}, counting(4)...).
			node("MatMul mm: x w > h").node("Add: h s > g").node(
			"BatchNormalization: g s z z s > f").
			node("Clip: f lo hi > e").floats("lo", nil, 0).floats("hi", nil,
			6).node("Sub: e s > d").node("Div: d s > c").node("Add: c x > y"),
		unit(imageModel(13), 1).floats("w", []int{1, 1, 2, 2}, 1).ints("p", 0, 0, 1, 1, 0, 0, 1, 1).
			node("Pad: x p > h").node("Conv c: h w s > g", intsAttr("pads", 0, 1, 1, 0),
			intsAttr("strides", 2, 1)).
			node("Relu: g > f").node("AveragePool: f > e", k2,
			intAttr("ceil_mode", 1)).node("MaxPool: e > d", k2).node("Flatten: d > y"),
		imageModel(13).floats("w", []int{2, 1, 3, 3}, 1).node("Conv: x w > h",
			stringAttr("auto_pad", "SAME_UPPER")).
			node("GlobalAveragePool: h > g").node("Squeeze: g axes > f").ints("axes", 2, 3).
			node("Unsqueeze: f u > e").ints("u", 1).node("Transpose: e > y",
			intsAttr("perm", 0, 2, 1)),
		model(13).input("x", "N", 1, 4, 4).output("y").node("Shape: x > s").ints("one",
			1).ints("four", 4).ints("minus", -1).
			node("Slice: s one four > t").node("Gather: t one > u").node("Mul: u u > v").node(
			"Concat: minus v > q", intAttr("axis", 0)).
			node("Reshape: x q > h").node("ReduceMean: x > unused").node("Identity: h > y"),
		model(13).input("x", 4).output("y").floats("a", []int{2, 1, 2}, counting(4)...).ints("s",
			4).
			node("Transpose: a > b").node("Reshape: b s > w").node("Expand: w s > v").node(
			"Mul: x v > h").node("Neg: h > y"),
		model(13).input("x", 4).output("y").ints("s", 4).node("ConstantOfShape: s > w",
			tensorAttr("value", floatTensor("", []int{1}, 3))).
			node("Constant: > c", floatAttr("value_float", 3)).node("Sub: w c > v").node(
			"Sqrt: v > u").node("Cast: u > t", intAttr("to", 7)).node("Sub: t x > y"),
		vector().initializer(externalTensor("location", "w.bin", "offset", "0", "length",
			"8")).node("MatMul: x w > y"),
		unit(imageModel(9), 1).node("ReduceSum: x > h", intsAttr("axes", 2, 3),
			intAttr("keepdims", 0)).
			node("Dropout: h > g").node("Cast: g > f", intAttr("to", 1)).node("ArgMax: f > y",
			intAttr("axis", 1)),
		model(13).input("x", "N", 2, 1, 2).output("y").floats("k", []int{2}, 3, 4).ints("p", 0, 1,
			0, 0, 0, 0, 0, 1).floats("zero", nil, 0).
			node("Transpose: x > a", toLast()).node("Mul: a k > b").node("Max: b zero > c").node(
			"Pad: c p > d", stringAttr("mode", "edge")).
			node("Concat: d d > e", intAttr("axis", 3)).node("Transpose: e > f",
			toFirst()).node("Split: f n > g h", intAttr("axis", 1)).ints("n", 2, 4).
			node("Slice: h from to ax by > i").ints("from", -1).ints("to", -9).ints("ax",
			2).ints("by", -1).
			node("Gather: i one > j", intAttr("axis", 3)).ints("one", 1, 0).node("ReduceMax: j > y",
			intsAttr("axes", 1)),
		model(13).elements(typeUint8).input("x", 3,
			2).output("y").initializer(putBytes(tensorHead("q", typeInt8, 2), 9, []byte{1, 0xff})).
			floats("s", nil, 0.5).node("DequantizeLinear: q s > w").node("Cast: x > h",
			intAttr("to", typeFloat)).node("Mean: h w h > g").
			node("Tile: g r > f").ints("r", 1,
			2).node("CastLike: f w > e").node("Min: e s > d").node("Sigmoid: d > y"),
		vector().function("Scaled: a > b",
			model(13).node("Constant: > k", refAttr("value_float", "by", attributeFloat)).node(
				"Mul m: a k > b")).
			node("Scaled: x > h", local(), floatAttr("by", 2)).node("Scaled: h > y", local(),
			floatAttr("by", 3)),
		model(6).input("x", 1, 2, 2).output("y").floats("k", []int{2}, 10, 20).node("Add: x k > h",
			intAttr("broadcast", 1), intAttr("axis", 1)).
			node("Expand: h t > y").ints("t", 1, 2, 2),
	}
	var out [][]byte
	for _, m := range models {
		out = append(out, m.bytes())
	}
	return out
}

func TestCorpusIsRead(t *testing.T) {
	folder := externalFolder(t)
	for i, data := range corpus() {
		net, err := parse(data, "corpus", folder, Options{})
		require.NoError(t, err, "model %d", i)
		require.NoError(t, net.Validate(), "model %d", i)
	}
}

func externalFolder(t testing.TB) string {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "w.bin"), rawFloats(1, 2), 0o600))
	return folder
}

// checkAnything: whatever the bytes are, the result is an error with a text
// or a network that can be evaluated.
func checkAnything(t testing.TB, data []byte, folder string) {
	net, err := parse(data, "fuzz", folder, Options{})
	if err != nil {
		require.NotEmpty(t, err.Error())
		return
	}
	require.NoError(t, net.Validate())
}

func FuzzParse(f *testing.F) {
	for _, data := range corpus() {
		f.Add(data)
	}
	folder := externalFolder(f)
	f.Fuzz(func(t *testing.T, data []byte) { checkAnything(t, data, folder) })
}

// TestDamagedFiles cuts every model of the corpus at every byte and changes
// bytes at random places, the same ones each time.
func TestDamagedFiles(t *testing.T) {
	folder := externalFolder(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, whole := range corpus() {
		for n := range whole {
			checkAnything(t, whole[:n], folder)
		}
		for range draws.Times(800) {
			data := append([]byte(nil), whole...)
			for range 1 + rng.IntN(3) {
				damage(rng, data)
			}
			checkAnything(t, data, folder)
		}
	}
}

// damage flips a bit, or writes a byte that means much in a varint.
func damage(rng *rand.Rand, data []byte) {
	at := rng.IntN(len(data))
	if rng.IntN(2) == 0 {
		data[at] ^= 1 << rng.IntN(8)
		return
	}
	data[at] = []byte{0, 1, 0x7f, 0x80, 0xff}[rng.IntN(5)]
}

// TestLargeMoves: a small file that asks for many large moves is refused
// before it takes memory.
func TestLargeMoves(t *testing.T) {
	m := model(13).input("x", "N", 1024, 1024).output("y").ints("t", 1, 1024, 1024)
	from := "x"
	for i := range 200 {
		to := fmt.Sprintf("h%d", i)
		if i == 199 {
			to = "y"
		}
		m.node("Transpose: "+from+" > "+to+"a", intsAttr("perm", 0, 2, 1)).node("Flatten: " + to +
			"a > " + to + "b").
			node("Reshape: " + to + "b t > " + to)
		from = to
	}
	_, err := parse(m.bytes(), "test", "", Options{})
	require.ErrorContains(t, err, "expand to far more than the file holds")
}
