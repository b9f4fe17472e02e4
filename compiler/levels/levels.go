package levels

import (
	"context"
	"errors"
	"fmt"

	"adder/compiler/convert"
	"adder/compiler/flat"
	"adder/compiler/lower"
	"adder/quantised"
	"adder/snn"
)

// Options are the options of the pass.
type Options struct {
	// Calibration are samples, each the size of the network's input, on which
	// activations are measured; a network that is quantised by its file needs none.
	Calibration [][]float64
	// WeightBits is the width of weights, sign included; 0 means 8.
	WeightBits int
	// InputBits and ActivationBits are those of the input and of activations; 0 means 4.
	InputBits, ActivationBits int
	// LayerBits, if not nil, has the bits of single activations by name.
	LayerBits map[string]int
	// MaxExponent bounds the powers of two by which branches of a sum differ.
	MaxExponent int
	// Pool and FanIn are those of convert.Options.
	Pool  convert.Pool
	FanIn int
	// Progress, if not nil, is called with the number of calibration samples done.
	Progress func(done, total int)
}

// DefaultBits is the default width of inputs and activations.
const DefaultBits = 4

func (o Options) filled() Options {
	for _, v := range []*int{&o.InputBits, &o.ActivationBits} {
		if *v == 0 {
			*v = DefaultBits
		}
	}
	if o.WeightBits == 0 {
		o.WeightBits = 8
	}
	return o
}

// Report is the report on a quantised network.
type Report struct {
	// ByFile is set where the model's file quantises it.
	ByFile bool
	Layers []Layer
	// Warnings are deviations from the model.
	Warnings []string
}

// Layer is the report on one layer.
type Layer struct {
	Name string `json:"layer"`
	Bits int    `json:"bits"`
	// Range is the largest activation that has a level, Max the largest seen, Clipped
	// the share of positive activations above the range.
	Range   float64 `json:"range,omitempty"`
	Max     float64 `json:"max,omitempty"`
	Clipped float64 `json:"clipped"`
	// ThetaLeast and ThetaMost bound the distance of two boundaries; 0 with tables.
	ThetaLeast int64 `json:"theta_least,omitempty"`
	ThetaMost  int64 `json:"theta_most,omitempty"`
	// WeightError is the root of the squared error of weights relative to theirs, and
	// Exponent the largest of a projection.
	WeightError float64 `json:"weight_error"`
	Exponent    int     `json:"exponent,omitempty"`
}

// MaxBits is the widest activation.
const MaxBits = 16

// Network makes a quantised network of an ANN. A network with neurons is an error, and so is one
// whose file quantises it in a way that integers cannot reproduce; the error names the node.
func Network(ctx context.Context, net *snn.Network,
	o Options) (*quantised.Network, *Report, error) {
	m, err := measured(ctx, net, o)
	if err != nil {
		return nil, nil, err
	}
	return m.Network(ctx, o)
}

// Measured is a trained network with measured activations, from which quantised networks of several
// widths are made.
type Measured struct {
	// Prepared is the network with activations where layers can be.
	Prepared *snn.Network
	skeleton *skeleton
	flat     *flat.Network
	ranges   map[int]*activations
	samples  [][]float64
	byFile   bool
}

// Measure runs the calibration samples.
func Measure(ctx context.Context, net *snn.Network, o Options) (*Measured, error) {
	return measured(ctx, net, o)
}

// Neurons is the number of neurons of a network that is quantised by its file. It needs no
// calibration.
func Neurons(net *snn.Network) (int, error) {
	m, err := measured(context.Background(), net, Options{})
	if err != nil {
		return 0, err
	}
	total := 0
	for p := range m.flat.Populations {
		if m.skeleton.roles[p].pools < 0 {
			total += m.flat.Populations[p].Shape.Size()
		}
	}
	return total, nil
}

func measured(ctx context.Context, net *snn.Network, o Options) (*Measured, error) {
	if !net.IsANN() {
		return nil, fmt.Errorf("%s has neurons of its own: codes of several bits are for "+
			"networks of activations; compile it with --code rate", net.Name)
	}
	prepared, err := convert.Prepare(net, convert.Options{Pool: o.Pool, FanIn: o.FanIn,
		Grids: true})
	if err != nil {
		return nil, err
	}
	m := &Measured{Prepared: prepared, byFile: net.Quantised(), samples: o.Calibration}
	if m.skeleton, err = newSkeleton(prepared); err != nil {
		return nil, fmt.Errorf("quantise %s: %w", net.Name, err)
	}
	if m.flat, err = lower.Network(m.skeleton.net); err != nil {
		return nil, err
	}
	if m.byFile {
		return m, nil
	}
	if len(o.Calibration) == 0 {
		return nil, fmt.Errorf("quantise %s: %w", net.Name, convert.ErrCalibration)
	}
	m.ranges, err = measure(ctx, prepared, o)
	return m, err
}

// Network makes the quantised network for the widths in o.
func (m *Measured) Network(ctx context.Context, o Options) (*quantised.Network, *Report, error) {
	o = o.filled()
	for _, bits := range []int{o.InputBits, o.ActivationBits} {
		if bits < 1 || bits > MaxBits {
			return nil, nil, fmt.Errorf("activations of %d bits: they have 1 to %d", bits, MaxBits)
		}
	}
	if o.WeightBits < 2 || o.WeightBits > MaxBits {
		return nil, nil, fmt.Errorf("weights of %d bits: they have 2 to %d, sign included",
			o.WeightBits, MaxBits)
	}
	b := &builder{m: m, opts: o, report: &Report{ByFile: m.byFile}}
	if err := b.build(ctx); err != nil {
		return nil, nil, fmt.Errorf("quantise %s: %w", m.Prepared.Name, err)
	}
	if err := b.net.Validate(); err != nil {
		return nil, nil, err
	}
	return b.net, b.report, nil
}

// builder makes one quantised network.
type builder struct {
	m      *Measured
	opts   Options
	net    *quantised.Network
	report *Report
	// index is the quantised population of each flat one.
	index []int
	// scales are the values of a level of each source in the model's units, by population of the
	// quantised network; the input has a field of its own. One entry, or one per output.
	scales [][]float64
	means  *means
}

func (b *builder) build(ctx context.Context) error {
	f := b.m.flat
	b.net = &quantised.Network{Name: f.Name}
	if err := b.input(); err != nil {
		return err
	}
	b.index = make([]int, len(f.Populations))
	b.means = newMeans(b.net, b.m.samples)
	for p := range f.Populations {
		if err := ctx.Err(); err != nil {
			return err
		}
		role := &b.m.skeleton.roles[p]
		if role.pools >= 0 {
			b.index[p] = b.index[role.pools]
			continue
		}
		b.index[p] = len(b.net.Populations)
		if p == f.Output {
			b.net.Output = b.index[p]
		}
		if err := b.layer(p, role); err != nil {
			return fmt.Errorf("layer %s: %w", f.Populations[p].Name, err)
		}
	}
	return nil
}

// layer makes population p.
func (b *builder) layer(p int, role *role) error {
	in := b.into(p)
	var err error
	switch {
	case role.kind == roleActivation && b.m.byFile:
		return errors.New("the file quantises other activations, but not this one: export the " +
			"model with a QuantizeLinear and a DequantizeLinear behind each")
	case role.kind == roleQuantised || role.kind == roleOutput && b.m.byFile:
		err = b.fileLayer(p, role, in)
	case role.kind == roleMaximum:
		err = b.maximum(p, role, in)
	case role.kind == rolePool && evenly(in, b.m.flat.Populations[p].Bias):
		err = b.pool(p, role, in)
	default:
		err = b.ownLayer(p, role, in)
	}
	if err != nil {
		return err
	}
	last := len(b.net.Populations) - 1
	b.scales = append(b.scales, outputScales(&b.net.Populations[last]))
	return b.means.add(last)
}

// add appends a population with its projections.
func (b *builder) add(p quantised.Population, projections []quantised.Projection, l Layer) {
	at := len(b.net.Populations)
	for i := range projections {
		projections[i].Target = at
	}
	l.Name, l.Bits = p.Name, p.Bits
	b.net.Populations = append(b.net.Populations, p)
	b.net.Projections = append(b.net.Projections, projections...)
	b.report.Layers = append(b.report.Layers, l)
}

// population is the common part of all kinds of layers.
func (b *builder) population(p int, role *role) quantised.Population {
	f := &b.m.flat.Populations[p]
	out := quantised.Population{Name: f.Name, Shape: f.Shape, Neurons: f.Shape.Size(),
		Windows: role.windows}
	if role.windows != nil {
		out.Shape = role.shape
	}
	out.Bias = make([]int64, out.Neurons)
	return out
}

// branch is a projection in real numbers with what its source is.
type branch struct {
	name   string
	source int // of the quantised network
	// scale is the value of a level of the source, one entry or one per source.
	scale   []float64
	weights *flat.Weights
}

// into lists the branches that reach flat population p.
func (b *builder) into(p int) []branch {
	var out []branch
	f := b.m.flat
	for i := range f.Projections {
		r := &f.Projections[i]
		if r.Target != p {
			continue
		}
		source, name, scale := quantised.FromInput, f.InputName, []float64{b.net.Input.Scale}
		if r.Source != flat.FromInput {
			source = b.index[r.Source]
			name, scale = b.net.Populations[source].Name, b.scales[source]
		}
		out = append(out, branch{name: name + "-" + f.Populations[p].Name, source: source,
			scale: scale, weights: &r.Weights})
	}
	return out
}

// outputScales are the values of a level of each output.
func outputScales(p *quantised.Population) []float64 {
	if p.Windows == nil || len(p.Scale) <= 1 {
		return p.Scale
	}
	out := make([]float64, p.Size())
	for o := range out {
		out[o] = p.Scale[p.Windows.Member[p.Windows.Start[o]]]
	}
	return out
}

// input fixes the grid of the input.
func (b *builder) input() error {
	f := b.m.flat
	in := &b.net.Input
	in.Name, in.Shape, in.Size = f.InputName, f.InputShape, f.InputShape.Size()
	if b.m.byFile {
		return b.fileInput()
	}
	low, high := b.m.ranges[b.m.skeleton.input].low, b.m.ranges[b.m.skeleton.input].high
	if !(high > low) {
		return errors.New("the input is the same in every calibration sample: give samples of " +
			"training data")
	}
	low, high = min(low, 0), max(high, 0)
	in.Bits = b.opts.InputBits
	top := float64(int64(1)<<in.Bits - 1)
	in.Scale = (high - low) / top
	in.Zero = int32(min(max(-low/in.Scale+0.5, 0), top))
	b.report.Layers = append(b.report.Layers, Layer{Name: in.Name, Bits: in.Bits, Range: high,
		Max: high})
	return nil
}
