package layout

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestByDepth(t *testing.T) {
	img := &Image{Populations: []Population{{Name: "1", Depth: 0}, {Name: "10", Depth: 3},
		{Name: "12", Depth: 4}, {Name: "3", Depth: 1}, {Name: "3b", Depth: 1}}}
	require.Equal(t, []int{0, 3, 4, 1, 2}, img.ByDepth())
	require.Empty(t, (&Image{}).ByDepth())
}
