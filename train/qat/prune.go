package qat

import (
	"math"
	"slices"
)

const (
	// prunedBy is the share of a training after which no more weights are pruned.
	prunedBy = 0.5
	// rounds is the number of times that weights are chosen until then.
	rounds = 50
)

// prune sets pruned weights to 0 and, from time to time, prunes more of the smallest: by a
// schedule that falls off as a cube (Zhu and Gupta, arXiv 1710.01878).
func (n *Network) prune(share float64) {
	round := math.Floor(min(share/prunedBy, 1) * rounds)
	left := 1 - round/rounds
	want := n.cfg.Sparsity * (1 - float64(left*left*left))
	for i := range n.stages {
		s := &n.stages[i]
		if s.mask == nil {
			continue
		}
		if count := int(want * float64(len(s.mask))); count > zeroes(s.mask) {
			s.choose(count)
		}
		for k, m := range s.mask {
			s.weights[k] *= m
		}
	}
}

func zeroes(mask []float32) (count int) {
	for _, m := range mask {
		if m == 0 {
			count++
		}
	}
	return count
}

// choose prunes the count smallest weights, of equal ones the first. Those that were pruned remain
// 0.
func (s *stage) choose(count int) {
	order := make([]int, len(s.weights))
	for i := range order {
		order[i] = i
	}
	size := func(i int) float32 { return s.mask[i] * float32(math.Abs(float64(s.weights[i]))) }
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := size(a), size(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return int(s.mask[a] - s.mask[b])
	})
	for _, i := range order[:count] {
		s.mask[i] = 0
	}
}
