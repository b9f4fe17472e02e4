package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"adder/compiler/onnx"
)

// onnxFlags are the flags on what an ONNX file leaves open.
type onnxFlags struct {
	input, output string
	shapes        []string
}

func (f *onnxFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.input, "input", "", "ONNX: the graph input `NAME` that is fed; default: "+
		"the first that the output depends on")
	flags.StringVar(&f.output, "output", "", "ONNX: the `NAME` in the graph whose signal is "+
		"read; default: the first output")
	flags.StringArrayVar(&f.shapes, "shape", nil, "ONNX: the shape of an input whose file leaves "+
		"sizes open, the batch included: `NAME=1x3x32x32`")
}

// options reads the shapes.
func (f *onnxFlags) options() (onnx.Options, error) {
	opts := onnx.Options{Input: f.input, Output: f.output}
	for _, text := range f.shapes {
		name, dims, err := parseShape(text)
		if err != nil {
			return opts, err
		}
		if opts.Shapes == nil {
			opts.Shapes = map[string][]int{}
		}
		if _, twice := opts.Shapes[name]; twice {
			return opts, fmt.Errorf("--shape %s: '%s' was given a shape before", text, name)
		}
		opts.Shapes[name] = dims
	}
	return opts, nil
}

// parseShape reads NAME=1x3x32x32. A name may hold an equals sign.
func parseShape(text string) (name string, dims []int, err error) {
	at := strings.LastIndexByte(text, '=')
	if at <= 0 {
		return "", nil, fmt.Errorf("--shape %s: write the input's name and its sizes, "+
			"NAME=1x3x32x32", text)
	}
	for _, part := range strings.Split(text[at+1:], "x") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			return "", nil, fmt.Errorf("--shape %s: %q is not a size; write NAME=1x3x32x32", text,
				part)
		}
		dims = append(dims, n)
	}
	return text[:at], dims, nil
}
