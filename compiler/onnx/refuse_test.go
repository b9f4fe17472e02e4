package onnx

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRefusals: each message names the node and what to do.
func TestRefusals(t *testing.T) {
	lists := func() *modelBuilder { return vector().ints("t", 5).ints("zero", 0) }
	k2 := intsAttr("kernel_shape", 2, 2)
	w2 := func() *modelBuilder { return vector().floats("w", []int{2, 2}, counting(4)...) }
	cases := []struct {
		name  string
		model *modelBuilder
		want  string
	}{
		{"recurrent", vector().node("Relu: x > h").node("LSTM LSTM_3: h > y"),
			"node 1 'LSTM_3' (LSTM): only feed-forward ReLU networks are converted; train a " +
				"recurrent network as a spiking one and give it as NIR"},
		{"activation", vector().node("Tanh s: x > y"), "node 0 's' (Tanh): only feed-forward " +
			"ReLU networks are converted, since a firing rate stands for max(x, 0); train"},
		{"normalisation", vector().node("LayerNormalization: x > y"),
			"node 0 (LayerNormalization): it divides by a statistic of the sample"},
		{"leaking activation", vector().node("LeakyRelu: x > y", floatAttr("alpha", 0.1)),
			"node 0 (LeakyRelu): only feed-forward ReLU networks are converted"},
		{"quantised signal", vector().floats("s", nil, 1).node("QuantizeLinear q: x s > y"),
			"the output 'y' is of the integers that a QuantizeLinear gives"},
		{"quantised operator", vector().node("QLinearConv: x > y"),
			"it computes with quantised signals"},
		{"Dropout in training",
			vector().floats("r", nil, 0.5).initializer(putBytes(tensorHead("t", typeBool), 9,
				[]byte{1})).node("Dropout d: x r t > y"),
			"node 0 'd' (Dropout): it is in training mode, where it drops elements at random"},
		{"larger of two signals", vector().node("Relu: x > h").node("Max m: x h > y"),
			"node 1 'm' (Max): it compares two signals"},
		{"Log inside", vector().node("Log: x > y"), "node 0 (Log): it is read behind the Softmax " +
			"or Sigmoid"},
		{"Sqrt of a signal", vector().node("Sqrt: x > y"),
			"node 0 (Sqrt): it is read of constants alone"},
		{"Sigmoid inside", vector().node("Sigmoid s: x > h").node("Mul: x h > y"),
			"it reads what node 0 's' (Sigmoid) gives"},
		{"Concat along the batch", model(13).input("x", "N", 2).output("y").node("Concat: x x > y",
			intAttr("axis", 0)), "it joins signals along the batch"},
		{"Concat of extents that differ",
			vector().floats("w", []int{2, 1}, 1).node("Unsqueeze: x a > h").ints("a",
				1).node("MatMul: h w > g").node("Concat: g h > y", intAttr("axis", 1)),
			"it joins [1 1 1] and [1 1 2], which do not fit"},
		{"Split of the batch", vector().output("z").node("Split: x > y z"), "it splits the batch"},
		{"Split into other sizes", vector().ints("s", 1, 2).output("z").node("Split: x s > y z",
			intAttr("axis", 1)), "it splits an axis of 2 into [1 2]"},
		{"Slice of the batch",
			vector().ints("zero", 0).ints("end", 0).node("Slice: x zero end zero > y"),
			"it cuts the batch"},
		{"Gather outside", vector().ints("i", 2).node("Gather: x i > y", intAttr("axis", 1)),
			"index 2 is outside axis 1 of [1 2]"},
		{"Tile of the batch", vector().ints("r", 2, 1).node("Tile: x r > y"),
			"it repeats axis 0 of [1 2] 2 times"},
		{"Expand of the batch", vector().ints("r", 3, 2).node("Expand: x r > y"),
			"it repeats the signal [1 2] to [3 2], along the batch"},
		{"Reduce of the batch", vector().node("ReduceSum: x > y", intAttr("keepdims", 0)),
			"the batch among them"},
		{"scale per block", vector().floats("w", []int{2, 2}, 1).floats("s", []int{1, 2},
			1).node("DequantizeLinear: w s > v", intAttr("block_size", 2)).node("MatMul: x v > y"),
			"it has a scale per block"},
		{"upsampling", vector().node("Resize: x > y"), "upsampling is not read"},
		{"unknown", vector().node("FancyOp f: x > y"), "node 0 'f' (FancyOp): the operator is " +
			"not read"},
		{"unprintable names", vector().node("Bad\x1b[2J f\xff: x > y"),
			`node 0 'f\xff' (Bad\x1b[2J): the operator`},
		{"two signals", vector().node("Mul m: x x > y"),
			"node 0 'm' (Mul): it multiplies two signals"},
		{"product of signals", vector().node("MatMul m: x x > y"), "it multiplies two signals"},
		{"divide by a signal", vector().floats("k", nil, 1).node("Div: k x > y"),
			"it divides by a signal"},
		{"divide by zero", vector().floats("k", nil, 0).node("Div: x k > y"), "it divides by 0"},
		{"fold by zero", lists().node("Div: t zero > s").node("Reshape: x s > y"),
			"node 0 (Div): it divides by 0"},
		{"Softmax inside", vector().node("Softmax p: x > h").node("Relu: h > y"),
			"node 1 (Relu): it reads what node 0 'p' (Softmax) gives; Softmax, LogSoftmax, " +
				"Sigmoid and ArgMax may only end the graph"},
		{"Softmax inside, second", vector().node("Softmax p: x > h").node("Add: x h > y"),
			"may only end the graph"},
		{"Softmax per pixel", model(13).input("x", "N", 2, 4, 4).output("y").node("Softmax: x > y",
			intAttr("axis", 1)), "it goes over 2 of the signal's 32 elements"},
		{"Clip to nothing", vector().node("Clip: x lo hi > y").floats("lo", nil, 1).floats("hi",
			nil, 1), "it clips to [1, 1], where nothing is left of the signal"},
		{"Clip of a Relu to nothing",
			vector().node("Relu: x > h").node("Clip: h _ hi > y").floats("hi", nil, -1),
			"it clips to [-Inf, -1], where nothing is left"},
		{"Cast to int", vector().node("Cast: x > y", intAttr("to", typeInt64)),
			"it casts a signal to data type 7"},
		{"weights do not fit", w2().node("MatMul a: x w > h").node("MatMul b: h v > y").floats("v",
			[]int{3, 2}, 1),
			"node 1 'b' (MatMul): its weights take 3 inputs, but the signal [1 2]"},
		{"Gemm of an image", imageModel(13).floats("w", []int{4, 2}, 1).node("Gemm: x w > y"),
			"its input has 4 axes, not 2; put a Flatten before it"},
		{"weights of NaN",
			vector().floats("w", []int{2, 1}, 1, float32(nan())).node("MatMul: x w > y"),
			"node 0 (MatMul): input 1 ('w'): element 1 is NaN"},
		{"bias does not fit", w2().floats("b", []int{3}, 1).node("Gemm: x w b > y"),
			"its bias: the constant [3] does not fit the signal [1 2]"},
		{"constant does not fit", vector().floats("b", []int{3}, 1).node("Add: x b > y"),
			"the constant [3] does not fit the signal [1 2]"},
		{"branches do not fit",
			vector().floats("w", []int{2, 3}, 1).node("MatMul: x w > h").node("Add: x h > y"),
			"it adds signals of different extents, [1 2] and [1 3]"},
		{"channels do not fit", imageModel(13).floats("w", []int{1, 2, 1, 1},
			1).node("Conv: x w > y"), "its weights [1 2 1 1] take 2 channels in each of 1 " +
			"groups, but the signal [1 1 4 4] has 1 channels"},
		{"groups", imageModel(13).floats("w", []int{1, 1, 1, 1}, 1).node("Conv: x w > y",
			intAttr("group", 2)), "its 2 groups do not divide"},
		{"3-D convolution", model(13).input("x", 1, 1, 4, 4, 4).output("y").floats("w",
			[]int{1, 1, 1, 1, 1}, 1).node("Conv: x w > y"), "Adder reads 1-D and 2-D windows"},
		{"kernel too large", imageModel(13).floats("w", []int{1, 1, 5, 5}, 1).node("Conv: x w > y"),
			"its window of 5 does not fit the signal [1 1 4 4] along axis 2"},
		{"negative pads", imageModel(13).node("MaxPool: x > y", k2, intsAttr("pads", -1, 0, 0, 0)),
			"its padding [-1 0 0 0] cuts the signal"},
		{"zero stride", imageModel(13).node("MaxPool: x > y", k2, intsAttr("strides", 0, 1)),
			"attribute strides has the impossible entry 0"},
		{"window in the padding", imageModel(13).node("AveragePool: x > y", k2,
			intsAttr("pads", 2, 2, 2, 2)),
			"along axis 2 some of its windows lie in the padding alone"},
		{"mixed padding", imageModel(13).node("AveragePool: x > y", k2, intsAttr("strides", 2, 2),
			intsAttr("pads", 1, 1, 0, 0), intAttr("ceil_mode", 1), intAttr("count_include_pad", 1)),
			"with ceil_mode and count_include_pad its last windows count some zeros and not others"},
		{"maximum's indices", imageModel(13).node("MaxPool m: x > h i", k2).node("Relu: i > y"),
			"'i' is an output of node 0 'm' (MaxPool) that Adder does not read"},
		{"unknown Pad", imageModel(13).ints("p", 0, 0, 1, 1, 0, 0, 1, 1).node("Pad: x p > h",
			stringAttr("mode", "mirror")).node("Relu: h > y"),
			"it pads with mode 'mirror'; Adder reads constant, reflect, edge and wrap"},
		{"Pad that reflects too much", imageModel(13).ints("p", 0, 0, 4, 0, 0, 0, 0,
			0).node("Pad: x p > y", stringAttr("mode", "reflect")),
			"it reflects [4 0] of axis 2, which has 4 elements"},
		{"Pad of the batch", imageModel(13).ints("p", 1, 0, 0, 0, 0, 0, 0, 0).node("Pad: x p > y"),
			"it pads axis 0 of [1 1 4 4] by [1 0]"},
		{"Reshape to another size", lists().node("Reshape r: x t > y"),
			"node 0 'r' (Reshape): it reshapes [1 2] to [5], which has not as many elements"},
		{"Reshape by a signal", vector().node("Reshape: x x > y"),
			"input 1 ('x') depends on the sample where a constant is needed"},
		{"training", vector().floats("s", []int{2}, 1).node("BatchNormalization: x s s s s > y",
			intAttr("training_mode", 1)), "it is in training mode"},
		{"variance", vector().floats("s", []int{2}, -1).node("BatchNormalization: x s s s s > y"),
			"the variance of channel 0 is -1"},
		{"constant output", vector().floats("y", []int{1}, 1), "the output 'y' is a constant"},
		{"nothing gives", vector().node("Relu: q > y"), "node 0 (Relu): nothing gives 'q'"},
		{"loop", vector().node("Add a: x h > g").node("Relu b: g > h").node("Relu: h > y"),
			"form a loop"},
		{"given twice", vector().node("Relu a: x > y").node("Relu b: x > y"),
			"node 1 'b' (Relu) gives 'y', which node 0 'a' (Relu) gives too"},
		{"redefines the input", vector().node("Relu a: x > x").node("Neg: x > y"),
			"node 0 'a' (Relu) gives 'x', which is an input of the graph"},
		{"two inputs", vector().input("z", "N", 2).node("Add: x z > y"),
			"'z' is a further input of the graph"},
		{"no input", model(13).output("y").node("Relu: x > y"), "the graph has no input"},
		{"no output", model(13).input("x", 2), "the graph has no output"},
		{"input without a name", model(13).input("", 2).output("y").node("Relu: x > y"),
			"the graph's input has no name"},
		{"output without a name", model(13).input("x", 2).output("").node("Relu: x > y"),
			"the graph's output has no name"},
		{"difference of extents",
			vector().floats("w", []int{2, 3}, 1).node("MatMul: x w > h").node("Sub: x h > y"),
			"it adds signals of different extents"},
		{"weights of three axes", vector().floats("w", []int{2, 2, 1}, 1).node("MatMul: x w > y"),
			"its weights [2 2 1] are not one matrix"},
		{"Concat of constants that do not fit", vector().floats("a", []int{2, 1}, 1).ints("b",
			1).node("Concat: a b > c", intAttr("axis", 0)).node("Mul: x c > y"),
			"it joins constants that do not fit, [2 1] and [1]"},
		{"statistics per element", model(8).input("x", "N", 2).output("y").floats("s", []int{2},
			1).node("BatchNormalization: x s s s s > y", intAttr("spatial", 0)),
			"it has statistics per element"},
		{"a batch that is none", model(13).input("x", 4, 4).output("y").ints("t", 1,
			17).node("Reshape: x t > y"), "(the input's first axis of 4 was taken as the batch)"},
		{"dynamic size", model(13).input("x", "N", 3, "height", 4).output("y").node("Relu: x > y"),
			"input 'x': axis 2 is dynamic ('height'), and only the batch may be: say its size " +
				"with --shape x=1x3xheightx4"},
		{"old operator set", model(5).input("x", 2).output("y").node("Relu: x > y"),
			"the model uses operator set 5; Adder reads 6 and later"},
		{"no operator set", (&modelBuilder{}).input("x", 2).output("y").node("Relu: x > y"),
			"the model names no version of the ONNX operator set"},
		{"attribute type", imageModel(13).floats("w", []int{1, 1, 1, 1}, 1).node("Conv: x w > y",
			floatAttr("group", 1)), "attribute group has type 1 where the operator needs 2"},
		{"tensor size",
			vector().initializer(putBytes(tensorHead("w", typeFloat, 2, 1), 9,
				[]byte{1, 2, 3})).node("MatMul m: x w > y"), "node 0 'm' (MatMul): tensor 'w': " +
				"it holds 3 bytes where its shape [2 1] of float needs 8"},
		{"tensor extents",
			vector().initializer(tensorHead("w", typeFloat, 1<<30, 1<<30)).node("MatMul: x w > y"),
			"more elements than a model file can hold"},
		{"negative extent",
			vector().initializer(tensorHead("w", typeFloat, -1)).node("MatMul: x w > y"),
			"tensor 'w': axis 0 has the impossible size -1"},
		{"data type", vector().initializer(tensorHead("w", 8, 1)).node("MatMul: x w > y"),
			"tensor 'w': its data type 8 is not one that Adder reads"},
		{"expansion",
			vector().ints("s", 1<<14, 1<<14).node("ConstantOfShape: s > w").node("MatMul: x w > y"),
			"constants expand to far more than the file holds"},
		{"signal too large", model(13).input("x", 1, 1<<13, 1<<13).output("y").node("Relu: x > y"),
			"the most that Adder reads"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse(tc.model.bytes(), "test", t.TempDir(), Options{})
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestForeignDomain(t *testing.T) {
	m := vector().node("Relu r: x > y", putString(nil, 7, "com.example"))
	_, err := parse(m.bytes(), "test", "", Options{})
	require.EqualError(t, err, "node 0 'r' (Relu): operators of domain 'com.example' are not "+
		"read; export the model with the standard ONNX operators")
}

// TestReadNamesTheFile: an error of Read begins with the path.
func TestReadNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "net.v2.onnx")
	require.NoError(t, os.WriteFile(path, vector().node("LSTM: x > y").bytes(), 0o600))
	_, err := Read(path, Options{})
	require.ErrorContains(t, err, path+": node 0 (LSTM): ")

	require.NoError(t, os.WriteFile(path, vector().node("Relu: x > y").bytes(), 0o600))
	net, err := Read(path, Options{})
	require.NoError(t, err)
	require.Equal(t, "net.v2", net.Name)

	_, err = Read(filepath.Join(dir, "none.onnx"), Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Read(dir, Options{})
	require.ErrorContains(t, err, "is not a regular file; give the .onnx file")
}

// TestNotAModel: what is not ONNX is said to be so.
func TestNotAModel(t *testing.T) {
	_, err := parse(nil, "test", "", Options{})
	require.ErrorContains(t, err, "not an ONNX model: it has no graph")
	_, err = parse([]byte("\x89HDF\r\n\x1a\n"), "test", "", Options{})
	require.ErrorContains(t, err, "not a valid ONNX file at byte")
	whole := vector().node("Relu: x > y").bytes()
	_, err = parse(whole[:len(whole)-1], "test", "", Options{})
	require.ErrorContains(t, err, "cut short")
}
