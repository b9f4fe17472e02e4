package stdp

import (
	"fmt"
	"strings"
)

// Rule is a learning rule.
type Rule uint8

// The learning rules. With s a spike and x a trace of this tick, A the sum over the
// batch of s(pre)*x(post) and C that of x(pre)*s(post):
const (
	// PostPre is pair-based STDP: w -= NuPre*A, then w += NuPost*C.
	PostPre Rule = iota + 1
	// WeightDependentPostPre slows down toward the bounds:
	// w += -NuPre*A*(w-WMin) + NuPost*C*(WMax-w), both with the old w.
	WeightDependentPostPre
	// Hebbian strengthens on both: w += NuPre*A, then w += NuPost*C.
	Hebbian
)

// Rules returns the learning rules in the order of their constants.
func Rules() []Rule { return []Rule{PostPre, WeightDependentPostPre, Hebbian} }

// String returns the rule's name: postpre, weightdependent or hebbian.
func (r Rule) String() string {
	switch r {
	case PostPre:
		return "postpre"
	case WeightDependentPostPre:
		return "weightdependent"
	case Hebbian:
		return "hebbian"
	}
	return fmt.Sprintf("Rule(%d)", uint8(r))
}

// ParseRule returns the rule of a name that [Rule.String] gives.
func ParseRule(name string) (Rule, error) {
	var names []string
	for _, r := range Rules() {
		if name == r.String() {
			return r, nil
		}
		names = append(names, r.String())
	}
	return 0, fmt.Errorf("learning rule %q is not known: use one of %s", name,
		strings.Join(names, ", "))
}

// RuleConfig holds the constants of a rule.
type RuleConfig struct {
	// Rule selects the equation.
	Rule Rule
	// NuPre is the rate of events at a presynaptic spike, NuPost of those at a
	// postsynaptic one.
	NuPre, NuPost float32
	// WMin and WMax clip the weights after each tick of learning.
	WMin, WMax float32
	// WeightDecay takes this part of every weight in each tick of learning.
	WeightDecay float32
	// Norm is the sum of magnitudes that each neuron's weights are scaled to at the
	// end of a run; 0 for none.
	Norm float32
}

// DefaultRule returns the constants of the published experiment (Shears and Yazdani,
// table 3) with the norm of its published software, 78.4.
func DefaultRule(r Rule) RuleConfig {
	return RuleConfig{Rule: r, NuPre: 1e-4, NuPost: 1e-2, WMin: 0, WMax: 1, Norm: 78.4}
}

// Check returns an error that names the first constant that cannot be used.
func (c RuleConfig) Check() error {
	switch {
	case c.Rule < PostPre || c.Rule > Hebbian:
		return fmt.Errorf("learning rule %d is not known", c.Rule)
	case !finite(c.NuPre) || !finite(c.NuPost):
		return fmt.Errorf("learning rates %v and %v: must be finite", c.NuPre, c.NuPost)
	case !finite(c.WMin) || !finite(c.WMax) || c.WMin > c.WMax:
		return fmt.Errorf("weights from %v to %v: must be finite and in order", c.WMin, c.WMax)
	case !(c.WeightDecay >= 0 && c.WeightDecay < 1):
		return fmt.Errorf("weight decay %v: must be at least 0 and below 1", c.WeightDecay)
	case !(c.Norm >= 0) || !finite(c.Norm):
		return fmt.Errorf("weight norm %v: must be at least 0 and finite", c.Norm)
	}
	return nil
}

// change returns the weight w after the events a and c of a tick, not yet clipped.
func (r *RuleConfig) change(w, a, c float32) float32 {
	if r.Rule == WeightDependentPostPre {
		return r.changeByWeight(w, a, c)
	}
	return changeBySum(w, r.signedPre(), r.NuPost, a, c)
}

// signedPre is the rate of presynaptic events with the sign of their effect.
func (r *RuleConfig) signedPre() float32 {
	if r.Rule == Hebbian {
		return r.NuPre
	}
	return -r.NuPre
}

// changeBySum is PostPre and Hebbian: one event after the other.
func changeBySum(w, pre, post, a, c float32) float32 {
	return float32(w+float32(pre*a)) + float32(post*c)
}

// changeByWeight is WeightDependentPostPre: both events by the same weight.
func (r *RuleConfig) changeByWeight(w, a, c float32) float32 {
	down := float32(float32(r.NuPre*a) * float32(w-r.WMin))
	up := float32(float32(r.NuPost*c) * float32(r.WMax-w))
	return w + float32(up-down)
}

// changeRow is change of each weight of a row, clipped to lo..hi.
func (r *RuleConfig) changeRow(w, a, c []float32, lo, hi float32) {
	a, c = a[:len(w)], c[:len(w)]
	if r.Rule == WeightDependentPostPre {
		for j, x := range w {
			w[j] = clip(r.changeByWeight(x, a[j], c[j]), lo, hi)
		}
		return
	}
	pre, post := r.signedPre(), r.NuPost
	for j, x := range w {
		w[j] = clip(changeBySum(x, pre, post, a[j], c[j]), lo, hi)
	}
}

// clip returns w within lo..hi.
func clip(w, lo, hi float32) float32 {
	if w < lo {
		return lo
	}
	if w > hi {
		return hi
	}
	return w
}
