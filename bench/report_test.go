package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/bench/energy/energytest"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/internal/dataset"
	"adder/internal/golden"
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
		Stop:   ChooseStop(e, f.ann), // a test may choose on the samples it reports
	}
}

func newReport(t testing.TB) *Report {
	t.Helper()
	r, err := NewReport(evaluate(t, fixtureTicks, 2))
	require.NoError(t, err)
	return r
}

func TestReportText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, newReport(t).WriteText(&b))
	golden.Equal(t, filepath.Join("testdata", "report.txt"), b.String())
}

func TestReportDoesNotDependOnWorkers(t *testing.T) {
	one, err := NewReport(evaluate(t, fixtureTicks, 1))
	require.NoError(t, err)
	many := newReport(t)
	one.comparison, many.comparison = nil, nil // which knows how long it took
	require.Equal(t, one, many)
}

// TestReportDoesNotDependOnTheEngine runs both: the cycle engine adds when, and
// changes nothing of what.
func TestReportDoesNotDependOnTheEngine(t *testing.T) {
	fast := evaluate(t, 4, 2)
	cycle := fast
	options := chip.Options{Ticks: 4, ByTick: true}
	var err error
	cycle.SNN, err = Evaluate(context.Background(), Run{
		Chip: fast.Chip, Source: fast.Source, Workers: 2, Options: options,
		Engine: func() (chip.Engine, error) { return fast.Chip.NewCycle(options, nil) },
	})
	require.NoError(t, err)
	want, err := NewReport(fast)
	require.NoError(t, err)
	got, err := NewReport(cycle)
	require.NoError(t, err)
	require.Nil(t, want.SNN.Cycles)
	require.Positive(t, got.SNN.Cycles.Total)
	require.InEpsilon(t, got.SNN.Cycles.Total/500e6, got.SNN.Cycles.SecondsOnChip, 1e-12,
		"chip adder runs at 500 MHz")
	require.Contains(t, got.SidesText(), "on the chip")
	require.Nil(t, got.SNN.Cycles.StaticPJ, "chip adder states no static power")
	got.SNN.Cycles = nil
	for i := range got.ByCore {
		require.Equal(t, got.ByCore[i].X == nil, got.ByCore[i].Busy == nil,
			"cores have a time, and nobody else")
		require.Equal(t, got.ByCore[i].X == nil, got.ByCore[i].Last == nil)
		got.ByCore[i].Busy, got.ByCore[i].Stalls, got.ByCore[i].Last = nil, nil, nil
	}
	require.Same(t, cycle.SNN, got.Comparison().SNN, "a report keeps what it was made of")
	got.comparison, want.comparison = nil, nil
	for i := range got.Energy {
		// The fast engine's time is a lower bound, so what follows from it differs.
		g, w := &got.Energy[i], &want.Energy[i]
		require.True(t, w.SecondsAtLeast)
		require.False(t, g.SecondsAtLeast)
		require.LessOrEqual(t, *w.Seconds, *g.Seconds)
		for _, e := range []*EnergyReport{g, w} {
			e.Seconds, e.SecondsAtLeast, e.EDP, e.StaticPJ, e.UnusedStaticPJ =
				nil, false, nil, nil, nil
			e.Corners, e.Winner, e.WinnerReason, e.Verdict, e.Largest, e.stopped =
				nil, nil, "", "", "", ""
			for k := range e.ANN {
				e.ANN[k].Cheaper = ""
			}
		}
	}
	require.Equal(t, want, got)
}

// TestStaticPowerStandsBeside checks the energy of an idle chip: 104 mW over
// two microseconds.
func TestStaticPowerStandsBeside(t *testing.T) {
	c := &Comparison{SNN: &Evaluation{Samples: 2, Cycles: &chip.Cycles{Total: 40_000, Stalls: 5,
		MaxQueue: 7, MaxLinkLoad: 9}}, Chip: loihiChip(t)}
	got := cyclesReport(c)
	require.Equal(t, 20_000.0, got.Total)
	require.Equal(t, 2.5, got.Stalls, "a mean, as the total")
	require.EqualValues(t, 7, got.MaxQueue, "the largest of any sample")
	require.EqualValues(t, 9, got.MaxLinkLoad)
	require.InEpsilon(t, 2e-6, got.SecondsOnChip, 1e-12)
	require.InEpsilon(t, 208_000, *got.StaticPJ, 1e-12)
	r := &Report{SNN: SNNReport{Cycles: got}}
	require.Contains(t, r.SidesText(), "208 nJ of static power")
}

// loihiChip loads one neuron onto chip loihi.
func loihiChip(t *testing.T) *chip.Chip {
	p, err := profile.Load("loihi")
	require.NoError(t, err)
	net := &snn.Network{Name: "one", DT: 1}
	in := net.AddNode("in", &snn.Input{}, snn.Shape{1}, snn.Shape{1})
	neuron := net.AddNode("n", &snn.Neuron{Model: snn.ModelIF, R: []float64{1},
		VThreshold: []float64{1}, UnitStep: true}, snn.Shape{1}, snn.Shape{1})
	out := net.AddNode("out", &snn.Output{}, snn.Shape{1}, snn.Shape{1})
	net.Connect(in, neuron)
	net.Connect(neuron, out)
	r, err := compiler.Compile(t.Context(), net,
		compiler.Options{Chip: p, Encoder: compiler.EncoderSettings(encode.Defaults("rate"))})
	require.NoError(t, err)
	loaded, err := chip.Load(r.Image)
	require.NoError(t, err)
	return loaded
}

// TestReportKeys holds the names that scripts depend on.
func TestReportKeys(t *testing.T) {
	text, err := json.Marshal(newReport(t))
	require.NoError(t, err)
	var document map[string]any
	require.NoError(t, json.Unmarshal(text, &document))
	has := func(value any, keys ...string) {
		t.Helper()
		object, ok := value.(map[string]any)
		require.True(t, ok)
		for _, key := range keys {
			require.Contains(t, object, key)
		}
	}
	first := func(key string) any { return document[key].([]any)[0] }
	has(document, "ann", "snn", "energy", "break_even", "curve", "cheapest_within_half_point")
	has(document["ann"], "accuracy", "macs", "effective_macs", "footprint_bytes")
	has(document["snn"], "accuracy", "ticks", "synops", "spikes", "spikes_per_synapse",
		"footprint_bytes")
	has(first("energy"), "table", "ann_pj", "snn_pj", "ratio", "partial", "parts", "unpriced",
		"verdict", "node", "boundary")
	has(first("break_even"), "source", "spikes_per_synapse", "wins")
	has(first("curve"), "ticks", "accuracy", "synops", "snn_pj")
	has(document["cheapest_within_half_point"], "ticks", "accuracy", "snn_pj")
}

func TestReportSides(t *testing.T) {
	r := newReport(t)
	require.Greater(t, *r.ANN.Accuracy, 0.7, "the prototypes tell digits apart")
	require.InDelta(t, *r.ANN.Accuracy, *r.SNN.Accuracy, 0.05)
	require.Equal(t, int64(784*10+10*10), r.ANN.MACs)
	require.Less(t, r.ANN.EffectiveMACs, float64(r.ANN.MACs)/2, "most pixels are black")
	require.Equal(t, 6, r.ANN.FairBits, "33 levels take 6 bits")
	require.InDelta(t, r.SNN.Synops/float64(r.SNN.Synapses), r.SNN.SpikesPerSynapse, 1e-12)
	require.Equal(t, r.SNN.Counts["synops"], r.SNN.Synops)
	require.Equal(t, r.SNN.Counts["spikes"], r.SNN.Spikes)
	require.Equal(t, r.SNN.Counts["input_spikes"], r.SNN.InputSpikes)
	require.Equal(t, r.SNN.Counts["ticks"], float64(r.SNN.Ticks+r.SNN.Latency))
	require.Positive(t, r.SNN.Latency)
	require.InEpsilon(t, (r.SNN.Spikes+r.SNN.InputSpikes)/((784+10)*fixtureTicks), r.SNN.SpikeRate,
		1e-12, "outputs integrate")
	require.Equal(t, float64(784*10+10*10+4*10), r.ANN.WeightBytes,
		"bytes of weights and 32-bit biases")
	require.InDelta(t, r.ANN.EffectiveMACs+4*10, r.ANN.SkippedWeightBytes, 1e-9,
		"a byte of weight each")
	require.Equal(t, float64(784+10+10+10), r.ANN.ActivationBytes,
		"inputs and outputs of both layers")
}

func TestReportEnergy(t *testing.T) {
	r := newReport(t)
	require.Len(t, r.Energy, len(energy.ShippedTables()))
	var compared, own []string
	for _, b := range r.BreakEven[4:] {
		own = append(own, b.Source)
	}
	for i := range r.Energy {
		e := &r.Energy[i]
		table, err := energy.LoadTable(e.Table)
		require.NoError(t, err)
		require.Equal(t, []string{table.Node, table.Voltage, table.Boundary, table.Caution},
			[]string{e.Node, e.Voltage, e.Boundary, e.Caution})
		require.Positive(t, e.SNNPJ, e.Table)
		require.False(t, e.Partial, "%s: %v %v", e.Table, e.Unpriced, e.ANNUnpriced)
		sum := 0.0
		for part, pj := range e.Parts {
			if part != energy.PartPads {
				sum += pj
			}
		}
		require.LessOrEqual(t, e.SNNLeastPJ, e.SNNPJ)
		require.GreaterOrEqual(t, e.SNNGreatestPJ, e.SNNPJ)
		require.Contains(t, e.Verdict, "SNN 79.17 %", "%s: no verdict without accuracy", e.Table)
		require.InEpsilon(t, e.SNNPJ, sum, 1e-9, e.Table)
		if table.Chip != "" {
			require.NotEmpty(t, e.OtherChip)
			require.Contains(t, e.Verdict, "applied to the events of chip adder")
			require.Nil(t, e.Winner)
			require.Empty(t, e.ANN)
			require.Nil(t, e.ANNPJ)
			require.Nil(t, e.SkippedPJ)
			require.Nil(t, e.Ratio)
			require.Contains(t, e.Verdict, "nobody wins")
			continue
		}
		compared = append(compared, "this network, "+e.Table)
		require.InEpsilon(t, e.SNNPJ / *e.ANNPJ, *e.Ratio, 1e-12)
		require.Contains(t, e.Verdict, "difference ")
		require.LessOrEqual(t, *e.RatioLeast, *e.Ratio*(1+1e-12))
		require.GreaterOrEqual(t, *e.RatioGreatest, *e.Ratio*(1-1e-12))
	}
	require.Equal(t, compared, own, "a break-even per table that compares")
}

// TestANNOfATable: what the table leaves out of the ANN makes the comparison
// partial, though the SNN's bill is whole.
func TestANNOfATable(t *testing.T) {
	table := energytest.Table(t, "ann: {weight_bits: 8, activation_bits: 8, accumulator_bits: "+
		"32}\nprices:\n"+
		energytest.Price("ann_macs", "1 pJ")+energytest.Price("synops", "1 pJ"))
	c := evaluate(t, 4, 1)
	c.Tables = []*energy.Table{table}
	r, err := NewReport(c)
	require.NoError(t, err)
	e := &r.Energy[0]
	require.InDelta(t, 7940, *e.ANNPJ, 1e-9)
	require.InDelta(t, r.ANN.EffectiveMACs, *e.SkippedPJ, 1e-9)
	require.True(t, e.Partial)
	require.ElementsMatch(t, []string{
		"ann_weight_reads", "ann_activation_reads", "ann_activation_writes", "ann_comparisons",
		"ann_requantisations", "ann_bias_reads",
		"ann_accumulator_reads", "ann_accumulator_writes", "ann_register_reads",
		"ann_register_writes",
	}, e.ANNUnpriced, "what some dataflows alone have, too")
	require.Contains(t, e.Verdict, "; unpriced: operations, memory, ")
	require.Contains(t, r.EnergyText(), "7.94 nJ")
	require.Contains(t, r.EnergyText(), "* test has no price for: operations, memory, ")
}

func TestReportWithoutANN(t *testing.T) {
	c := evaluate(t, 4, 2)
	c.ANN = nil
	r, err := NewReport(c)
	require.NoError(t, err)
	require.Nil(t, r.ANN)
	require.Nil(t, r.Cheapest)
	for i := range r.Energy {
		require.Nil(t, r.Energy[i].ANNPJ)
		require.Nil(t, r.Energy[i].Ratio)
		require.NotEmpty(t, r.Energy[i].NotCompared)
	}
	require.Len(t, r.BreakEven, 4, "the published ones alone")
	require.NoError(t, r.WriteText(&bytes.Buffer{}))
}

func TestReportFaults(t *testing.T) {
	c := evaluate(t, 4, 2)
	fewer := *c.ANN
	fewer.Samples--
	c.ANN = &fewer
	_, err := NewReport(c)
	require.ErrorContains(t, err, "compare the same ones")
	c.SNN = &Evaluation{}
	_, err = NewReport(c)
	require.ErrorContains(t, err, "no sample was run")
}

func TestCurveGrows(t *testing.T) {
	r := newReport(t)
	require.Len(t, r.Curve, fixtureTicks)
	for i := range r.Curve {
		p := &r.Curve[i]
		require.Equal(t, i+1, p.Ticks)
		if i == 0 {
			continue
		}
		require.GreaterOrEqual(t, p.Synops, r.Curve[i-1].Synops)
		for table, pj := range p.SNNPJ {
			require.GreaterOrEqual(t, pj, r.Curve[i-1].SNNPJ[table], "%s, tick %d", table, p.Ticks)
		}
	}
	last := &r.Curve[fixtureTicks-1]
	require.Equal(t, r.SNN.Accuracy, last.Accuracy)
	require.Equal(t, r.SNN.Synops, last.Synops)
	for i := range r.Energy {
		require.InEpsilon(t, r.Energy[i].SNNPJ, last.SNNPJ[r.Energy[i].Table], 1e-12)
	}
}

// TestCurveIsShorterRuns holds points of the curve against runs of that
// length.
func TestCurveIsShorterRuns(t *testing.T) {
	long := newReport(t)
	for _, ticks := range []int{1, 3, 8} {
		short, err := NewReport(evaluate(t, ticks, 2))
		require.NoError(t, err)
		p := &long.Curve[ticks-1]
		require.Equal(t, short.SNN.Accuracy, p.Accuracy)
		require.Equal(t, short.SNN.Synops, p.Synops)
		for i := range short.Energy {
			require.InEpsilon(t, short.Energy[i].SNNPJ, p.SNNPJ[short.Energy[i].Table], 1e-9,
				short.Energy[i].Table)
		}
	}
}

// TestChooseStop: the tick is the first within half a point of the ANN on the samples it is
// chosen on, and says nothing where none is.
func TestChooseStop(t *testing.T) {
	ann := &ANNEvaluation{Samples: 1000, Correct: 980, Labelled: true}
	snn := &Evaluation{Samples: 1000, Labelled: true, CorrectByTick: []int{500, 974, 975, 980}}
	require.Equal(t, &Stop{Ticks: 3, Samples: 1000, Accuracy: 0.975, ANNAccuracy: 0.98},
		ChooseStop(snn, ann))
	ann.Correct = 999
	require.Zero(t, ChooseStop(snn, ann).Ticks)
	require.Nil(t, ChooseStop(nil, ann))
	require.Nil(t, ChooseStop(snn, &ANNEvaluation{}))
}

// TestStoppedPoint: what is measured at the chosen tick is the curve's point there, with a
// difference of its own; without training samples there is none.
func TestStoppedPoint(t *testing.T) {
	r := newReport(t)
	require.NotNil(t, r.Cheapest)
	require.Equal(t, r.Curve[r.Cheapest.Ticks-1], r.Cheapest.CurvePoint)
	require.InDelta(t, 100*(*r.Cheapest.Accuracy-*r.ANN.Accuracy), r.Cheapest.Difference.Points,
		1e-9)
	require.Contains(t, r.Energy[0].Verdict, "chosen on 120 training samples")

	c := evaluate(t, 4, 1)
	c.Stop = nil
	bare, err := NewReport(c)
	require.NoError(t, err)
	require.Nil(t, bare.Cheapest)
	require.NotContains(t, bare.Energy[0].Verdict, "stopped after")
}

func TestBreakEven(t *testing.T) {
	r := &Report{SNN: SNNReport{SpikesPerSynapse: 1.5, SpikeRate: 0.05, Ticks: 5},
		ANN: &ANNReport{FairBits: 3}}
	rows := publishedBreakEven(r)
	require.Len(t, rows, 4)
	require.Equal(t, []float64{1.72, 1.38, 0.15},
		[]float64{rows[0].SpikesPerSynapse, rows[1].SpikesPerSynapse, rows[2].SpikesPerSynapse})
	require.InDelta(t, 0.285, rows[3].SpikesPerSynapse, 1e-12)
	require.Equal(t, "a mean spike rate of at most 5.7 % in 5 ticks; here 5.0 % in 5; the fair "+
		"partner is an ANN of 3 bits", rows[3].Note)
	require.Equal(t, []bool{true, false, false, true},
		[]bool{rows[0].Wins, rows[1].Wins, rows[2].Wins, rows[3].Wins})
	r.SNN.SpikeRate = 0.057
	require.True(t, publishedBreakEven(r)[3].Wins, "at most 5.7 %")
	r.SNN.SpikeRate = 0.058
	require.False(t, publishedBreakEven(r)[3].Wins)
	r.SNN.SpikeRate, r.SNN.Ticks = 0.05, 32
	require.False(t, publishedBreakEven(r)[3].Wins, "their limit is for five ticks")

	// 10 pJ that follow the spikes and 4 that do not against 9 of the ANN: half
	// the spikes would be even.
	nine := 9.0
	e := &EnergyReport{Table: "t", SNNPJ: 14, ANNPJ: &nine,
		Lines: []energy.BillLine{{Event: "synaptic_adds", PJ: 7}, {Event: "buffer_writes", PJ: 3},
			{Event: "comparisons", PJ: 3}, {Event: "ticks", PJ: 1}}}
	own := ownBreakEven(e, r)
	require.InDelta(t, 0.75, own.SpikesPerSynapse, 1e-12)
	require.False(t, own.Wins)
	require.Equal(t, "what does not depend on spikes costs 44 % of the dense ANN", own.Note)
	*e.ANNPJ = 24
	own = ownBreakEven(e, r)
	require.InDelta(t, 3, own.SpikesPerSynapse, 1e-12)
	require.True(t, own.Wins)
	*e.ANNPJ = 3
	require.Zero(t, ownBreakEven(e, r).SpikesPerSynapse, "the rest alone costs more than the ANN")
}

func TestEnergiesChangeUnitWhereTheyRound(t *testing.T) {
	for pj, want := range map[float64]string{
		0: "0.00 pJ", 0.128: "0.13 pJ", 9.994: "9.99 pJ", 9.996: "10.0 pJ", 99.96: "100 pJ",
		999.4: "999 pJ",
		999.6: "1.00 nJ", 1e3: "1.00 nJ", 999.4e3: "999 nJ", 999.6e3: "1.00 uJ", 12.34e6: "12.3 uJ",
		999.6e6: "1.00 mJ", 5e12: "5000 mJ",
	} {
		require.Equal(t, want, Energy(pj), "%v pJ", pj)
	}
}

func TestVerdicts(t *testing.T) {
	pj, who := func(x float64) *float64 { return &x }, func(s string) *string { return &s }
	yes := true
	r := &Report{
		SNN: SNNReport{Ticks: 8, Accuracy: pj(0.979)}, ANN: &ANNReport{Accuracy: new(0.9793)},
		Difference: &Difference{Points: -0.03, Interval: [2]float64{-0.2, 0.11}, Comparable: &yes,
			Reason: "close"},
	}
	stopped := *r
	stopped.Cheapest = &StoppedPoint{
		CurvePoint: CurvePoint{Ticks: 3, Accuracy: pj(0.976)}, Chosen: &Stop{Samples: 1000},
		Difference: r.Difference,
	}
	anns := []ANNEnergy{
		{Dataflow: Compulsory, Bits: 8, PJ: 3000},
		{Dataflow: Compulsory, Bits: 8, ZerosSkipped: true, PJ: 2000},
		{Dataflow: AsSNN, Bits: 4, PJ: 1},
	}
	const accuracies = "SNN 97.90 %, ANN 97.93 %, difference -0.03 points (-0.20 to +0.11)"
	for _, c := range []struct {
		r    *Report
		e    EnergyReport
		want string
	}{
		{r, EnergyReport{SNNPJ: 1000, SNNLeastPJ: 500, SNNGreatestPJ: 2000, Winner: who("snn"),
			WinnerReason: "it is cheaper", ANN: anns,
			Ratio: pj(1.0 / 3), RatioLeast: pj(0.1), RatioGreatest: pj(0.9)},
			"t: the SNN wins: it is cheaper; " + accuracies + "; the SNN takes 1.00 nJ (500 pJ " +
				"to 2.00 nJ)" +
				"; an ANN of 8 bits takes from 2.00 nJ (compulsory, zeros skipped) to 3.00 nJ " +
				"(compulsory); SNN / dense ANN, compulsory, is 0.33 (0.10 to 0.90)."},
		{r, EnergyReport{SNNPJ: 4e6, SNNLeastPJ: 4e6, SNNGreatestPJ: 4e6, StaticPJ: pj(2e6),
			SecondsAtLeast: true, Winner: who("ann"), WinnerReason: "an ANN is cheaper",
			Unpriced: []string{"axon_reads", "hops_east", "hops_south"},
			outside:  []energy.Part{energy.PartMemory}},
			"t: the ANN wins: an ANN is cheaper; " + accuracies + "; the SNN takes 4.00 uJ and " +
				"at least 2.00 uJ of leakage and clock; unpriced: memory, hops."},
		{&stopped, EnergyReport{SNNPJ: 2, SNNLeastPJ: 2, SNNGreatestPJ: 2, Winner: who("undecided"),
			WinnerReason: "it depends", stopped: "snn", stoppedPJ: 1},
			"t: undecided: it depends; " + accuracies + "; the SNN takes 2.00 pJ; stopped after " +
				"3 ticks, chosen on 1,000 training samples, " +
				"it has 97.60 % (difference -0.03 points (-0.20 to +0.11)) and takes 1.00 pJ: " +
				"the SNN wins."},
		{&Report{}, EnergyReport{SNNPJ: 12, SNNLeastPJ: 12, SNNGreatestPJ: 12,
			NotCompared: "no ANN was given", WinnerReason: "no ANN was given", Caution: "careful",
			OtherChip: "elsewhere"},
			"t: nobody wins, since no ANN was given; the SNN's accuracy is not known; the SNN " +
				"takes 12.0 pJ; caution: elsewhere; caution: careful."},
	} {
		c.e.Table = "t"
		require.Equal(t, c.want, verdict(&c.e, c.r))
	}
}

// TestWinner: nobody wins without comparable accuracies; the SNN must beat every ANN, the
// ANN one that can be built and is as accurate; the rest is undecided.
func TestWinner(t *testing.T) {
	yes, no, accuracy := true, false, 0.97
	low := 0.9
	comparable := &Difference{Comparable: &yes}
	ann := func(flow Dataflow, cheaper string) ANNEnergy {
		return ANNEnergy{Dataflow: flow, Bits: 8, Cheaper: cheaper}
	}
	worse := ANNEnergy{Dataflow: AsSNN, Bits: 3, Cheaper: winnerANN, Accuracy: &low}
	unknown := ANNEnergy{Dataflow: AsSNN, Bits: 3, Cheaper: winnerANN}
	for _, c := range []struct {
		name string
		d    *Difference
		anns []ANNEnergy
		want string
	}{
		{"no labels", nil, []ANNEnergy{ann(Compulsory, winnerSNN)}, ""},
		{"not comparable", &Difference{Comparable: &no}, []ANNEnergy{ann(Compulsory, winnerSNN)},
			""},
		{"undecided accuracies", &Difference{}, []ANNEnergy{ann(Compulsory, winnerSNN)},
			winnerNone},
		{"beats all", comparable, []ANNEnergy{ann(Compulsory, winnerSNN), ann(AsSNN, winnerSNN)},
			winnerSNN},
		{"the lower bound alone beats it", comparable,
			[]ANNEnergy{ann(Compulsory, winnerANN), ann(AsSNN, winnerSNN)}, winnerNone},
		{"one that can be built beats it", comparable,
			[]ANNEnergy{ann(Compulsory, winnerSNN), ann(RegisterFile, winnerANN)}, winnerANN},
		{"prices decide", comparable,
			[]ANNEnergy{ann(Compulsory, winnerSNN), ann(AsSNN, winnerNone)}, winnerNone},
		{"a worse ANN does not count", comparable, []ANNEnergy{ann(Compulsory, winnerSNN), worse},
			winnerNone},
		{"nor one that nobody measured", comparable,
			[]ANNEnergy{ann(Compulsory, winnerSNN), unknown}, winnerNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, reason := overall(c.d, c.anns, DefaultMargin, &accuracy)
			if c.want == "" {
				require.Nil(t, got)
			} else {
				require.Equal(t, c.want, *got, reason)
			}
		})
	}
}

// TestCheaper: the lead must keep its sign over the box and with static energy, and be more
// than a tie.
func TestCheaper(t *testing.T) {
	table := energytest.Table(t, "factors:\n  - name: f\n    least: {times: 0.5, evidence: S, "+
		"source: x}\n    greatest: {times: 2, evidence: S, source: x}\n"+
		"prices:\n"+energytest.Price("comparisons", "1 pJ", "factor: f")+energytest.Price("draws",
		"1 pJ"))
	bill := func(moving, fixed int64) *energy.Bill {
		return table.Bill(&energy.Ledger{Samples: 1,
			Entries: []energy.Entry{{Event: "comparisons", Count: moving},
				{Event: "draws", Count: fixed}}})
	}
	static := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		snn, ann             *energy.Bill
		snnStatic, annStatic *float64
		want                 string
	}{
		{bill(100, 0), bill(50, 0), nil, nil, winnerANN},
		{bill(100, 0), bill(0, 150), nil, nil, winnerNone},
		{bill(100, 0), bill(0, 210), nil, nil, winnerSNN},
		{bill(1000, 0), bill(1001, 0), nil, nil, winnerNone},
		{bill(100, 0), bill(0, 210), static(50), static(10), winnerNone},
		{bill(100, 0), bill(0, 210), static(5), static(10), winnerSNN},
	} {
		require.Equal(t, c.want, cheaper(table, c.snn, c.ann, c.snnStatic, c.annStatic))
	}
}

func TestSaveCSV(t *testing.T) {
	r := newReport(t)
	dir := filepath.Join(t.TempDir(), "tables")
	names, err := r.SaveCSV(dir)
	require.NoError(t, err)
	require.Len(t, names, 4)
	rows := map[string]int{}
	for _, name := range names {
		file, err := os.Open(name)
		require.NoError(t, err)
		lines, err := csv.NewReader(file).ReadAll()
		require.NoError(t, err)
		require.NoError(t, file.Close())
		rows[filepath.Base(name)] = len(lines) - 1
	}
	require.Equal(t, len(r.BreakEven), rows["break_even.csv"])
	ann := 0
	for i := range r.Energy {
		ann += len(r.Energy[i].ANN)
	}
	require.Equal(t, ann, rows["ann.csv"])
	require.Equal(t, len(r.Energy)*len(r.Curve), rows["curve.csv"])
	require.Greater(t, rows["energy.csv"], 40)
}

func TestSavePlot(t *testing.T) {
	r := newReport(t)
	dir := t.TempDir()
	for name, magic := range map[string]string{"c.png": "\x89PNG", "c.svg": "<?xml"} {
		path := filepath.Join(dir, name)
		require.NoError(t, r.SavePlot(path))
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.True(t, bytes.HasPrefix(data, []byte(magic)), name)
	}
	require.ErrorContains(t, r.SavePlot(filepath.Join(dir, "c.gif")),
		"end the name in .png or .svg")
	require.ErrorContains(t, (&Report{}).SavePlot(filepath.Join(dir, "c.png")), "there is no curve")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "no temporary file is left")
	unpriced := *r
	unpriced.Energy = nil
	require.NoError(t, unpriced.SavePlot(filepath.Join(dir, "bare.svg")))
}

// TestANNStandsOnItsOwn: the ANN's price does not know the SNN's bits.
func TestANNStandsOnItsOwn(t *testing.T) {
	f, err := fixture()
	require.NoError(t, err)
	p, err := profile.Load("adder")
	require.NoError(t, err)
	values := &sample.Values{Set: f.set.Head(20)}
	vectors, err := sample.Vectors(values, values.Len())
	require.NoError(t, err)
	tables, err := energy.LoadTables([]string{"45nm"})
	require.NoError(t, err)
	var first []float64
	for _, bits := range []int{8, 4, 2} {
		result, err := compiler.Compile(t.Context(), f.ann.Network, compiler.Options{
			Chip: p, WeightBits: bits, Conversion: convert.Options{Calibration: vectors},
			Encoder: compiler.EncoderSettings(encode.Config{Kind: encode.KindRate, Ticks: 4,
				Intensity: 1000, TickSeconds: 1e-3}),
		})
		require.NoError(t, err)
		loaded, err := chip.Load(result.Image)
		require.NoError(t, err)
		encoder, err := encode.New(encode.Config{Kind: encode.KindRate, Ticks: 4})
		require.NoError(t, err)
		r, err := Compare(context.Background(), CompareRun{
			Chip: loaded, Options: chip.Options{Ticks: 4, ByTick: true}, Tables: tables,
			ANN: f.ann.Network, Workers: 2,
			Source: &sample.Encoded{Values: *values, Encoder: encoder},
		})
		require.NoError(t, err)
		var pj []float64
		for _, a := range r.Energy[0].ANN {
			pj = append(pj, a.PJ)
		}
		if first == nil {
			first = pj
		}
		require.Equal(t, first, pj, "%d bits", bits)
	}
}
