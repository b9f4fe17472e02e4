package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJudged(t *testing.T) {
	c := &Comparison{
		SNN: &Evaluation{Labelled: true, Labels: []int{0, 1, 2, 2, 1},
			Classes: []int{0, 1, 1, 2, -1}},
		ANN: &ANNEvaluation{Labelled: true, Classes: []int{0, 0, 1, 2, 1}},
	}
	j := newJudged(c)
	require.Equal(t, [][]int{{1, 0, 0}, {0, 1, 0}, {0, 1, 1}}, j.Confusion)
	require.Equal(t, []int{2, 1, 1, 1}, []int{*j.BothRight, *j.SNNRight, *j.ANNRight, *j.BothWrong})
	require.Equal(t, []int{1, 4}, j.Differ)

	c.ANN = nil
	j = newJudged(c)
	require.Nil(t, j.BothRight)
	require.Empty(t, j.Differ)
	c.SNN.Labelled = false
	require.Nil(t, newJudged(c))
}
