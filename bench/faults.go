package bench

import (
	"context"
	"fmt"

	"adder/bench/proportion"
	"adder/chip"
	"adder/core"
	"adder/fault"
	"adder/layout"
	"adder/sample"
)

// FaultRun says what a study of faults runs.
type FaultRun struct {
	Image  *layout.Image
	Source func(*chip.Chip) (sample.Source, error)
	// Engine makes engines for a chip; nil for the fast engine.
	Engine func(*chip.Chip, chip.Options) func() (chip.Engine, error)
	// Rates are shares of bits that flip, ascending.
	Rates []float64
	// Seeds are how many broken chips are drawn at each rate, from Seed on.
	Seeds   int
	Seed    uint64
	Workers int
	// Progress, if not nil, is told how many broken chips of how many have run.
	Progress func(done, total int)
}

// FaultStudy is what faults do to a network.
type FaultStudy struct {
	Model   string `json:"model"`
	Chip    string `json:"chip"`
	Encoder string `json:"encoder"`
	Samples int    `json:"samples"`
	Seeds   int    `json:"seeds"`
	// Clean is the chip in order.
	Clean FaultPoint `json:"clean"`
	// Rates has a point per rate and protection.
	Rates []FaultPoint `json:"rates"`
	// At is the rate of ByLayer and ByBit: the first at which more than LossPoints are lost.
	At      float64      `json:"at"`
	ByLayer []FaultPoint `json:"by_layer"`
	ByBit   []FaultPoint `json:"by_bit"`
	// Protection is what codes would store beside the synapse memory in use.
	Protection []ProtectionCost `json:"protection"`
}

// FaultPoint is what broken chips of one kind make of the samples.
type FaultPoint struct {
	Rate    float64          `json:"rate"`
	Protect fault.Protection `json:"protect,omitempty"`
	Layer   string           `json:"layer,omitempty"`
	// Bit is the position in a weight, nil for all of memory.
	Bit *int `json:"bit,omitempty"`
	// Accuracy is the mean over the chips drawn, Least and Greatest are those of one chip,
	// and Interval that of the samples of all of them, at 95 %.
	Accuracy float64    `json:"accuracy"`
	Interval [2]float64 `json:"accuracy_interval"`
	Least    float64    `json:"least"`
	Greatest float64    `json:"greatest"`
	// Damage is the sum over the chips.
	Damage fault.Damage `json:"damage"`
}

// ProtectionCost is what a code over synapse memory takes.
type ProtectionCost struct {
	Protect fault.Protection `json:"protect"`
	// Bits are those of synapse memory in use, CheckBits what is stored beside them: a read
	// takes as much more, as a share.
	Bits      int64   `json:"bits"`
	CheckBits int64   `json:"check_bits"`
	Share     float64 `json:"share"`
}

// LossPoints is the loss of accuracy, in points, at which layers and bits are compared.
const LossPoints = 1.0

// StudyFaults runs a network on broken chips: at each rate without and with protection, then
// with faults in one layer and in one bit position alone.
func StudyFaults(ctx context.Context, r FaultRun) (*FaultStudy, error) {
	s := &faultStudy{FaultRun: r, out: FaultStudy{
		Model: r.Image.Model, Chip: r.Image.Chip.Name, Encoder: r.Image.Encoder.Kind, Seeds: r.Seeds,
		Protection: protectionCosts(r.Image),
	}}
	bits := weightBits(r.Image)
	kinds := 1 + len(fault.Protections())
	s.total = 1 + r.Seeds*(kinds*len(r.Rates)+len(r.Image.Populations)+bits)
	clean, err := s.one(ctx, fault.Spec{}, 1)
	if err != nil {
		return nil, err
	}
	s.out.Clean = *clean
	if err := s.rates(ctx); err != nil {
		return nil, err
	}
	for _, p := range r.Image.Populations {
		point, err := s.one(ctx, fault.Spec{Flip: s.out.At, Layer: p.Name}, r.Seeds)
		if err != nil {
			return nil, err
		}
		s.out.ByLayer = append(s.out.ByLayer, *point)
	}
	for bit := range bits {
		point, err := s.one(ctx, fault.Spec{Flip: s.out.At, Bits: []int{bit}}, r.Seeds)
		if err != nil {
			return nil, err
		}
		s.out.ByBit = append(s.out.ByBit, *point)
	}
	return &s.out, nil
}

// faultStudy is a study under way.
type faultStudy struct {
	FaultRun
	out         FaultStudy
	done, total int
}

// rates runs all rates, and settles where layers and bits are compared.
func (s *faultStudy) rates(ctx context.Context) error {
	s.out.At = s.Rates[len(s.Rates)-1]
	found := false
	for _, rate := range s.Rates {
		for _, protect := range append([]fault.Protection{fault.Unprotected}, fault.Protections()...) {
			point, err := s.one(ctx, fault.Spec{Flip: rate, Protect: protect}, s.Seeds)
			if err != nil {
				return err
			}
			s.out.Rates = append(s.out.Rates, *point)
			lost := 100 * (s.out.Clean.Accuracy - point.Accuracy)
			if !found && protect == fault.Unprotected && lost > LossPoints {
				s.out.At, found = rate, true
			}
		}
	}
	return nil
}

// one runs the samples on so many chips that are broken alike.
func (s *faultStudy) one(ctx context.Context, spec fault.Spec, seeds int) (*FaultPoint, error) {
	point := &FaultPoint{Rate: spec.Flip, Protect: spec.Protect, Layer: spec.Layer, Least: 1}
	if len(spec.Bits) == 1 {
		point.Bit = &spec.Bits[0]
	}
	right, samples := 0, 0
	for i := range seeds {
		spec.Seed = s.Seed + uint64(i)
		e, damage, err := s.run(ctx, spec)
		if err != nil {
			return nil, err
		}
		if !e.Labelled {
			return nil, fmt.Errorf("faults: the samples have no labels that the network's output could be held to")
		}
		right, samples = right+e.Correct, samples+e.Samples
		point.Least, point.Greatest = min(point.Least, e.Accuracy()), max(point.Greatest, e.Accuracy())
		point.Damage.Add(damage)
		s.out.Samples = e.Samples
		s.done++
		if s.Progress != nil {
			s.Progress(s.done, s.total)
		}
	}
	interval := proportion.Of(right, samples)
	point.Accuracy = float64(right) / float64(samples)
	point.Interval = [2]float64{interval.Low, interval.High}
	return point, nil
}

func (s *faultStudy) run(ctx context.Context, spec fault.Spec) (*Evaluation, *fault.Damage, error) {
	broken, damage, err := fault.Apply(s.Image, spec)
	if err != nil {
		return nil, nil, err
	}
	c, err := chip.LoadBroken(broken)
	if err != nil {
		return nil, nil, fmt.Errorf("faults: %w", err)
	}
	source, err := s.Source(c)
	if err != nil {
		return nil, nil, err
	}
	options := chip.Options{Ticks: source.Ticks()}
	r := Run{Chip: c, Source: source, Options: options, Workers: s.Workers}
	if s.Engine != nil {
		r.Engine = s.Engine(c, options)
	}
	e, err := Evaluate(ctx, r)
	if err == nil && e.Interrupted {
		err = ctx.Err()
	}
	return e, damage, err
}

// weightBits is the widest weight of an image.
func weightBits(img *layout.Image) int {
	widest := 0
	for i := range img.Cores {
		for _, r := range img.Cores[i].Config.Rows {
			widest = max(widest, int(r.WeightBits))
		}
	}
	return widest
}

func protectionCosts(img *layout.Image) []ProtectionCost {
	var out []ProtectionCost
	for _, p := range fault.Protections() {
		cost := ProtectionCost{Protect: p}
		for i := range img.Cores {
			cost.add(&img.Cores[i].Config)
		}
		if cost.Bits > 0 {
			cost.Share = float64(cost.CheckBits) / float64(cost.Bits)
		}
		out = append(out, cost)
	}
	return out
}

func (p *ProtectionCost) add(c *core.Config) {
	for k := range c.Rows {
		bits := c.BitsRead(&c.Rows[k])
		entries := int64(c.Rows[k].Count)
		if c.Rows[k].Format == core.Others {
			entries = 1
		}
		p.Bits += bits
		p.CheckBits += p.Protect.CheckBits(bits, entries)
	}
}
