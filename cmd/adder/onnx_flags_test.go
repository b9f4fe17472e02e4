package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseShape(t *testing.T) {
	name, dims, err := parseShape("x=y:0=1x3x32x32")
	require.NoError(t, err)
	require.Equal(t, "x=y:0", name)
	require.Equal(t, []int{1, 3, 32, 32}, dims)
	for _, text := range []string{"x", "=1", "x=", "x=1x", "x=0", "x=-1", "x=3.5"} {
		_, _, err := parseShape(text)
		require.ErrorContains(t, err, "--shape "+text)
	}
	f := onnxFlags{shapes: []string{"x=1", "x=2"}}
	_, err = f.options()
	require.EqualError(t, err, "--shape x=2: 'x' was given a shape before")
}
