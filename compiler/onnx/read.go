package onnx

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"adder/snn"
)

// Read reads the ONNX model at path as a network of one Input and one
// Output. The network is named after the file; its nodes bear the names of
// the graph's nodes, or the operator and index where the graph has none.
// What is odd but has a clear meaning is in the network's Warnings.
//
// Weights of type float32 stay float32 (snn.Matrix32). An error names the
// file, the node or tensor, and what to do.
func Read(path string) (*snn.Network, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	base := filepath.Base(path)
	net, err := parse(data, strings.TrimSuffix(base, filepath.Ext(base)), filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return net, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening the ONNX model: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file; give the .onnx file", path)
	}
	if info.Size() > maxModelBytes {
		return nil, fmt.Errorf("%s has %d bytes, more than the %d that an ONNX file can have; keep the weights as external data", path, info.Size(), maxModelBytes)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the ONNX model: %w", err)
	}
	return data, nil
}

// parse builds the network of an encoded model whose external data lies in
// folder.
func parse(data []byte, name, folder string) (*snn.Network, error) {
	model, err := decodeModel(data)
	if err != nil {
		return nil, err
	}
	b := newBuilder(model, name, &externalData{folder: folder, left: maxModelBytes - int64(len(data))})
	if err := b.build(); err != nil {
		return nil, err
	}
	return b.net, nil
}
