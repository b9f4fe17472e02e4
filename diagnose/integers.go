package diagnose

import (
	"context"
	"slices"

	"adder/bench"
	"adder/chip"
	"adder/compiler/ir"
	"adder/quantised"
	"adder/spike"
	"adder/spike/encode"
)

// integersForm evaluates the quantised network.
type integersForm struct {
	c      *Case
	e      *quantised.Evaluator
	scales map[string]layerScale
}

func (f *integersForm) run(_ context.Context, i int) (*step, error) {
	levels := f.c.Source.Levels(f.c.Source.Encoder.(*encode.Coded), i, nil)
	sums, err := f.e.RunLevels(levels)
	if err != nil {
		return nil, err
	}
	s := &step{values: map[string][]float64{}, levels: map[string][]int32{}}
	outputs := make([]float64, len(sums))
	for k, v := range sums {
		outputs[k] = float64(v)
	}
	s.class = classOf(outputs)
	q := f.e.Network()
	for p := range q.Populations {
		if p != q.Output {
			s.take(q.Populations[p].Name, slices.Clone(f.e.Levels(p)), f.scales)
		}
	}
	return s, nil
}

// take records the levels of a layer.
func (s *step) take(layer string, levels []int32, scales map[string]layerScale) {
	scale, ok := scales[layer]
	if !ok {
		return
	}
	s.levels[layer] = levels
	values := make([]float64, len(levels))
	for n, a := range levels {
		values[n] = float64(a-scale.zero) * scale.of(n, len(levels))
	}
	s.values[layer] = values
}

// interpreterForm runs the integer network without cores.
type interpreterForm struct {
	c           *Case
	interpreter *ir.Interpreter
	scales      map[string]layerScale
}

func (f *interpreterForm) run(_ context.Context, i int) (*step, error) {
	var fed chip.Sample
	if _, err := f.c.Source.Feed(i, &fed); err != nil {
		return nil, err
	}
	a, err := f.interpreter.Run(&ir.Sample{Number: uint64(i), Spikes: fed.Spikes,
		Levels: fed.Levels, MaxLevel: fed.MaxLevel, Ticks: f.c.Source.Ticks()})
	if err != nil {
		return nil, err
	}
	s := &step{class: a.Class, values: map[string][]float64{}, trains: map[string]*spike.Train{},
		levels: map[string][]int32{}}
	for p := range f.c.Compiled.Network.Populations {
		f.c.takeTrain(s, f.c.Compiled.Network.Populations[p].Name, a.Spikes[p], f.scales)
	}
	return s, nil
}

// takeTrain records the spikes of a layer of integers: as levels of a code, or as rates.
func (c *Case) takeTrain(s *step, layer string, train *spike.Train, scales map[string]layerScale) {
	scale, ok := scales[layer]
	if !ok || train == nil {
		return
	}
	train = c.somas(layer, cloned(train))
	if c.Compiled.Quantised == nil {
		s.spikes(layer, train, scales)
		return
	}
	s.trains[layer] = train
	if train.Sources()%scale.outputs == 0 {
		s.take(layer, bench.LevelsOf(train, c.Compiled.Image.Encoder.Kind, scale.bits,
			scale.outputs), scales)
	}
}

// cloned copies a train, whose memory an engine uses again.
func cloned(train *spike.Train) *spike.Train {
	out := spike.NewTrain(train.Sources(), train.Ticks())
	for t := range train.Ticks() {
		train.Each(t, func(n int) { out.Set(t, n) })
	}
	return out
}

// chipForm runs the placed chip.
type chipForm struct {
	c      *Case
	engine chip.Engine
	scales map[string]layerScale
	probed []string
}

func newChipForm(c *Case, loaded *chip.Chip, scales map[string]layerScale) *chipForm {
	f := &chipForm{c: c, scales: scales}
	o := chip.Options{Ticks: c.Source.Ticks()}
	for p := range loaded.Image().Populations {
		if pop := &loaded.Image().Populations[p]; pop.Spikes {
			o.Spikes = append(o.Spikes, p)
			f.probed = append(f.probed, pop.Name)
		}
	}
	f.engine = loaded.NewFast(o)
	return f
}

func (f *chipForm) run(ctx context.Context, i int) (*step, error) {
	var fed chip.Sample
	if _, err := f.c.Source.Feed(i, &fed); err != nil {
		return nil, err
	}
	o, err := f.engine.Run(ctx, &fed)
	if err != nil {
		return nil, err
	}
	s := &step{class: o.Class, values: map[string][]float64{}, trains: map[string]*spike.Train{},
		levels: map[string][]int32{}}
	for k, name := range f.probed {
		f.c.takeTrain(s, name, o.Spikes[k], f.scales)
	}
	return s, nil
}
