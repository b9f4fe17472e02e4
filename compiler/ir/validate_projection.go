package ir

import (
	"fmt"

	"adder/core"
	"adder/internal/csr"
)

func (n *Network) validateProjection(p *Projection) error {
	if p.Source < SourceInput || p.Source >= len(n.Populations) || p.Target < 0 ||
		p.Target >= len(n.Populations) {
		return fmt.Errorf("it leads from %d to %d: there are %d layers, and %d is the input",
			p.Source, p.Target, len(n.Populations), SourceInput)
	}
	sources := n.Input.Size
	if p.Source >= 0 {
		sources = n.Populations[p.Source].Size
	}
	if w := &p.Weights; w.Sources != sources || w.Targets != n.Populations[p.Target].Size {
		return fmt.Errorf("%d x %d weights for %d sources and %d targets", w.Sources, w.Targets,
			sources, n.Populations[p.Target].Size)
	}
	if err := firstError(between("delay", int64(p.Delay), 0, 1<<20),
		between("bits of a weight", int64(p.WeightBits), 1, plasticBits)); err != nil {
		return err
	}
	if err := firstError(p.Weights.validate(p.WeightBits), n.validateValues(p)); err != nil {
		return err
	}
	if p.Learning != nil {
		return n.validateLearning(p)
	}
	return nil
}

// validate checks that the weights have one form, its lengths and its range.
func (w *Weights) validate(bits int) error {
	forms := 0
	for _, used := range []bool{w.Dense != nil, w.Dense16 != nil, w.Start != nil, w.Plastic != nil,
		w.Others != nil} {
		if used {
			forms++
		}
	}
	if forms != 1 && w.Sources > 0 {
		return fmt.Errorf("weights in %d forms: use one", forms)
	}
	half := int64(1) << (bits - 1)
	switch {
	case w.Start != nil:
		return w.validateList(half)
	case w.Plastic != nil || w.Others != nil:
		return w.validateRun(bits, half)
	case len(w.Dense)+len(w.Dense16) != w.Sources*w.Targets:
		return fmt.Errorf("%d weights for %d sources and %d targets", len(w.Dense)+len(w.Dense16),
			w.Sources, w.Targets)
	}
	return firstError(validateRange(w.Dense, half), validateRange(w.Dense16, half))
}

func validateRange[W int8 | int16](weights []W, half int64) error {
	for i, w := range weights {
		if int64(w) < -half || int64(w) >= half {
			return between(fmt.Sprintf("weight %d", i), int64(w), -half, half-1)
		}
	}
	return nil
}

func (w *Weights) validateList(half int64) error {
	err := csr.Validate(w.Start, w.Target, len(w.Value), w.Sources, w.Targets)
	if err != nil {
		return err
	}
	return validateRange(w.Value, half)
}

// validateRun checks the forms that reach a run of targets.
func (w *Weights) validateRun(bits int, half int64) error {
	if w.First < 0 || w.Count < 1 || w.First+w.Count > w.Targets {
		return fmt.Errorf("a run of %d targets from %d on: there are %d", w.Count, w.First,
			w.Targets)
	}
	if w.Plastic != nil {
		if len(w.Plastic) != w.Sources*w.Count || bits != plasticBits {
			return fmt.Errorf("%d plastic weights of %d bits for %d sources and %d targets: they "+
				"have %d bits",
				len(w.Plastic), bits, w.Sources, w.Count, plasticBits)
		}
		return nil
	}
	if len(w.Others) != w.Sources {
		return fmt.Errorf("%d rows for %d sources", len(w.Others), w.Sources)
	}
	for s := range w.Others {
		o := &w.Others[s]
		err := firstError(between("weight", int64(o.Weight), -half, half-1),
			between("shift", int64(o.Shift), 0, 20),
			between("shifted weight", int64(o.Weight)<<o.Shift, -1<<31, 1<<31-1),
			between("target that it leaves out", int64(o.Exclude), -1, int64(w.Targets)-1))
		if err != nil {
			return fmt.Errorf("source %d: %w", s, err)
		}
	}
	return nil
}

func (n *Network) validateLearning(p *Projection) error {
	l, w, pop := p.Learning, &p.Weights, &n.Populations[p.Target]
	if pop.Groups[0].Code.Kind != core.CodeNone || pop.shifts() {
		return fmt.Errorf("it teaches neurons with a code or of model shift, which do not learn")
	}
	if l.Group >= 0 && int(l.Group) < len(pop.Groups) && pop.Groups[l.Group].Pairs {
		return fmt.Errorf("it teaches neurons of two compartments, which do not learn")
	}
	if w.Plastic == nil {
		return fmt.Errorf("it learns, but its weights are not plastic")
	}
	if l.FirstRow != 0 || int(l.Rows) != w.Sources || l.Rows < 1 {
		return fmt.Errorf("rows %d to %d learn: there is one for each of %d sources", l.FirstRow,
			int64(l.FirstRow)+int64(l.Rows)-1, w.Sources)
	}
	if err := between("group that learns", int64(l.Group), 0,
		int64(len(pop.Groups))-1); err != nil {
		return err
	}
	if g := &pop.Groups[l.Group]; w.First != int(g.First) || w.Count != int(g.Count) {
		return fmt.Errorf("it reaches %d neurons from %d on, group %d has %d from %d on: what "+
			"learns reaches a group and nothing else",
			w.Count, w.First, l.Group, g.Count, g.First)
	}
	err := firstError(between("learning rule", int64(l.Rule), 0, int64(core.RuleWeightDependent)),
		validateRate("post", l.LTP), validateRate("pre", l.LTD),
		validateTrace(l.Pre), validateTrace(l.Post), between("smallest weight", int64(l.Min), 0,
			int64(l.Max)),
		between("normalisation", int64(l.Norm.Kind), 0, int64(core.NormL2)))
	if err != nil || l.Norm.Kind == core.NormNone {
		return err
	}
	if len(pop.Target) == 0 {
		return fmt.Errorf("a normalisation without targets")
	}
	return firstError(between("shift of the normalisation", int64(l.Norm.Shift), 1, 8),
		between("scaling step", int64(l.Norm.Step), 0, 1<<31-1))
}

func validateRate(name string, shift uint8) error {
	if shift == core.RateOff {
		return nil
	}
	return between("rate shift of "+name+" events", int64(shift), 1, 16)
}

func validateTrace(t core.Trace) error {
	most := int64(1 << 12)
	if t.Kind == core.TraceExponential {
		most = 8
	}
	return firstError(between("kind of trace", int64(t.Kind), 0, int64(core.TraceBox)),
		between("length of a trace", int64(t.Length), 1, most))
}
