package onnx

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// corpus are small models that between them reach every operator.
func corpus() [][]byte {
	k2 := intsAttr("kernel_shape", 2, 2)
	unit := func(m *modelBuilder, n int) *modelBuilder { return m.floats("s", []int{n}, 1).floats("z", []int{n}, 0) }
	models := []*modelBuilder{
		vector().floats("w", []int{3, 2}, counting(6)...).floats("b", []int{3}, 7, 8, 9).
			node("Gemm fc: x w b > h", intAttr("transB", 1), floatAttr("alpha", 2)).node("Relu r: h > g").node("Softmax: g > y"),
		unit(vector(), 2).floats("w", []int{2, 2}, counting(4)...).
			node("MatMul mm: x w > h").node("Add: h s > g").node("BatchNormalization: g s z z s > f").
			node("Clip: f lo hi > e").floats("lo", nil, 0).floats("hi", nil, 6).node("Sub: e s > d").node("Div: d s > c").node("Add: c x > y"),
		unit(imageModel(13), 1).floats("w", []int{1, 1, 2, 2}, 1).ints("p", 0, 0, 1, 1, 0, 0, 1, 1).
			node("Pad: x p > h").node("Conv c: h w s > g", intsAttr("pads", 0, 1, 1, 0), intsAttr("strides", 2, 1)).
			node("Relu: g > f").node("AveragePool: f > e", k2, intAttr("ceil_mode", 1)).node("MaxPool: e > d", k2).node("Flatten: d > y"),
		imageModel(13).floats("w", []int{2, 1, 3, 3}, 1).node("Conv: x w > h", stringAttr("auto_pad", "SAME_UPPER")).
			node("GlobalAveragePool: h > g").node("Squeeze: g axes > f").ints("axes", 2, 3).
			node("Unsqueeze: f u > e").ints("u", 1).node("Transpose: e > y", intsAttr("perm", 0, 2, 1)),
		model(13).input("x", "N", 1, 4, 4).output("y").node("Shape: x > s").ints("one", 1).ints("four", 4).ints("minus", -1).
			node("Slice: s one four > t").node("Gather: t one > u").node("Mul: u u > v").node("Concat: minus v > q", intAttr("axis", 0)).
			node("Reshape: x q > h").node("ReduceMean: x > unused").node("Identity: h > y"),
		model(13).input("x", 4).output("y").floats("a", []int{2, 1, 2}, counting(4)...).ints("s", 4).
			node("Transpose: a > b").node("Reshape: b s > w").node("Expand: w s > v").node("Mul: x v > h").node("Neg: h > y"),
		model(13).input("x", 4).output("y").ints("s", 4).node("ConstantOfShape: s > w", tensorAttr("value", floatTensor("", []int{1}, 3))).
			node("Constant: > c", floatAttr("value_float", 3)).node("Sub: w c > v").node("Sqrt: v > u").node("Cast: u > t", intAttr("to", 7)).node("Sub: t x > y"),
		vector().initializer(externalTensor("location", "w.bin", "offset", "0", "length", "8")).node("MatMul: x w > y"),
		unit(imageModel(9), 1).node("ReduceSum: x > h", intsAttr("axes", 2, 3), intAttr("keepdims", 0)).
			node("Dropout: h > g").node("Cast: g > f", intAttr("to", 1)).node("ArgMax: f > y", intAttr("axis", 1)),
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
		net, err := parse(data, "corpus", folder)
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
	net, err := parse(data, "fuzz", folder)
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
		for range 3000 {
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
