package diagnose

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/proportion"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/internal/dataset"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike"
	"adder/spike/encode"
)

// pictures are three of two pixels, two classes.
func pictures() *dataset.Set {
	return &dataset.Set{Name: "pictures", Shape: []int{2}, Classes: 2,
		Bytes: []uint8{255, 0, 0, 255, 200, 100}, Labels: []int32{0, 1, 0}}
}

// chain is an ANN of two activations.
func chain() *snn.Network {
	n := &snn.Network{Name: "chain"}
	two := snn.Shape{2}
	in := n.AddNode("in", &snn.Input{}, two, two)
	first := n.AddNode("fc1",
		&snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: 2, Data: []float64{1, -0.5, -0.5, 1}}}, two, two)
	relu := n.AddNode("relu", &snn.Relu{}, two, two)
	second := n.AddNode("fc2",
		&snn.Dense{W: &snn.Matrix64{Rows: 2, Cols: 2, Data: []float64{0.7, 0.1, 0.2, 0.6}}}, two,
		two)
	out := n.AddNode("out", &snn.Output{}, two, two)
	for _, e := range [][2]int{{in, first}, {first, relu}, {relu, second}, {second, out}} {
		n.Connect(e[0], e[1])
	}
	return n
}

// compiled makes a case of rates.
func compiled(t *testing.T) Case {
	t.Helper()
	chip, err := profile.Load("adder")
	require.NoError(t, err)
	encoder, err := encode.New(encode.Config{Kind: encode.KindRate, Ticks: 4})
	require.NoError(t, err)
	result, err := compiler.Compile(context.Background(), chain(), compiler.Options{
		Chip: chip, Encoder: compiler.EncoderSettings(encoder.Config()),
		Conversion: convert.Options{Calibration: [][]float64{{1, 0}, {0, 1}, {0.8, 0.4}},
			InputPeak: encoder.Peak()},
	})
	require.NoError(t, err)
	source, err := sample.NewEncoded(pictures(), encoder, nil, []int{2})
	require.NoError(t, err)
	return Case{Compiled: result, Source: source, Analog: func(i int) ([]float64, error) {
		return source.SourceValues(i), nil
	}}
}

func TestLadderOfRates(t *testing.T) {
	c := compiled(t)
	l, err := Run(context.Background(), c)
	require.NoError(t, err)
	var names []string
	for i, r := range l.Rungs {
		require.Equal(t, i > 0, r.Lost != nil)
		require.Equal(t, 1.0, r.Interval[1])
		names = append(names, r.Name)
		require.Equal(t, 1.0, *r.Accuracy, r.Name)
		require.Equal(t, "relu", r.Layers[0].Layer)
	}
	require.Equal(t, []string{"float", "normalised", "spiking", "integers", "chip"}, names)
	require.Zero(t, *l.Rungs[0].Layers[0].Error)
	require.Nil(t, l.Rungs[1].Layers[0].Spikes)
	require.Positive(t, *l.Rungs[2].Layers[0].Spikes)
	require.Nil(t, l.Rungs[4].First, "the placed chip is its integers")
	require.Equal(t, l.Rungs[3].Layers, l.Rungs[4].Layers)
	require.Len(t, l.Advice, 1)
	require.Regexp(t, `^no rung loses a tenth of a point on \d+ samples, which leaves losses of up `+
		`to \d+\.\d points open \(more samples decide\): nothing to turn$`, l.Advice[0])
	require.Equal(t, []string{"no rung loses a tenth of a point: nothing to turn"},
		advice(&Ladder{Rungs: l.Rungs[:1]}, &c))
	for _, ending := range []string{".svg", ".png"} {
		require.NoError(t, l.Save(filepath.Join(t.TempDir(), "l"+ending)))
	}
	require.Error(t, l.Save("l.txt"))

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Run(ctx, c)
	require.ErrorIs(t, err, context.Canceled)
	c.Compiled.Prepared = nil
	_, err = Run(context.Background(), c)
	require.ErrorContains(t, err, "a ladder begins at an ANN")
}

func train(rows ...[]uint8) *spike.Train { return trainOf(rows) }

func TestFirstUnlikeSpike(t *testing.T) {
	c := &climb{layers: []string{"a", "b"}}
	before := &step{trains: map[string]*spike.Train{"a": train([]uint8{0, 1}, []uint8{1, 1}),
		"b": train([]uint8{0, 0}, []uint8{0, 1})}}
	now := &step{trains: map[string]*spike.Train{"a": train([]uint8{0, 1}, []uint8{1, 0}),
		"b": train([]uint8{0, 1}, []uint8{0, 1})}}
	require.Nil(t, c.diverges(before, before))
	zero, quarter := 0, 0.25
	require.Equal(t, &Divergence{Tick: &zero, Layer: "b", Neuron: 1}, c.diverges(before, now),
		"an earlier tick of a later layer")
	before.margin = func(string, int, int) float64 { return 0.25 }
	require.Equal(t, &quarter, c.diverges(before, now).Margin)
	before.margin = func(string, int, int) float64 { return math.NaN() }
	require.Nil(t, c.diverges(before, now).Margin)
}

func TestFirstUnlikeLevel(t *testing.T) {
	c := &climb{layers: []string{"a"}, scales: map[string]layerScale{"a": {unit: []float64{0.5}}},
		c: &Case{Compiled: &compiler.Result{}}}
	before := &step{levels: map[string][]int32{"a": {1, 2, 3}}}
	require.Equal(t, &Divergence{Layer: "a", Neuron: 2},
		c.diverges(before, &step{levels: map[string][]int32{"a": {1, 2, 4}}}))

	c.c.Source = &sample.Encoded{}
	c.c.Compiled.Image = &layout.Image{}
	c.c.Compiled.Quantised = nil
	encoder, err := encode.New(encode.Config{Kind: encode.KindRate, Ticks: 1})
	require.NoError(t, err)
	c.c.Source.Encoder = encoder
	real := &step{values: map[string][]float64{"a": {0.5, 0.7, 1.5}}}
	levels := &step{values: map[string][]float64{"a": {0.5, 0.5, 1}},
		trains: map[string]*spike.Train{"a": train([]uint8{1, 1, 1})}}
	d := c.diverges(real, levels)
	require.Equal(t, 2, d.Neuron, "0.7 is within half a level of 0.5, and 1.5 is not of 1")
	require.InDelta(t, 0.5, *d.Margin, 1e-9, "1.5 is in the middle between two boundaries")
	cut := c.diverges(real, &step{values: map[string][]float64{"a": {0.5, 0.7, 1.2}}})
	require.Equal(t, 2, cut.Neuron)
	require.InDelta(t, -0.25, *cut.Margin, 1e-9, "a quarter of the range beyond it")
}

func TestAdvice(t *testing.T) {
	accuracy := func(v float64) *float64 { return &v }
	rung := func(name string, a, e float64) Rung {
		return Rung{Name: name, Accuracy: &a,
			Layers: []Layer{{Layer: "first", Error: accuracy(e / 4)},
				{Layer: "second", Error: accuracy(e)}}}
	}
	l := &Ladder{Rungs: []Rung{rung("float", 0.98, 0), rung("normalised", 0.97, 0.1),
		rung("quantised", 0.9, 0.5), rung("integers", 0.9, 0.5), rung("chip", 0.9, 0.5)}}
	got := advice(l, &Case{Compiled: &compiler.Result{}})
	require.Len(t, got, 2)
	require.Contains(t, got[0], "quantised loses 7.00 points: the error grows most at second")
	require.Contains(t, got[1], "normalised loses 1.00 points")
	l.Rungs[4].First = &Divergence{Layer: "second", Neuron: 3}
	require.Contains(t, advice(l, &Case{Compiled: &compiler.Result{}})[2],
		"chip must equal integers and does not, first at neuron 3 of second in sample 0")
}

// TestAdviceWithinNoise: what few samples do not show is called noise and comes last.
func TestAdviceWithinNoise(t *testing.T) {
	rung := func(name string, accuracy float64, p proportion.Pairs) Rung {
		return Rung{Name: name, Accuracy: &accuracy, Lost: lossOf(p)}
	}
	l := &Ladder{Samples: 50, Rungs: []Rung{rung("float", 1, proportion.Pairs{Samples: 50}),
		rung("normalised", 0.98, proportion.Pairs{Samples: 50, First: 1}),
		rung("integers", 0.78, proportion.Pairs{Samples: 50, First: 10})}}
	got := advice(l, &Case{Compiled: &compiler.Result{}})
	require.Len(t, got, 2)
	require.Contains(t, got[0], "integers loses 20.00 points: ")
	require.Regexp(t, `^normalised loses 2.00 points on 50 samples, which is within noise `+
		`\(-\d+\.\d\d to \+\d+\.\d\d; more samples decide\); if it is real: `, got[1])
}
