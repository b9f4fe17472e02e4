package ann

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"adder/internal/wholefile"
)

// Field numbers and constants of the ONNX format, as onnx.proto3 in the ONNX
// repository (github.com/onnx/onnx) has them.
const (
	modelIRVersion = 1
	modelProducer  = 2
	modelDoc       = 6
	modelGraph     = 7
	modelOpset     = 8

	opsetVersion = 2

	graphNode        = 1
	graphName        = 2
	graphInitializer = 5
	graphInput       = 11
	graphOutput      = 12

	nodeInput     = 1
	nodeOutput    = 2
	nodeName      = 3
	nodeOpType    = 4
	nodeAttribute = 5

	attrName  = 1
	attrFloat = 2
	attrInt   = 3
	attrType  = 20

	attrTypeFloat = 1
	attrTypeInt   = 2

	tensorDims     = 1
	tensorDataType = 2
	tensorName     = 8
	tensorRawData  = 9

	dataTypeFloat = 1

	valueName = 1
	valueType = 2

	typeTensor     = 1
	tensorElemType = 1
	tensorShape    = 2
	shapeDim       = 1
	dimValue       = 1
	dimParam       = 2
)

// What Adder writes. Opset 13 with IR 7 is what every reader of the last years
// knows; nothing newer is needed.
const (
	irVersion       = 7
	opset           = 13
	producer        = "adder"
	onnxInputName   = "input"
	onnxOutputName  = "logits"
	onnxBatchSymbol = "batch"
)

// WriteONNX writes the network to w as an ONNX model: per layer a Gemm with
// transB = 1, whose weight is the initializer N.weight of shape [Out, In] and
// whose bias is N.bias, and a Relu between layers, as PyTorch exports a
// Sequential of Linear and ReLU. The input is "input" [batch, Inputs], pixels
// divided by 255; the output is "logits" [batch, Outputs]. Equal networks give
// equal bytes.
func (a *Network) WriteONNX(w io.Writer) error {
	_, err := w.Write(a.appendModel(nil))
	return err
}

// SaveONNX writes the network to the file at path as [Network.WriteONNX] does, whole or not
// at all.
func (a *Network) SaveONNX(path string) error {
	if err := wholefile.Write(path, a.WriteONNX); err != nil {
		return fmt.Errorf("save network: %w", err)
	}
	return nil
}

// appendModel appends a ModelProto.
func (a *Network) appendModel(b []byte) []byte {
	b = appendInt(b, modelIRVersion, irVersion)
	b = appendString(b, modelProducer, producer)
	b = appendString(b, modelDoc, "multilayer perceptron "+a.shapeText()+"; inputs are pixels "+
		"divided by 255")
	b = appendMessage(b, modelGraph, a.appendGraph)
	return appendMessage(b, modelOpset, func(b []byte) []byte {
		return appendInt(b, opsetVersion, opset)
	})
}

// shapeText returns the widths, such as "784-128-10".
func (a *Network) shapeText() string {
	var parts []string
	for _, w := range a.Widths() {
		parts = append(parts, strconv.Itoa(w))
	}
	return strings.Join(parts, "-")
}

// appendGraph appends a GraphProto. Nodes and initializers are numbered as the
// modules of a PyTorch Sequential: 0 the first Linear, 1 its ReLU, and so on.
func (a *Network) appendGraph(b []byte) []byte {
	x := onnxInputName
	for i := range a.Layers {
		linear := strconv.Itoa(2 * i)
		if i == len(a.Layers)-1 {
			b = appendMessage(b, graphNode, gemmNode(linear, x, onnxOutputName))
			break
		}
		sum := "/" + linear + "/Gemm_output_0"
		b = appendMessage(b, graphNode, gemmNode(linear, x, sum))
		module := "/" + strconv.Itoa(2*i+1)
		x = module + "/Relu_output_0"
		b = appendMessage(b, graphNode, reluNode(module+"/Relu", sum, x))
	}
	b = appendString(b, graphName, "mlp")
	for i, l := range a.Layers {
		name := strconv.Itoa(2 * i)
		b = appendMessage(b, graphInitializer, floatTensor(name+".weight", l.transposed(), l.Out,
			l.In))
		b = appendMessage(b, graphInitializer, floatTensor(name+".bias", l.Bias, l.Out))
	}
	b = appendMessage(b, graphInput, batchValue(onnxInputName, a.Inputs()))
	return appendMessage(b, graphOutput, batchValue(onnxOutputName, a.Outputs()))
}

// transposed returns the weights in the shape [Out, In].
func (d Dense) transposed() []float32 {
	t := make([]float32, len(d.Weight))
	for i := range d.In {
		for o := range d.Out {
			t[o*d.In+i] = d.Weight[i*d.Out+o]
		}
	}
	return t
}

// gemmNode returns a writer of the NodeProto of a layer.
func gemmNode(module, x, y string) func([]byte) []byte {
	return func(b []byte) []byte {
		for _, in := range []string{x, module + ".weight", module + ".bias"} {
			b = appendString(b, nodeInput, in)
		}
		b = appendString(b, nodeOutput, y)
		b = appendString(b, nodeName, "/"+module+"/Gemm")
		b = appendString(b, nodeOpType, "Gemm")
		b = appendMessage(b, nodeAttribute, floatAttr("alpha", 1))
		b = appendMessage(b, nodeAttribute, floatAttr("beta", 1))
		return appendMessage(b, nodeAttribute, intAttr("transB", 1))
	}
}

// reluNode returns a writer of the NodeProto of a ReLU.
func reluNode(name, x, y string) func([]byte) []byte {
	return func(b []byte) []byte {
		b = appendString(b, nodeInput, x)
		b = appendString(b, nodeOutput, y)
		b = appendString(b, nodeName, name)
		return appendString(b, nodeOpType, "Relu")
	}
}

func floatAttr(name string, v float32) func([]byte) []byte {
	return func(b []byte) []byte {
		b = appendString(b, attrName, name)
		b = protowire.AppendTag(b, attrFloat, protowire.Fixed32Type)
		b = protowire.AppendFixed32(b, math.Float32bits(v))
		return appendInt(b, attrType, attrTypeFloat)
	}
}

func intAttr(name string, v uint64) func([]byte) []byte {
	return func(b []byte) []byte {
		b = appendString(b, attrName, name)
		b = appendInt(b, attrInt, v)
		return appendInt(b, attrType, attrTypeInt)
	}
}

// floatTensor returns a writer of a TensorProto of float32 with little-endian
// raw data.
func floatTensor(name string, values []float32, dims ...int) func([]byte) []byte {
	return func(b []byte) []byte {
		for _, d := range dims {
			b = appendInt(b, tensorDims, uint64(d))
		}
		b = appendInt(b, tensorDataType, dataTypeFloat)
		b = appendString(b, tensorName, name)
		b = protowire.AppendTag(b, tensorRawData, protowire.BytesType)
		b = protowire.AppendVarint(b, uint64(4*len(values)))
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
}

// batchValue returns a writer of the ValueInfoProto of a float32 tensor of the
// shape [batch, n], batch being any number.
func batchValue(name string, n int) func([]byte) []byte {
	shape := func(b []byte) []byte {
		b = appendMessage(b, shapeDim, func(b []byte) []byte {
			return appendString(b, dimParam, onnxBatchSymbol)
		})
		return appendMessage(b, shapeDim, func(b []byte) []byte {
			return appendInt(b, dimValue, uint64(n))
		})
	}
	tensor := func(b []byte) []byte {
		b = appendInt(b, tensorElemType, dataTypeFloat)
		return appendMessage(b, tensorShape, shape)
	}
	return func(b []byte) []byte {
		b = appendString(b, valueName, name)
		return appendMessage(b, valueType, func(b []byte) []byte {
			return appendMessage(b, typeTensor, tensor)
		})
	}
}

func appendInt(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func appendString(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

// appendMessage appends what write appends, with its length before it.
func appendMessage(b []byte, field protowire.Number, write func([]byte) []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), write(nil))
}
