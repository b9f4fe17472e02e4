package ir

import (
	"math"
	"math/big"
)

// read gives the values of the output: potentials at the end, or spike counts.
func (n *Network) read(a *Activity) []int32 {
	if n.Populations[n.Output].Groups[0].Integrator {
		return a.Final[n.Output]
	}
	counts := make([]int32, n.Populations[n.Output].Size)
	for t := range a.Spikes[n.Output].Ticks() {
		for _, i := range a.Spikes[n.Output].AppendTick(t, nil) {
			counts[i]++
		}
	}
	return counts
}

// class is the readout of section 6.
func (n *Network) class(values []int32, ticks int) int {
	if len(values) == 1 && n.Labels == nil {
		// Two classes: twice a rate above 1, or a potential above 0.
		twice := 2 * int64(values[0])
		if n.Populations[n.Output].Groups[0].Integrator {
			ticks = 0
		}
		if twice > int64(ticks) {
			return 1
		}
		return 0
	}
	scores := make([]*big.Rat, len(values))
	for i, v := range values {
		scores[i] = big.NewRat(int64(v), 1)
	}
	if n.Labels != nil {
		scores = n.Labels.scores(values)
	}
	best := -1
	for k, score := range scores {
		if score != nil && (best < 0 || score.Cmp(scores[best]) > 0) {
			best = k
		}
	}
	return max(best, 0)
}

// scores are the means of the counts of each class, nil where it has no neuron.
func (l *Labels) scores(counts []int32) []*big.Rat {
	scores, members := make([]*big.Rat, l.Classes), make([]int64, l.Classes)
	for n, class := range l.Class {
		if class < 0 {
			continue
		}
		count := big.NewRat(int64(counts[n]), 1)
		if len(l.Proportions) > 0 {
			count.Mul(count, big.NewRat(int64(l.Proportions[n]), 65535))
		}
		if scores[class] == nil {
			scores[class] = new(big.Rat)
		}
		scores[class].Add(scores[class], count)
		members[class]++
	}
	for k := range scores {
		if scores[k] != nil {
			scores[k].Quo(scores[k], big.NewRat(members[k], 1))
		}
	}
	return scores
}

// hostCurrents are the products of levels and the host's weights, rounded to
// nearest, halves away from zero, and clipped to 32 bits; nil without a host layer.
func (n *Network) hostCurrents(s *Sample) []int64 {
	if n.Host == nil {
		return nil
	}
	out := make([]int64, n.Populations[n.Host.Target].Size)
	for k := range out {
		sum := new(big.Int)
		for i, level := range s.Levels {
			w := int64(n.Host.Weights[k*len(s.Levels)+i])
			sum.Add(sum, new(big.Int).Mul(big.NewInt(w), big.NewInt(int64(level))))
		}
		over := big.NewInt(int64(s.MaxLevel))
		sum.Lsh(sum, uint(max(n.Host.WeightExp, 0)))
		over.Lsh(over, uint(max(-n.Host.WeightExp, 0)))
		out[k] = nearest(sum, over)
	}
	return out
}

func nearest(a, b *big.Int) int64 {
	abs := new(big.Int).Abs(a)
	abs.Lsh(abs, 1).Add(abs, b).Quo(abs, new(big.Int).Lsh(b, 1))
	if top := big.NewInt(math.MaxInt32); abs.Cmp(top) > 0 {
		abs = top
	}
	return abs.Int64() * int64(a.Sign())
}
