package core

import (
	"fmt"

	"adder/fixedpoint"
)

const (
	// maxEscape bounds an escape table and maxEscapeShift its step.
	maxEscape, maxEscapeShift = 1 << 16, 24
	// maxThetaDecay is the largest shift of a decay of theta.
	maxThetaDecay = 31
	// maxRate is the largest shift of a rate: draws have 16 bits for each
	// synapse.
	maxRate = 16
	// maxTrace bounds the length of a box trace, maxTraceShift the shift of
	// an exponential one: 8 bits have no larger part.
	maxTrace, maxTraceShift = 1 << 12, 8
	// maxNormShift bounds the part that one pass takes.
	minNormShift, maxNormShift = 1, 8
)

// validateModes checks what groups have beyond a plain neuron: floors,
// adaptive thresholds, escape noise, arbiters.
func (c *Config) validateModes() error {
	for _, field := range []struct {
		name   string
		length int
	}{{"theta", len(c.Theta)}, {"target", len(c.Target)}} {
		if field.length != 0 && field.length != c.Neurons() {
			return fmt.Errorf("%s has %d entries for %d neurons: it needs one per neuron, or none",
				field.name, field.length, c.Neurons())
		}
	}
	for i := range c.Escape {
		t := &c.Escape[i]
		if len(t.Probability) < 1 || len(t.Probability) > maxEscape || t.Shift > maxEscapeShift {
			return fmt.Errorf("escape table %d: %d probabilities in steps of 2^%d: it has 1 to "+
				"%d, in steps of at most 2^%d",
				i, len(t.Probability), t.Shift, maxEscape, maxEscapeShift)
		}
	}
	if len(c.Theta) > 0 {
		if err := validateConstants("theta", c.Theta, 0, c.Widths.Potential); err != nil {
			return err
		}
	}
	for i, target := range c.Target {
		if target < 0 {
			return fmt.Errorf("neuron %d: normalisation target %d: it cannot be negative", i,
				target)
		}
	}
	for i := range c.Groups {
		if err := c.validateMode(&c.Groups[i]); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
	}
	return nil
}

func (c *Config) validateMode(g *Group) error {
	limit := fixedpoint.Limit(uint(c.Widths.Potential))
	within := func(x int32) bool { return int64(x) <= limit && int64(x) >= -limit }
	if g.HasFloor && !within(g.Floor) {
		return fmt.Errorf("floor %d does not fit %d bits", g.Floor, c.Widths.Potential)
	}
	for _, constant := range g.Constants() {
		if !within(constant.Value) {
			return fmt.Errorf("%s %d does not fit %d bits", constant.Name, constant.Value,
				c.Widths.Potential)
		}
	}
	if g.Escape < 0 || int(g.Escape) > len(c.Escape) {
		return fmt.Errorf("escape table %d: there are %d", g.Escape-1, len(c.Escape))
	}
	if g.Winner.Arbiter > ArbiterFair {
		return fmt.Errorf("arbiter %d is unknown: it is 0 to %d", g.Winner.Arbiter, ArbiterFair)
	}
	t := &g.Theta
	if g.Integrator && (g.Escape != 0 || g.Winner.Arbiter != ArbiterNone || t.Adaptive) {
		return fmt.Errorf("an integrator never fires: it has no escape noise, arbiter or " +
			"adaptive threshold")
	}
	if !t.Adaptive && *t != (Theta{}) {
		return fmt.Errorf("constants of an adaptive threshold, but the threshold is not adaptive")
	}
	if t.Decay > maxThetaDecay {
		return fmt.Errorf("adaptive threshold with decay shift %d: it is at most %d", t.Decay,
			maxThetaDecay)
	}
	return nil
}

func (c *Config) validatePlasticRow(r *Row) error {
	if r.WeightBits != weightBits {
		return fmt.Errorf("plastic weights of %d bits: they have %d", r.WeightBits, weightBits)
	}
	_, err := stored(r, c.Plastic, "plastic")
	return err
}

// validatePlastic checks that plastic rows are adjacent in their store, and their learning rules.
func (c *Config) validatePlastic() error {
	var next int64
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Format != Plastic {
			continue
		}
		if r.Offset != next {
			return fmt.Errorf(
				"row %d: plastic weights at offset %d, but %d is next: rows share none", i,
				r.Offset, next)
		}
		next += int64(r.Count)
	}
	if next != int64(len(c.Plastic)) {
		return fmt.Errorf("%d plastic weights for rows of %d", len(c.Plastic), next)
	}
	owner := make([]bool, len(c.Rows))
	for i := range c.Plasticity {
		if err := c.validateLearner(&c.Plasticity[i], owner); err != nil {
			return fmt.Errorf("plasticity %d: %w", i, err)
		}
	}
	return nil
}

// validateLearner checks one Plasticity and marks its rows.
func (c *Config) validateLearner(p *Plasticity, owned []bool) error {
	if p.Group < 0 || int(p.Group) >= len(c.Groups) {
		return fmt.Errorf("group %d learns: there are %d", p.Group, len(c.Groups))
	}
	if p.Rows < 1 || p.FirstRow < 0 || int64(p.FirstRow)+int64(p.Rows) > int64(len(c.Rows)) {
		return fmt.Errorf("%d rows from %d on: the core has %d", p.Rows, p.FirstRow, len(c.Rows))
	}
	g := &c.Groups[p.Group]
	for i := p.FirstRow; i < p.FirstRow+p.Rows; i++ {
		r := &c.Rows[i]
		if r.Format != Plastic || r.First != g.First || r.Count != g.Count {
			return fmt.Errorf(
				"row %d is not plastic or does not reach just the neurons of group %d", i, p.Group)
		}
		if owned[i] {
			return fmt.Errorf("row %d learns twice", i)
		}
		owned[i] = true
	}
	return c.validateRule(p)
}

func (c *Config) validateRule(p *Plasticity) error {
	if p.Rule > RuleWeightDependent {
		return fmt.Errorf("learning rule %d is unknown: it is 0 to %d", p.Rule, RuleWeightDependent)
	}
	for _, rate := range []uint8{p.LTP, p.LTD} {
		if rate != RateOff && (rate < 1 || rate > maxRate) {
			return fmt.Errorf("a rate of 2^-%d: shifts are 1 to %d, or %d for none", rate, maxRate,
				RateOff)
		}
	}
	for _, trace := range []Trace{p.Pre, p.Post} {
		if trace.Kind > TraceBox || trace.Length < 1 || trace.Length > maxTrace ||
			trace.Kind == TraceExponential && trace.Length > maxTraceShift {
			return fmt.Errorf("trace of kind %d and length %d: an exponential one (%d) has a "+
				"shift of 1 to %d, a box (%d) 1 to %d ticks",
				trace.Kind, trace.Length, TraceExponential, maxTraceShift, TraceBox, maxTrace)
		}
	}
	if p.Min > p.Max {
		return fmt.Errorf("weights between %d and %d: exchange the bounds", p.Min, p.Max)
	}
	return c.validateNorm(p)
}

func (c *Config) validateNorm(p *Plasticity) error {
	n := &p.Norm
	switch {
	case n.Kind > NormL2:
		return fmt.Errorf("normalisation %d is unknown: it is 0 to %d", n.Kind, NormL2)
	case n.Kind == NormNone:
		return nil
	case len(c.Target) == 0:
		return fmt.Errorf("a normalisation without targets")
	case n.Shift < minNormShift || n.Shift > maxNormShift:
		return fmt.Errorf("a normalisation by 2^-%d: the shift is %d to %d", n.Shift, minNormShift,
			maxNormShift)
	case n.Step < 0:
		return fmt.Errorf("a scaling step of %d: it cannot be negative", n.Step)
	case !sumFits(p.Rows):
		return fmt.Errorf("%d weights per neuron: their norm does not fit 31 bits", p.Rows)
	}
	return nil
}
