package onnx

import (
	"errors"
	"fmt"
)

// translate turns the node into nodes of the network, a constant, or
// another name for its input.
func (c *call) translate() error {
	if d := c.node.domain; !standardDomain(d) {
		return fmt.Errorf("operators of domain '%s' are not read; export the model with the "+
			"standard ONNX operators", printable(d))
	}
	if len(c.node.outputs) == 0 {
		return errors.New("it has no output; export the model again")
	}
	if done, err := c.fold(); done || err != nil {
		return err
	}
	if done, err := c.afterEnd(); done || err != nil {
		return err
	}
	if run := operator(c.node.op); run != nil {
		return run(c)
	}
	return refusal(c.node.op)
}

// operator gives the translation of an operator on signals, nil for one
// that is refused.
func operator(op string) func(*call) error {
	switch op {
	case "Gemm":
		return gemm
	case "MatMul":
		return matMul
	case "Conv":
		return conv
	case "BatchNormalization":
		return batchNormalization
	case "Add", "Sum", "Mean":
		return add
	case "Sub":
		return sub
	case "Mul":
		return mul
	case "Div":
		return div
	case "Neg":
		return neg
	case "Relu":
		return relu
	case "LeakyRelu":
		return leakyRelu
	case "Clip":
		return clip
	case "Max", "Min":
		return extreme
	case "QuantizeLinear":
		return quantizeSignal
	case "DequantizeLinear":
		return dequantizeSignal
	case "Identity":
		return identity
	case "Dropout":
		return dropout
	case "Cast":
		return cast
	case "CastLike":
		return castLike
	}
	return windowOrShapeOperator(op)
}

func windowOrShapeOperator(op string) func(*call) error {
	switch op {
	case "AveragePool":
		return averagePool
	case "MaxPool":
		return maxPool
	case "GlobalAveragePool", "GlobalMaxPool":
		return globalPool
	case "ReduceMean", "ReduceSum", "ReduceMax":
		return reduce
	case "Pad":
		return pad
	case "Concat":
		return concatSignals
	case "Split":
		return split
	case "Slice":
		return sliceSignal
	case "Gather":
		return gatherSignal
	case "Expand":
		return expand
	case "Tile":
		return tile
	case "Flatten":
		return flatten
	case "Reshape":
		return reshape
	case "Squeeze":
		return squeeze
	case "Unsqueeze":
		return unsqueeze
	case "Transpose":
		return transpose
	case "Softmax", "LogSoftmax", "ArgMax", "Sigmoid":
		return endOfGraph
	default:
		return nil
	}
}

var errActivation = errors.New("only feed-forward ReLU networks are converted, since a firing " +
	"rate stands for max(x, 0); train the model with Relu, or Clip from 0")

// refusal says why an operator is not read and what would help.
func refusal(op string) error {
	switch op {
	case "LSTM", "GRU", "RNN", "Scan", "Loop", "If", "SequenceMap":
		return errors.New("only feed-forward ReLU networks are converted; train a recurrent " +
			"network as a spiking one and give it as NIR")
	case "Tanh", "PRelu", "Elu", "Celu", "Selu", "Gelu", "Erf", "HardSigmoid", "HardSwish", "Mish",
		"Softplus", "Softsign", "Swish", "ThresholdedRelu":
		return errActivation
	case "LayerNormalization", "InstanceNormalization", "GroupNormalization", "RMSNormalization",
		"LpNormalization", "MeanVarianceNormalization", "LRN":
		return errors.New("it divides by a statistic of the sample, which adders cannot; train " +
			"the model with BatchNormalization")
	case "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger":
		return errors.New("it computes with quantised signals in a form that is not read; export " +
			"the model with pairs of QuantizeLinear and DequantizeLinear around operators of " +
			"real numbers (QDQ), or in float32: the compiler quantises")
	case "ConvTranspose", "Upsample", "Resize":
		return errors.New("only feed-forward ReLU networks are converted that classify; " +
			"upsampling is not read")
	case "Log":
		return errors.New("it is read behind the Softmax or Sigmoid that ends the graph; " +
			"elsewhere train the model with Relu")
	case "Sqrt", "Reciprocal":
		return errors.New("it is read of constants alone, since adders cannot compute it of a " +
			"signal; train the model with Relu")
	default:
		return errors.New("the operator is not read; Adder converts feed-forward ReLU networks " +
			"of Gemm, MatMul, Conv, BatchNormalization, pooling, Add, Relu, Clip, Concat and " +
			"shape operators")
	}
}

// identity returns the signal unchanged.
func identity(c *call) error {
	v, err := c.raw(0)
	if err != nil {
		return err
	}
	return c.give(0, v.alias())
}

// dropout does nothing in inference.
func dropout(c *call) error {
	if err := c.checkDropout(); err != nil {
		return err
	}
	return identity(c)
}

var errDropping = errors.New("it is in training mode, where it drops elements at random; export " +
	"the model in evaluation mode (model.eval())")

// checkDropout refuses a Dropout that drops: one in training mode with a
// ratio above 0.
func (c *call) checkDropout() error {
	if c.opset() < 7 {
		test, err := c.intAttribute("is_test", 0)
		if err == nil && test == 0 {
			err = errDropping
		}
		return err
	}
	if c.opset() < 12 {
		return nil
	}
	training, err := c.scalar(2, 0)
	if err != nil || training == 0 {
		return err
	}
	ratio, err := c.scalar(1, 0.5)
	if err == nil && ratio != 0 {
		err = errDropping
	}
	return err
}

// cast keeps a signal whose elements remain real numbers.
func cast(c *call) error {
	v, err := c.raw(0)
	if err != nil {
		return err
	}
	to, err := c.intAttribute("to", typeFloat)
	if err != nil {
		return err
	}
	if !floating(to) {
		return fmt.Errorf("it casts a signal to data type %d, which would cut off fractions; "+
			"export the model in float32", to)
	}
	return c.give(0, v.asFloat())
}

// castLike keeps a signal whose elements remain real numbers.
func castLike(c *call) error {
	v, err := c.raw(0)
	if err != nil {
		return err
	}
	like, err := c.need(1)
	if err != nil {
		return err
	}
	if like.integer || like.constant != nil && like.constant.kind == kindInt {
		return errors.New("it casts a signal to the type of integers, which would cut off " +
			"fractions; export the model in float32")
	}
	return c.give(0, v.asFloat())
}

// endOfGraph drops what ends the graph and keeps the largest class the
// largest: a Softmax, LogSoftmax or ArgMax over the classes, or a Sigmoid.
func endOfGraph(c *call) error {
	v, err := c.signal(0)
	if err != nil {
		return err
	}
	if c.node.op != "Sigmoid" {
		if err := c.checkClassAxis(v); err != nil {
			return err
		}
	}
	out := v.alias()
	out.ended = c.label()
	c.b.warn("%s is dropped: the class with the largest value is the same before and after",
		c.label())
	return c.give(0, out)
}

// errAfterEnd refuses to read what follows a node that was dropped.
func errAfterEnd(v *value) error {
	return fmt.Errorf("it reads what %s gives; Softmax, LogSoftmax, Sigmoid and ArgMax may only "+
		"end the graph: train the model with Relu inside, or read it up to an earlier name "+
		"(--output NAME)", v.ended)
}

// checkClassAxis refuses a normalisation over anything but the one vector
// of classes.
func (c *call) checkClassAxis(v *value) error {
	def := int64(-1)
	if c.node.op == "ArgMax" {
		def = 0
	} else if c.opset() < 13 {
		def = 1
	}
	given, err := c.intAttribute("axis", def)
	if err != nil {
		return err
	}
	axis, err := axisIn(given, len(v.dims))
	if err != nil {
		return err
	}
	classes := v.dims[axis]
	if c.opset() < 13 && c.node.op != "ArgMax" {
		// Older operator sets take all axes from this one on.
		classes, _ = product(v.dims[axis:])
	}
	if size := v.shape().Size(); classes != size {
		return fmt.Errorf("it goes over %d of the signal's %d elements; Adder reads one vector "+
			"of classes per sample", classes, size)
	}
	return nil
}

// afterEnd lets the output follow a dropped Softmax through operators that
// only rename.
func (c *call) afterEnd() (bool, error) {
	v, err := c.input(0)
	if err != nil || v == nil || v.ended == "" {
		return false, err
	}
	switch c.node.op {
	case "Softmax", "LogSoftmax", "Sigmoid", "ArgMax", "Log", "Identity", "Dropout", "Cast",
		"CastLike", "Flatten", "Reshape", "Squeeze", "Unsqueeze":
		return true, c.give(0, v.alias())
	default:
		return false, errAfterEnd(v)
	}
}

// axisIn resolves an axis that may count from the end.
func axisIn(axis int64, rank int) (int, error) {
	if axis < 0 {
		axis += int64(rank)
	}
	if axis < 0 || axis >= int64(rank) {
		return 0, fmt.Errorf(
			"axis %d is not one of the %d axes of its input; export the model again", axis, rank)
	}
	return int(axis), nil
}

// axesIn resolves a list of axes into a mark per axis.
func axesIn(axes []int64, rank int) ([]bool, error) {
	marks := make([]bool, rank)
	for _, a := range axes {
		axis, err := axisIn(a, rank)
		if err != nil {
			return nil, err
		}
		if marks[axis] {
			return nil, fmt.Errorf("axis %d stands twice in its list; export the model again", a)
		}
		marks[axis] = true
	}
	return marks, nil
}
