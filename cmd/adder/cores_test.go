package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler"
)

// TestCoresHaveSeparators: counts of the table of cores have separators, aligned at the right.
func TestCoresHaveSeparators(t *testing.T) {
	var out bytes.Buffer
	a := &app{out: &out}
	a.printCores([]compiler.CoreFill{
		{Layers: []string{"a"}, Neurons: 1024, Axons: 3136, Bits: 100_184, Routes: 4096},
		{Tile: 1, X: 1, Layers: []string{"b"}, Neurons: 16, Axons: 784, Routes: 8},
	}, nil)
	require.Contains(t, out.String(),
		"│    0 │ 0,0 │ a      │   1,024 │ 3,136 │ 100,184      │  4,096 │")
	require.Contains(t, out.String(),
		"│    1 │ 1,0 │ b      │      16 │   784 │ 0            │      8 │")
}

func TestCoresText(t *testing.T) {
	for cores, want := range map[string]string{
		"1 small": "1 small core", "3 large": "3 large cores", "1": "1 core", "12": "12 cores",
		"1 large and 1 small": "1 large and 1 small cores", "core 3": "core 3",
		"cores 3-5": "cores 3-5",
	} {
		require.Equal(t, want, coresText(cores))
	}
}
