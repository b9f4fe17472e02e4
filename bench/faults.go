package bench

import (
	"context"
	"fmt"
	"slices"

	"adder/bench/energy"
	"adder/bench/proportion"
	"adder/chip"
	"adder/fault"
	"adder/layout"
	"adder/sample"
)

// FaultRun is the input of StudyFaults.
type FaultRun struct {
	Image  *layout.Image
	Source func(*chip.Chip) (sample.Source, error)
	// Engine makes engines for a chip; nil for the fast engine.
	Engine func(*chip.Chip, chip.Options) func() (chip.Engine, error)
	// Rates are shares of bits that flip, and of other parts that break, ascending.
	Rates []float64
	// Kinds are those of FaultKinds that are studied, nil for all.
	Kinds []string
	// Table prices protection; nil for no prices.
	Table *energy.Table
	// Seeds are how many broken chips are drawn at each rate, from Seed on.
	Seeds   int
	Seed    uint64
	Workers int
	// Progress, if not nil, is called with the number of broken chips done and their total.
	Progress func(done, total int)
}

// FaultStudy is the accuracy of a network over the rate of faults.
type FaultStudy struct {
	Model   string `json:"model"`
	Chip    string `json:"chip"`
	Encoder string `json:"encoder"`
	Samples int    `json:"samples"`
	Seeds   int    `json:"seeds"`
	// Clean is the chip without faults.
	Clean FaultPoint `json:"clean"`
	// Rates has a point per rate and protection.
	Rates []FaultPoint `json:"rates"`
	// At is the rate of ByLayer and ByBit: the first at which more than LossPoints are lost.
	At      float64      `json:"at"`
	ByLayer []FaultPoint `json:"by_layer"`
	ByBit   []FaultPoint `json:"by_bit"`
	// Kinds are the other kinds of faults.
	Kinds []KindStudy `json:"kinds"`
	// Protection is the cost of codes and spare cores.
	Protection []ProtectionCost `json:"protection"`
}

// FaultPoint is the accuracy on broken chips of one kind and rate.
type FaultPoint struct {
	Kind    string           `json:"kind"`
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
	// Damage is the sum over the chips, and Packets the number of packets that were lost, late or
	// duplicated.
	Damage  fault.Damage `json:"damage"`
	Packets int64        `json:"packets"`
	// Refused is the number of chips that cannot run the network; they are in no other figure.
	Refused int `json:"refused"`
}

// LossPoints is the loss of accuracy, in points, at which layers and bits are compared.
const LossPoints = 1.0

// StudyFaults runs a network on broken chips: bits that flip at each rate without and with
// protection, then in one layer and in one bit position alone; then other kinds of faults.
func StudyFaults(ctx context.Context, r FaultRun) (*FaultStudy, error) {
	if err := checkKinds(r.Kinds); err != nil {
		return nil, err
	}
	if r.Kinds == nil {
		r.Kinds = FaultKinds()
	}
	s := &faultStudy{FaultRun: r, out: FaultStudy{
		Model: r.Image.Model, Chip: r.Image.Chip.Name, Encoder: r.Image.Encoder.Kind,
		Seeds: r.Seeds,
		Rates: []FaultPoint{}, ByLayer: []FaultPoint{}, ByBit: []FaultPoint{}, Kinds: []KindStudy{},
	}}
	bits := weightBits(r.Image)
	s.total = 1 + len(s.spared())
	for _, kind := range r.Kinds {
		s.total += s.runs(kind, bits)
	}
	clean, err := s.one(ctx, "", 0, fault.Spec{}, 1)
	if err != nil {
		return nil, err
	}
	s.out.Clean = *clean
	for _, kind := range FaultKinds() {
		if !slices.Contains(r.Kinds, kind) {
			continue
		}
		if err := s.study(ctx, kind, bits); err != nil {
			return nil, err
		}
	}
	s.out.Protection, err = s.protection(ctx)
	return &s.out, err
}

// study goes through a kind of faults.
func (s *faultStudy) study(ctx context.Context, kind string, bits int) error {
	if kind == KindFlip {
		return s.flips(ctx, bits)
	}
	k, err := s.kind(ctx, kind)
	if err != nil {
		return err
	}
	s.out.Kinds = append(s.out.Kinds, *k)
	return nil
}

// faultStudy is a study in progress.
type faultStudy struct {
	FaultRun
	out         FaultStudy
	done, total int
	// whole is the result of the chip without faults, on chip.
	whole *Evaluation
	chip  *chip.Chip
}

// flips studies bits that flip.
func (s *faultStudy) flips(ctx context.Context, bits int) error {
	if err := s.rates(ctx); err != nil {
		return err
	}
	for _, p := range s.Image.Populations {
		point, err := s.one(ctx, KindFlip, s.out.At, fault.Spec{Flip: s.out.At, Layer: p.Name},
			s.Seeds)
		if err != nil {
			return err
		}
		s.out.ByLayer = append(s.out.ByLayer, *point)
	}
	for bit := range bits {
		point, err := s.one(ctx, KindFlip, s.out.At, fault.Spec{Flip: s.out.At, Bits: []int{bit}},
			s.Seeds)
		if err != nil {
			return err
		}
		s.out.ByBit = append(s.out.ByBit, *point)
	}
	return nil
}

// rates runs all rates, and chooses the one at which layers and bits are compared.
func (s *faultStudy) rates(ctx context.Context) error {
	s.out.At = s.Rates[len(s.Rates)-1]
	found := false
	for _, rate := range s.Rates {
		for _, protect := range append([]fault.Protection{fault.Unprotected},
			fault.Protections()...) {
			point, err := s.one(ctx, KindFlip, rate, fault.Spec{Flip: rate, Protect: protect},
				s.Seeds)
			if err != nil {
				return err
			}
			s.out.Rates = append(s.out.Rates, *point)
			if !found && protect == fault.Unprotected && s.loses(point) {
				s.out.At, found = rate, true
			}
		}
	}
	return nil
}

// one runs the samples on so many chips that are broken alike.
func (s *faultStudy) one(ctx context.Context, kind string, rate float64, spec fault.Spec,
	seeds int) (*FaultPoint, error) {
	point := &FaultPoint{Kind: kind, Rate: rate, Protect: spec.Protect, Layer: spec.Layer, Least: 1}
	if len(spec.Bits) == 1 {
		point.Bit = &spec.Bits[0]
	}
	right, samples := 0, 0
	for i := range seeds {
		spec.Seed = s.Seed + uint64(i)
		e, damage, err := s.run(ctx, spec)
		s.step()
		if refused(err) {
			point.Refused++
			continue
		}
		if err != nil {
			return nil, err
		}
		if !e.Labelled {
			return nil, fmt.Errorf("faults: the samples have no labels that the network's output " +
				"could be held to")
		}
		right, samples = right+e.Correct, samples+e.Samples
		point.Least, point.Greatest = min(point.Least, e.Accuracy()), max(point.Greatest,
			e.Accuracy())
		point.Damage.Add(damage)
		point.Packets += e.Counts.DroppedByFault + e.Counts.DelayedByFault +
			e.Counts.DuplicatedByFault
		s.out.Samples = e.Samples
	}
	if samples == 0 {
		point.Least = 0
		return point, nil
	}
	interval := proportion.Of(right, samples)
	point.Accuracy = float64(right) / float64(samples)
	point.Interval = [2]float64{interval.Low, interval.High}
	return point, nil
}

// step reports that a chip has run.
func (s *faultStudy) step() {
	s.done++
	if s.Progress != nil {
		s.Progress(s.done, s.total)
	}
}

// run runs the samples on a broken chip. One without any fault has the results of the chip without
// faults.
func (s *faultStudy) run(ctx context.Context, spec fault.Spec) (*Evaluation, *fault.Damage, error) {
	broken, damage, err := fault.Apply(s.Image, spec)
	if err != nil {
		return nil, nil, err
	}
	if s.whole != nil && !broken.Runs() && damage.Harmless() {
		return s.whole, damage, nil
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
	if err == nil && s.whole == nil {
		s.whole, s.chip = e, c
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
