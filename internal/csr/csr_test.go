package csr

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestValidate(t *testing.T) {
	for name, c := range map[string]struct {
		start           []int64
		target          []int32
		values, sources int
		want            string
	}{
		"two rows":         {[]int64{0, 2, 3}, []int32{0, 3, 1}, 3, 2, ""},
		"empty rows":       {[]int64{0, 0, 0}, nil, 0, 2, ""},
		"no rows":          {[]int64{0}, nil, 0, 0, ""},
		"no start":         {nil, nil, 0, 0, "in -1 parts"},
		"a row too few":    {[]int64{0, 3}, []int32{0, 3, 1}, 3, 2, "in 1 parts"},
		"first not 0":      {[]int64{1, 2, 3}, []int32{0, 3, 1}, 3, 2, "in 2 parts"},
		"last not the end": {[]int64{0, 2, 2}, []int32{0, 3, 1}, 3, 2, "in 2 parts"},
		"a weight less":    {[]int64{0, 2, 3}, []int32{0, 3, 1}, 2, 2, "and 2 weights"},
		"ends descend":     {[]int64{0, 2, 1, 3}, []int32{0, 3, 1}, 3, 3, "source 1 ends at 1"},
		"ends too late":    {[]int64{0, 9, 3}, []int32{0, 3, 1}, 3, 2, "source 0 ends at 9"},
		"targets descend":  {[]int64{0, 2, 3}, []int32{3, 0, 1}, 3, 2, "target 0 behind 3"},
		"a target twice":   {[]int64{0, 2, 3}, []int32{0, 0, 1}, 3, 2, "target 0 behind 0"},
		"a target too far": {[]int64{0, 2, 3}, []int32{0, 4, 1}, 3, 2, "target 4 behind 0, of 4"},
		"below 0":          {[]int64{0, 2, 3}, []int32{-1, 0, 1}, 3, 2, "target -1 behind -1"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Validate(c.start, c.target, c.values, c.sources, 4)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}
