package quantised

import (
	"errors"
	"fmt"

	"adder/internal/csr"
)

func (n *Network) validateProjection(p *Projection) error {
	if p.Source < FromInput || p.Source >= p.Target || p.Target >= len(n.Populations) {
		return fmt.Errorf("it leads from %d to %d: there are %d layers, %d is the input, and "+
			"sources come first", p.Source, p.Target, len(n.Populations), FromInput)
	}
	if p.Source == n.Output {
		return errors.New("the output leads nowhere")
	}
	if w := &p.Weights; w.Sources != n.Sources(p) || w.Targets != n.Populations[p.Target].Neurons {
		return fmt.Errorf("%d x %d weights for %d sources and %d targets", w.Sources, w.Targets,
			n.Sources(p), n.Populations[p.Target].Neurons)
	}
	if err := errors.Join(between("exponent", int64(p.Exponent), 0, maxExponent),
		between("bits of a weight", int64(p.WeightBits), 1, maxWeightBits)); err != nil {
		return err
	}
	return p.Weights.validate(p.WeightBits)
}

// validate checks that the weights have one form, its lengths and its range.
func (w *Weights) validate(bits int) error {
	half := int64(1) << (bits - 1)
	switch {
	case w.Start != nil && w.Dense == nil && w.Dense16 == nil:
		return w.validateList(half)
	case w.Dense != nil && w.Dense16 != nil || w.Start != nil:
		return errors.New("weights in several forms: use one")
	case len(w.Dense)+len(w.Dense16) != w.Sources*w.Targets:
		return fmt.Errorf("%d weights for %d sources and %d targets", len(w.Dense)+len(w.Dense16),
			w.Sources, w.Targets)
	}
	return errors.Join(validateRange(w.Dense, half), validateRange(w.Dense16, half))
}

func (w *Weights) validateList(half int64) error {
	err := csr.Validate(w.Start, w.Target, len(w.Value), w.Sources, w.Targets)
	if err != nil {
		return err
	}
	return validateRange(w.Value, half)
}

func validateRange[W int8 | int16](weights []W, half int64) error {
	for i, w := range weights {
		if int64(w) < -half || int64(w) >= half {
			return between(fmt.Sprintf("weight %d", i), int64(w), -half, half-1)
		}
	}
	return nil
}
