package quantised

import (
	"errors"
	"fmt"
	"math"
)

// The widths that a network may have.
const (
	// maxActivationBits is that of an input and of boundaries in groups, maxWordBits that
	// of multiples of theta: sums in parts are wider than activations.
	maxActivationBits = 16
	maxWordBits       = 31
	maxWeightBits     = 16
	maxExponent       = 31
)

// Never is a boundary that no sum reaches, Always one that every sum does.
const (
	Never  = math.MaxInt64
	Always = math.MinInt64
)

// Validate checks the invariants of a network: sources come before their targets, lists have their
// lengths, boundaries ascend, weights are within their bits, and no sum exceeds 62 bits. The error
// names the layer.
func (n *Network) Validate() error {
	if err := n.Input.validate(); err != nil {
		return fmt.Errorf("quantised network %s: input %s: %w", n.Name, n.Input.Name, err)
	}
	if n.Output < 0 || n.Output >= len(n.Populations) {
		return fmt.Errorf("quantised network %s: output %d: there are %d layers", n.Name, n.Output,
			len(n.Populations))
	}
	for i := range n.Populations {
		if err := n.Populations[i].validate(i == n.Output); err != nil {
			return fmt.Errorf("quantised network %s: layer %s: %w", n.Name, n.Populations[i].Name,
				err)
		}
	}
	for i := range n.Projections {
		if err := n.validateProjection(&n.Projections[i]); err != nil {
			return fmt.Errorf("quantised network %s: projection %d (%s): %w", n.Name, i,
				n.Projections[i].Name, err)
		}
	}
	return n.validateSums()
}

func (in *Input) validate() error {
	if err := between("bits of an activation", int64(in.Bits), 1, maxActivationBits); err != nil {
		return err
	}
	if in.Size != volume(in.Shape) {
		return fmt.Errorf("%d elements in the shape %v", in.Size, in.Shape)
	}
	return errors.Join(scales("scale", []float64{in.Scale}, 1),
		between("zero point", int64(in.Zero), 0, int64(in.Top())))
}

func (p *Population) validate(output bool) error {
	if p.Neurons < 1 || len(p.Bias) != p.Neurons {
		return fmt.Errorf("%d biases for %d neurons", len(p.Bias), p.Neurons)
	}
	if err := p.validateWindows(); err != nil {
		return err
	}
	if p.Size() != volume(p.Shape) {
		return fmt.Errorf("%d outputs in the shape %v", p.Size(), p.Shape)
	}
	if err := scales("unit", p.Unit, p.Neurons); err != nil {
		return err
	}
	if output {
		if p.Bits != 0 || p.Theta != nil || p.Groups != nil || p.Windows != nil {
			return errors.New(
				"the output is read by its sums: it has no bits, boundaries or windows")
		}
		return nil
	}
	most := int64(maxActivationBits)
	if p.Theta != nil {
		most = maxWordBits
	}
	if err := between("bits of an activation", int64(p.Bits), 1, most); err != nil {
		return err
	}
	if err := p.validateBoundaries(); err != nil {
		return err
	}
	return errors.Join(scales("scale", p.Scale, p.Neurons),
		between("zero point", int64(p.Zero), 0, int64(p.Top())))
}

func (p *Population) validateBoundaries() error {
	if p.Theta != nil {
		if p.Groups != nil || len(p.Theta) != p.Neurons {
			return fmt.Errorf("%d thetas and %d groups for %d neurons: a layer has one theta per "+
				"neuron, or groups", len(p.Theta), len(p.Groups), p.Neurons)
		}
		for i, theta := range p.Theta {
			if err := between(fmt.Sprintf("theta of neuron %d", i), theta, 1, 1<<40); err != nil {
				return err
			}
		}
		return p.validateWindowsShare()
	}
	next := 0
	for i := range p.Groups {
		g := &p.Groups[i]
		if g.First != next || g.Count < 1 {
			return fmt.Errorf("group %d is of %d neurons from %d on, want from %d", i, g.Count,
				g.First, next)
		}
		next += g.Count
		if err := levels(len(g.Boundaries), p.Bits); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
		for j := 1; j < len(g.Boundaries); j++ {
			if g.Boundaries[j] < g.Boundaries[j-1] {
				return fmt.Errorf("group %d: boundary %d is %d behind %d: boundaries ascend", i,
					j+1, g.Boundaries[j], g.Boundaries[j-1])
			}
		}
	}
	if next != p.Neurons {
		return fmt.Errorf("groups of %d neurons in all, there are %d", next, p.Neurons)
	}
	return p.validateWindowsShare()
}

func (p *Population) validateWindows() error {
	w := p.Windows
	if w == nil {
		return nil
	}
	if len(w.Start) < 2 || w.Start[0] != 0 || int(w.Start[len(w.Start)-1]) != len(w.Member) {
		return fmt.Errorf("windows in %d parts over %d members", len(w.Start)-1, len(w.Member))
	}
	for o := range len(w.Start) - 1 {
		if w.Start[o+1] <= w.Start[o] || int(w.Start[o+1]) > len(w.Member) {
			return fmt.Errorf("window %d has the members %d to %d: it has at least one", o,
				w.Start[o], w.Start[o+1]-1)
		}
	}
	for _, m := range w.Member {
		if m < 0 || int(m) >= p.Neurons {
			return fmt.Errorf("a window has neuron %d of %d", m, p.Neurons)
		}
	}
	return nil
}

// validateWindowsShare checks that the neurons of a window have their boundaries in
// common: only then the largest sum has the largest activation.
func (p *Population) validateWindowsShare() error {
	if p.Windows == nil {
		return nil
	}
	group := make([]int, p.Neurons)
	for i := range p.Groups {
		for k := range p.Groups[i].Count {
			group[p.Groups[i].First+k] = i
		}
	}
	w := p.Windows
	for o := range len(w.Start) - 1 {
		members := w.Member[w.Start[o]:w.Start[o+1]]
		for _, m := range members {
			if group[m] != group[members[0]] ||
				p.Theta != nil && p.Theta[m] != p.Theta[members[0]] {
				return fmt.Errorf("window %d: neurons %d and %d have other boundaries", o,
					members[0], m)
			}
		}
	}
	return nil
}

// levels checks the number of boundaries.
func levels(n, bits int) error {
	return between("number of boundaries", int64(n), 1, int64(1)<<bits-1)
}

// scales checks factors: one, or one for each of n.
func scales(name string, values []float64, n int) error {
	if len(values) != 1 && len(values) != n {
		return fmt.Errorf("%d values of %s for %d neurons: want one, or one each", len(values),
			name, n)
	}
	for i, v := range values {
		if !(v > 0) || math.IsInf(v, 0) {
			return fmt.Errorf("%s %d is %g", name, i, v)
		}
	}
	return nil
}

func between(name string, v, low, high int64) error {
	if v < low || v > high {
		return fmt.Errorf("%s: %d is not within %d to %d", name, v, low, high)
	}
	return nil
}

func volume(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
