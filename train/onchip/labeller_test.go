package onchip

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLabeller(t *testing.T) {
	l := NewLabeller(3, 2)
	l.Add([]int32{4, 0, 1}, 0)
	l.Add([]int32{2, 0, 2}, 0)
	l.Add([]int32{1, 0, 2}, 1)
	labels, proportions := l.Assign()
	require.Equal(t, []int32{0, -1, 1}, labels)
	require.Equal(t, []uint16{49151, 0, 37449}, proportions, "3/(3+1) and 2/(1.5+2)")
}
