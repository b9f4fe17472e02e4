package bench

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/internal/dataset"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

func replaceOnce(s, old, new string) string { return strings.Replace(s, old, new, 1) }

// prototypes is an ANN that needs no training and so is the same on every
// machine: a hidden ReLU per class that measures how near an image is to the
// mean digit of the class, and outputs that copy them.
func prototypes(t testing.TB) *snn.Network {
	t.Helper()
	set, err := dataset.Digits(dataset.Train, dataset.DigitsOptions{Train: 500})
	require.NoError(t, err)
	pixels, classes := set.Size(), set.Classes
	sums, all, members := make([]int, classes*pixels), make([]int, pixels), make([]int, classes)
	for i := range set.Len() {
		members[set.Labels[i]]++
		for k, v := range set.Image(i) {
			sums[int(set.Labels[i])*pixels+k] += int(v)
			all[k] += int(v)
		}
	}
	// |x - m|^2 = |x|^2 - 2 (m x - |m|^2 / 2): the nearest mean m has the largest
	// m x - |m|^2 / 2. The mean of all is taken from each m, and a constant
	// keeps most sums above 0.
	hidden, bias := make([]float64, classes*pixels), make([]float64, classes)
	for c := range classes {
		bias[c] = 20
		for k := range pixels {
			m := float64(sums[c*pixels+k]) / float64(members[c]) / 255
			bias[c] -= float64(m*m) / 2
			hidden[c*pixels+k] = m - float64(all[k])/float64(set.Len())/255
		}
	}
	identity := make([]float64, classes*classes)
	for c := range classes {
		identity[c*classes+c] = 1
	}
	net := &snn.Network{Name: "prototypes"}
	in, out := snn.Shape{pixels}, snn.Shape{classes}
	last := -1
	for _, node := range []struct {
		name    string
		op      snn.Op
		in, out snn.Shape
	}{
		{"input", &snn.Input{}, in, in},
		{"dense1", &snn.Dense{W: &snn.Matrix64{Rows: classes, Cols: pixels, Data: hidden},
			Bias: bias}, in, out},
		{"hidden", &snn.Relu{}, out, out},
		{"dense2", &snn.Dense{W: &snn.Matrix64{Rows: classes, Cols: classes, Data: identity}}, out,
			out},
		{"logits", &snn.Output{}, out, out},
	} {
		i := net.AddNode(node.name, node.op, node.in, node.out)
		if last >= 0 {
			net.Connect(last, i)
		}
		last = i
	}
	return net
}

// comparison is a compiled network with its ANN, run on generated digits.
type comparisonFixture struct {
	chip *chip.Chip
	set  *dataset.Set
	ann  *ANNEvaluation
}

const fixtureTicks = 32

// fixture compiles and runs the ANN once for all tests, which do not
// change it.
var fixture = sync.OnceValues(func() (*comparisonFixture, error) {
	set, err := dataset.Digits(dataset.Test, dataset.DigitsOptions{Test: 120})
	if err != nil {
		return nil, err
	}
	calibration, err := dataset.Digits(dataset.Train, dataset.DigitsOptions{Train: 200})
	if err != nil {
		return nil, err
	}
	vectors, err := sample.Vectors(&sample.Values{Set: calibration}, calibration.Len())
	if err != nil {
		return nil, err
	}
	p, err := profile.Load("adder")
	if err != nil {
		return nil, err
	}
	net := prototypes(fatal{})
	result, err := compiler.Compile(context.Background(), net, compiler.Options{
		Chip: p, WeightBits: 8,
		Encoder: compiler.EncoderSettings(encode.Config{Kind: encode.KindRate,
			Ticks: fixtureTicks, Intensity: 1000, TickSeconds: 1e-3}),
		Conversion: convert.Options{Calibration: vectors},
	})
	if err != nil {
		return nil, err
	}
	loaded, err := chip.Load(result.Image)
	if err != nil {
		return nil, err
	}
	ann, err := EvaluateANN(context.Background(),
		ANNRun{Network: net, Samples: &sample.Values{Set: set}, Workers: 2})
	return &comparisonFixture{chip: loaded, set: set, ann: ann}, err
})

// fatal lets prototypes be made outside of a test.
type fatal struct{ testing.TB }

func (fatal) Helper() {}

func (fatal) Errorf(format string, args ...any) {}

func (fatal) FailNow() { panic("the prototypes could not be made") }

// evaluate runs the fixture for so many ticks on the fast engine.
func evaluate(t testing.TB, ticks, workers int) Comparison {
	t.Helper()
	f, err := fixture()
	require.NoError(t, err)
	encoder, err := encode.New(encode.Config{Kind: encode.KindRate, Ticks: ticks})
	require.NoError(t, err)
	source := &sample.Encoded{Values: sample.Values{Set: f.set}, Encoder: encoder}
	e, err := Evaluate(context.Background(), Run{
		Chip: f.chip, Source: source, Workers: workers,
		Options: chip.Options{Ticks: ticks, ByTick: true},
	})
	require.NoError(t, err)
	tables, err := energy.LoadTables(nil)
	require.NoError(t, err)
	return Comparison{
		Chip: f.chip, Source: source, Encoder: encode.KindRate, Engine: "fast", SNN: e, ANN: f.ann,
		Tables: tables,
		Stop:   chooseStop(e, f.ann), // a test may choose on the samples it reports
	}
}

func newReport(t testing.TB) *Report {
	t.Helper()
	r, err := NewReport(evaluate(t, fixtureTicks, 2))
	require.NoError(t, err)
	return r
}
