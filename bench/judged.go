package bench

// Judged has the confusion of classes and the agreement of both sides.
type Judged struct {
	// Confusion[label][class] is the number of samples with a label that the SNN put into a
	// class; empty above maxConfusion classes.
	Confusion [][]int `json:"confusion"`
	// Both sides are right of BothRight samples, the SNN or the ANN alone of SNNRight and
	// ANNRight, none of BothWrong; nil without an ANN.
	BothRight *int `json:"both_right"`
	SNNRight  *int `json:"snn_right"`
	ANNRight  *int `json:"ann_right"`
	BothWrong *int `json:"both_wrong"`
	// Differ lists the samples, by number, that the two sides put into different classes.
	Differ []int `json:"differ"`
}

// maxConfusion is how many classes a matrix of them is worth reading with.
const maxConfusion = 100

// newJudged counts how samples were classified, nil where they have no labels.
func newJudged(c *Comparison) *Judged {
	if !c.SNN.Labelled {
		return nil
	}
	j := &Judged{Differ: []int{}, Confusion: confusion(c.SNN.Labels, c.SNN.Classes)}
	if c.ANN == nil || !c.ANN.Labelled {
		return j
	}
	var counts [4]int
	for i, label := range c.SNN.Labels {
		snn, ann := c.SNN.Classes[i], c.ANN.Classes[i]
		at := 0
		if snn != label {
			at++
		}
		if ann != label {
			at += 2
		}
		counts[at]++
		if snn != ann {
			j.Differ = append(j.Differ, i)
		}
	}
	j.BothRight, j.ANNRight, j.SNNRight, j.BothWrong =
		&counts[0], &counts[1], &counts[2], &counts[3]
	return j
}

// confusion counts samples by label and class, as many of either as the larger has. A
// sample without a class is not counted.
func confusion(labels, classes []int) [][]int {
	n := 0
	for i := range labels {
		n = max(n, labels[i]+1, classes[i]+1)
	}
	if n > maxConfusion {
		return [][]int{}
	}
	out := make([][]int, n)
	for i := range out {
		out[i] = make([]int, n)
	}
	for i, label := range labels {
		if label >= 0 && classes[i] >= 0 {
			out[label][classes[i]]++
		}
	}
	return out
}
