package diagnose

import (
	"context"
	"math"
	"slices"

	"adder/bench"
	"adder/chip"
	"adder/compiler/ir"
	"adder/quantised"
	"adder/snn"
	"adder/spike"
	"adder/spike/encode"
)

// The names of the rungs.
const (
	rungFloat      = "float"
	rungNormalised = "normalised"
	rungQuantised  = "quantised"
	rungSpiking    = "spiking"
	rungIntegers   = "integers"
	rungChip       = "chip"
)

// step is what a form made of a sample, by the names of layers.
type step struct {
	class int
	// values are activations in the model's units.
	values map[string][]float64
	// levels are those of a code, trains are spikes; nil where a form has none.
	levels map[string][]int32
	trains map[string]*spike.Train
	// margin is how far neuron n of a layer was from its threshold in a tick, in
	// thresholds; nil where that is not known.
	margin func(layer string, tick, n int) float64
}

// form runs samples.
type form interface {
	run(ctx context.Context, i int) (*step, error)
}

// namedForm is a form with its rung.
type namedForm struct {
	name string
	form
}

// newForms lists those that a compilation has, in order.
func newForms(c *Case) ([]namedForm, error) {
	r := c.Compiled
	real, err := newReal(c, r.Prepared)
	if err != nil {
		return nil, err
	}
	cut, err := newReal(c, cutAtRanges(c))
	if err != nil {
		return nil, err
	}
	forms := []namedForm{{rungFloat, real}, {rungNormalised, cut}}
	scales := scalesOf(c)
	if r.Quantised != nil {
		e, err := quantised.NewEvaluator(r.Quantised)
		if err != nil {
			return nil, err
		}
		forms = append(forms, namedForm{rungQuantised, &integersForm{c, e, scales}})
	} else {
		reference, err := snn.NewReference(r.Spiking, snn.ReferenceOptions{})
		if err != nil {
			return nil, err
		}
		forms = append(forms,
			namedForm{rungSpiking, &spikingForm{c: c, reference: reference, scales: scales}})
	}
	interpreter, err := ir.NewInterpreter(r.Network, ir.Options{})
	if err != nil {
		return nil, err
	}
	loaded, err := chip.Load(r.Image)
	if err != nil {
		return nil, err
	}
	return append(forms, namedForm{rungIntegers, &interpreterForm{c, interpreter, scales}},
		namedForm{rungChip, newChipForm(c, loaded, scales)}), nil
}

// codeName is how activations travel.
func codeName(kind string) string {
	if encode.IsCode(kind) {
		return kind
	}
	return "rate"
}

// layerScale says what the spikes of a layer stand for.
type layerScale struct {
	// unit is what a level, or for rates a spike per tick, stands for, by neuron.
	unit []float64
	zero int32
	// bits and outputs are those of a code.
	bits, outputs int
}

// scalesOf lists the layers whose spikes stand for activations.
func scalesOf(c *Case) map[string]layerScale {
	out := map[string]layerScale{}
	if q := c.Compiled.Quantised; q != nil {
		for p := range q.Populations {
			pop := &q.Populations[p]
			if p != q.Output {
				out[pop.Name] = layerScale{unit: outputUnits(pop), zero: pop.Zero, bits: pop.Bits,
					outputs: pop.Size()}
			}
		}
		return out
	}
	for i := range c.Compiled.Report.Conversion {
		s := &c.Compiled.Report.Conversion[i]
		out[s.Layer] = layerScale{unit: s.Lambdas()}
	}
	return out
}

// outputUnits is what a level of each output stands for.
func outputUnits(pop *quantised.Population) []float64 {
	if pop.Windows == nil || len(pop.Scale) == 1 {
		return pop.Scale
	}
	out := make([]float64, pop.Size())
	for o := range out {
		out[o] = pop.Scale[pop.Windows.Member[pop.Windows.Start[o]]]
	}
	return out
}

// of is the unit of a neuron of so many.
func (s *layerScale) of(n, neurons int) float64 { return s.unit[n/(neurons/len(s.unit))] }

// realForm evaluates real numbers.
type realForm struct {
	c      *Case
	net    *snn.Network
	analog *snn.Analog
	nodes  map[string]int
}

func newReal(c *Case, net *snn.Network) (*realForm, error) {
	analog, err := snn.NewAnalog(net)
	if err != nil {
		return nil, err
	}
	f := &realForm{c: c, net: net, analog: analog, nodes: map[string]int{}}
	for i := range net.Nodes {
		switch net.Nodes[i].Op.(type) {
		case *snn.Relu, *snn.Quantise:
			f.nodes[net.Nodes[i].Name] = i
		}
	}
	return f, nil
}

func (f *realForm) run(_ context.Context, i int) (*step, error) {
	x, err := f.c.Analog(i)
	if err != nil {
		return nil, err
	}
	y, err := f.analog.Run(x)
	if err != nil {
		return nil, err
	}
	s := &step{class: classOf(y), values: map[string][]float64{}}
	for name, node := range f.nodes {
		s.values[name] = f.c.windowed(name, f.analog.Activation(node))
	}
	return s, nil
}

// windowed is what a layer of a code puts out: the largest of each of its windows.
func (c *Case) windowed(layer string, values []float64) []float64 {
	q := c.Compiled.Quantised
	if q == nil {
		return slices.Clone(values)
	}
	p := slices.IndexFunc(q.Populations, func(p quantised.Population) bool {
		return p.Name == layer
	})
	if p < 0 || q.Populations[p].Windows == nil || q.Populations[p].Neurons != len(values) {
		return slices.Clone(values)
	}
	w := q.Populations[p].Windows
	out := make([]float64, q.Populations[p].Size())
	for o := range out {
		out[o] = math.Inf(-1)
		for _, m := range w.Member[w.Start[o]:w.Start[o+1]] {
			out[o] = max(out[o], values[m])
		}
	}
	return out
}

// cutAtRanges is the prepared network with every activation cut where its range ends. One
// with ranges by channel is cut at the largest.
func cutAtRanges(c *Case) *snn.Network {
	ranges := map[string]float64{}
	if l := c.Compiled.Report.Levels; l != nil {
		for i := range l.Layers {
			ranges[l.Layers[i].Name] = l.Layers[i].Range
		}
	}
	for i := range c.Compiled.Report.Conversion {
		ranges[c.Compiled.Report.Conversion[i].Layer] = c.Compiled.Report.Conversion[i].Lambda
	}
	net := *c.Compiled.Prepared
	net.Nodes = slices.Clone(net.Nodes)
	for i := range net.Nodes {
		op, ok := net.Nodes[i].Op.(*snn.Relu)
		if r := ranges[net.Nodes[i].Name]; ok && r > 0 && (op.Ceil == 0 || r < op.Ceil) {
			net.Nodes[i].Op = &snn.Relu{Ceil: r}
		}
	}
	return &net
}

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

// take notes the levels of a layer.
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

// spikingForm runs neurons in float64.
type spikingForm struct {
	c         *Case
	reference *snn.Reference
	scales    map[string]layerScale
	probes    snn.Probes
}

func (f *spikingForm) run(_ context.Context, i int) (*step, error) {
	var fed chip.Sample
	if _, err := f.c.Source.Feed(i, &fed); err != nil {
		return nil, err
	}
	net := f.c.Compiled.Spiking
	if f.probes.Spikes == nil {
		for k := range net.Nodes {
			if op, ok := net.Nodes[k].Op.(*snn.Neuron); ok && op.Model.Spikes() {
				f.probes.Spikes = append(f.probes.Spikes, net.Nodes[k].Name)
			}
		}
		f.probes.Potentials = f.probes.Spikes
	}
	record, err := f.reference.Run(bench.RealSignal(&fed, f.c.Source.Ticks()), f.probes)
	if err != nil {
		return nil, err
	}
	s := &step{class: bench.ReferenceClass(net, record), values: map[string][]float64{},
		trains: map[string]*spike.Train{}}
	for name, rows := range record.Spikes {
		s.spikes(name, trainOf(rows), f.scales)
	}
	s.margin = func(layer string, tick, n int) float64 {
		v, ok := record.Potentials[layer]
		if !ok {
			return math.NaN()
		}
		node, _ := net.Find(layer)
		op := net.Nodes[node].Op.(*snn.Neuron)
		threshold := snn.At(op.VThreshold, n, 1)
		before := v[tick][n]
		if record.Spikes[layer][tick][n] != 0 && op.Reset.Subtracts() {
			before += threshold
		}
		return (before - threshold) / threshold
	}
	return s, nil
}

func trainOf(rows [][]uint8) *spike.Train {
	out := spike.NewTrain(len(rows[0]), len(rows))
	for t, row := range rows {
		for n, z := range row {
			if z != 0 {
				out.Set(t, n)
			}
		}
	}
	return out
}

// spikes notes the spikes of a layer, and what they stand for.
func (s *step) spikes(layer string, train *spike.Train, scales map[string]layerScale) {
	s.trains[layer] = train
	scale, ok := scales[layer]
	if !ok {
		return
	}
	counts := make([]float64, train.Sources())
	for t := range train.Ticks() {
		train.Each(t, func(n int) { counts[n]++ })
	}
	for n := range counts {
		counts[n] *= scale.of(n, len(counts)) / float64(train.Ticks())
	}
	s.values[layer] = counts
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

// takeTrain notes the spikes of a layer of integers: as levels of a code, or as rates.
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

// somas leaves the dendrites of a layer out, which has two compartments for each of its
// neurons.
func (c *Case) somas(layer string, train *spike.Train) *spike.Train {
	net := c.Compiled.Network
	if net == nil || !slices.ContainsFunc(net.Populations, func(p ir.Population) bool {
		return p.Name == layer && p.Groups[0].Pairs
	}) {
		return train
	}
	out := spike.NewTrain(train.Sources()/2, train.Ticks())
	for t := range train.Ticks() {
		train.Each(t, func(n int) { out.Set(t, n/2) })
	}
	return out
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

// classOf is the largest output, or with one output whether it is above 0.
func classOf(y []float64) int {
	if len(y) == 1 && y[0] > 0 {
		return 1
	}
	return slices.Index(y, slices.Max(y))
}
