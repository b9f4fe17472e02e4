package descent

import "math"

// CrossEntropy returns -log softmax(logits)[label] and whether the greatest logit, the first
// of several, is the label's, and sets delta, where it is not nil, to the gradient by
// the logits.
func CrossEntropy(logits []float32, label int, delta []float32) Score {
	best := 0
	for i, x := range logits {
		if x > logits[best] {
			best = i
		}
	}
	top, sum := float64(logits[best]), 0.0
	for _, x := range logits {
		sum += math.Exp2((float64(x) - top) * math.Log2E)
	}
	if delta != nil {
		for i, x := range logits {
			delta[i] = float32(math.Exp2((float64(x)-top)*math.Log2E) / sum)
		}
		delta[label]--
	}
	score := Score{Loss: math.Log(sum) - (float64(logits[label]) - top), Samples: 1}
	if best == label {
		score.Right = 1
	}
	return score
}
