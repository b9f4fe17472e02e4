package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
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
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

func replaceOnce(s, old, new string) string { return strings.Replace(s, old, new, 1) }

var update = flag.Bool("update", false, "rewrite the golden files")

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
		{"dense1", &snn.Dense{W: &snn.Matrix64{Rows: classes, Cols: pixels, Data: hidden}, Bias: bias}, in, out},
		{"hidden", &snn.Relu{}, out, out},
		{"dense2", &snn.Dense{W: &snn.Matrix64{Rows: classes, Cols: classes, Data: identity}}, out, out},
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
	result, err := compiler.Compile(net, compiler.Options{
		Chip: p, WeightBits: 8, Encoder: compiler.EncoderSettings(encode.Config{Kind: encode.KindRate, Ticks: fixtureTicks, Intensity: 1000, TickSeconds: 1e-3}),
		Conversion: convert.Options{Calibration: vectors},
	})
	if err != nil {
		return nil, err
	}
	loaded, err := chip.Load(result.Image)
	if err != nil {
		return nil, err
	}
	ann, err := EvaluateANN(context.Background(), ANNRun{Network: net, Samples: &sample.Values{Set: set}, Workers: 2})
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
		Chip: f.chip, Source: source, Workers: workers, Options: chip.Options{Ticks: ticks, ByTick: true},
	})
	require.NoError(t, err)
	tables, err := energy.LoadTables(nil)
	require.NoError(t, err)
	return Comparison{Chip: f.chip, Source: source, Encoder: encode.KindRate, Engine: "fast", SNN: e, ANN: f.ann, Tables: tables}
}

func newReport(t testing.TB) *Report {
	t.Helper()
	r, err := NewReport(evaluate(t, fixtureTicks, 2))
	require.NoError(t, err)
	return r
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o777))
		require.NoError(t, os.WriteFile(path, got, 0o666))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update to write it")
	require.Equal(t, string(want), string(got), "run the test with -update if this is meant")
}

func TestReportText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, newReport(t).WriteText(&b))
	golden(t, "report.txt", b.Bytes())
}

func TestReportDoesNotDependOnWorkers(t *testing.T) {
	one, err := NewReport(evaluate(t, fixtureTicks, 1))
	require.NoError(t, err)
	require.Equal(t, one, newReport(t))
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
	require.InEpsilon(t, got.SNN.Cycles.Total/500e6, got.SNN.Cycles.SecondsOnChip, 1e-12, "chip adder runs at 500 MHz")
	require.Contains(t, got.SidesText(), "on the chip")
	require.Nil(t, got.SNN.Cycles.StaticPJ, "chip adder states no static power")
	got.SNN.Cycles = nil
	for i := range got.ByCore {
		require.Equal(t, got.ByCore[i].X == nil, got.ByCore[i].Busy == nil, "cores have a time, and nobody else")
		got.ByCore[i].Busy = nil
	}
	require.Equal(t, want, got)
}

// TestStaticPowerStandsBeside checks the energy of an idle chip: 104 mW over
// two microseconds.
func TestStaticPowerStandsBeside(t *testing.T) {
	c := &Comparison{SNN: &Evaluation{Samples: 2, Cycles: &chip.Cycles{Total: 40_000, Stalls: 5, MaxQueue: 7, MaxLinkLoad: 9}}, Chip: loihiChip(t)}
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
	neuron := net.AddNode("n", &snn.Neuron{Model: snn.ModelIF, R: []float64{1}, VThreshold: []float64{1}, UnitStep: true}, snn.Shape{1}, snn.Shape{1})
	out := net.AddNode("out", &snn.Output{}, snn.Shape{1}, snn.Shape{1})
	net.Connect(in, neuron)
	net.Connect(neuron, out)
	r, err := compiler.Compile(net, compiler.Options{Chip: p, Encoder: compiler.EncoderSettings(encode.Defaults("rate"))})
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
	has(document["snn"], "accuracy", "ticks", "synops", "spikes", "spikes_per_synapse", "footprint_bytes")
	has(first("energy"), "table", "ann_pj", "snn_pj", "ratio", "partial", "parts", "unpriced", "verdict", "node", "boundary")
	has(first("break_even"), "source", "spikes_per_synapse", "wins")
	has(first("curve"), "ticks", "accuracy", "synops", "snn_pj")
	has(document["cheapest_within_half_point"], "ticks", "accuracy", "snn_pj")
}

func TestReportSides(t *testing.T) {
	r := newReport(t)
	require.Greater(t, r.ANN.Accuracy, 0.7, "the prototypes tell digits apart")
	require.InDelta(t, r.ANN.Accuracy, *r.SNN.Accuracy, 0.05)
	require.Equal(t, int64(784*10+10*10), r.ANN.MACs)
	require.Less(t, r.ANN.EffectiveMACs, float64(r.ANN.MACs)/2, "most pixels are black")
	require.Equal(t, 6, r.ANN.FairBits, "33 levels take 6 bits")
	require.InDelta(t, r.SNN.Synops/float64(r.SNN.Synapses), r.SNN.SpikesPerSynapse, 1e-12)
	require.Equal(t, r.SNN.Counts["synops"], r.SNN.Synops)
	require.Equal(t, r.SNN.Counts["spikes"], r.SNN.Spikes)
	require.Equal(t, r.SNN.Counts["input_spikes"], r.SNN.InputSpikes)
	require.Equal(t, r.SNN.Counts["ticks"], float64(r.SNN.Ticks+r.SNN.Latency))
	require.Positive(t, r.SNN.Latency)
	require.InEpsilon(t, (r.SNN.Spikes+r.SNN.InputSpikes)/((784+10)*fixtureTicks), r.SNN.SpikeRate, 1e-12, "outputs integrate")
	require.Equal(t, float64(784*10+10*10+4*10), r.ANN.WeightBytes, "bytes of weights and 32-bit biases")
	require.InDelta(t, r.ANN.EffectiveMACs+4*10, r.ANN.SkippedWeightBytes, 1e-9, "a byte of weight each")
	require.Equal(t, float64(784+10+10+10), r.ANN.ActivationBytes, "inputs and outputs of both layers")
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
		require.Equal(t, []string{table.Node, table.Voltage, table.Boundary, table.Caution}, []string{e.Node, e.Voltage, e.Boundary, e.Caution})
		require.Positive(t, e.SNNPJ, e.Table)
		require.True(t, e.Partial, e.Table)
		sum := 0.0
		for _, pj := range e.Parts {
			sum += pj
		}
		require.InEpsilon(t, e.SNNPJ, sum, 1e-9, e.Table)
		if strings.HasPrefix(e.Table, "loihi") {
			require.Nil(t, e.ANNPJ)
			require.Nil(t, e.SkippedPJ)
			require.Nil(t, e.Ratio)
			require.Contains(t, e.Verdict, "no winner")
			continue
		}
		compared = append(compared, "this network, "+e.Table)
		require.InEpsilon(t, e.SNNPJ / *e.ANNPJ, *e.Ratio, 1e-12)
		require.Positive(t, e.Parts[energy.PartHost], "%s: the encoder's additions have a price", e.Table)
		require.Equal(t, *e.Ratio > 1, strings.Contains(e.Verdict, ": the ANN wins, "), e.Verdict)
	}
	require.Equal(t, compared, own, "a break-even per table that compares")
}

// TestANNOfATable: what the table leaves out of the ANN makes the comparison
// partial, though the SNN's bill is whole.
func TestANNOfATable(t *testing.T) {
	table := energytest.Table(t, "ann: {weight_bits: 8, activation_bits: 8, accumulator_bits: 32}\nprices:\n"+energytest.Price("ann_macs", "1 pJ"))
	e := &EnergyReport{Table: "test", SNNPJ: 6}
	e.addANN(evaluateTiny(t), table, tinyMemories())
	require.Equal(t, 12.0, *e.ANNPJ)
	require.Equal(t, 4.0, *e.SkippedPJ)
	require.Equal(t, 0.5, *e.Ratio)
	require.True(t, e.Partial)
	require.ElementsMatch(t, []string{
		"ann_weight_reads", "ann_bias_reads", "ann_activation_reads", "ann_activation_writes", "ann_comparisons", "ann_requantisations",
		"ann_accumulator_reads", "ann_accumulator_writes",
	}, e.ANNUnpriced, "accumulators too, which the ANN that skips zeros has alone")
	require.Equal(t, map[energy.Part]float64{energy.PartOperations: 12}, e.ANNParts)

	e.outside = table.Outside()
	e.Verdict = verdict(e, &Report{})
	require.Contains(t, e.Verdict, "; unpriced: memory, operations.", "nothing of the SNN has a price")
	e.Unpriced, e.outside = []string{"packets"}, []energy.Part{energy.PartMemory, energy.PartTraffic}
	require.Contains(t, verdict(e, &Report{}), "; unpriced: traffic, memory, ANN comparisons, ANN requantisations.")
	r := &Report{Energy: []EnergyReport{*e}}
	require.Contains(t, r.EnergyText(), "12.0 pJ *", "the ANN's sum lacks something that the SNN's does not")
	require.Contains(t, r.EnergyText(), "* test has no price for: traffic, memory, ANN comparisons, ANN requantisations\n")
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
			require.InEpsilon(t, short.Energy[i].SNNPJ, p.SNNPJ[short.Energy[i].Table], 1e-9, short.Energy[i].Table)
		}
	}
}

func TestCheapest(t *testing.T) {
	r := newReport(t)
	require.NotNil(t, r.Cheapest)
	require.GreaterOrEqual(t, *r.Cheapest.Accuracy, r.ANN.Accuracy-0.005)
	for i := range r.Curve[:r.Cheapest.Ticks-1] {
		require.Less(t, *r.Curve[i].Accuracy, r.ANN.Accuracy-0.005)
	}
	r.ANN.Accuracy = 2
	require.Nil(t, cheapest(r))
}

func TestBreakEven(t *testing.T) {
	r := &Report{SNN: SNNReport{SpikesPerSynapse: 1.5, SpikeRate: 0.05, Ticks: 5}, ANN: &ANNReport{FairBits: 3}}
	rows := publishedBreakEven(r)
	require.Len(t, rows, 4)
	require.Equal(t, []float64{1.72, 1.38, 0.15}, []float64{rows[0].SpikesPerSynapse, rows[1].SpikesPerSynapse, rows[2].SpikesPerSynapse})
	require.InDelta(t, 0.285, rows[3].SpikesPerSynapse, 1e-12)
	require.Equal(t, "a mean spike rate of at most 5.7 % in 5 ticks; here 5.0 % in 5; the fair partner is an ANN of 3 bits", rows[3].Note)
	require.Equal(t, []bool{true, false, false, true}, []bool{rows[0].Wins, rows[1].Wins, rows[2].Wins, rows[3].Wins})
	r.SNN.SpikeRate = 0.057
	require.True(t, publishedBreakEven(r)[3].Wins, "at most 5.7 %")
	r.SNN.SpikeRate = 0.058
	require.False(t, publishedBreakEven(r)[3].Wins)
	r.SNN.SpikeRate, r.SNN.Ticks = 0.05, 32
	require.False(t, publishedBreakEven(r)[3].Wins, "their limit is for five ticks")

	// 10 pJ that follow the spikes and 4 that do not against 9 of the ANN: half
	// the spikes would be even.
	nine := 9.0
	e := &EnergyReport{Table: "t", SNNPJ: 14, ANNPJ: &nine, Lines: []energy.BillLine{{Event: "synaptic_adds", PJ: 7}, {Event: "buffer_writes", PJ: 3}, {Event: "comparisons", PJ: 3}, {Event: "ticks", PJ: 1}}}
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
		0: "0.00 pJ", 0.128: "0.13 pJ", 9.994: "9.99 pJ", 9.996: "10.0 pJ", 99.96: "100 pJ", 999.4: "999 pJ",
		999.6: "1.00 nJ", 1e3: "1.00 nJ", 999.4e3: "999 nJ", 999.6e3: "1.00 uJ", 12.34e6: "12.3 uJ", 999.6e6: "1.00 mJ", 5e12: "5000 mJ",
	} {
		require.Equal(t, want, Energy(pj), "%v pJ", pj)
	}
}

func TestVerdicts(t *testing.T) {
	pj := func(x float64) *float64 { return &x }
	r := &Report{SNN: SNNReport{Ticks: 8}, Cheapest: &CurvePoint{Ticks: 3, SNNPJ: map[string]float64{"t": 1500}}}
	for _, c := range []struct {
		e    EnergyReport
		want string
	}{
		{EnergyReport{SNNPJ: 1000, ANNPJ: pj(3000), SkippedPJ: pj(2000)},
			"t: the SNN wins, with 1.00 nJ against 3.00 nJ of the dense ANN (3.00 times) and 2.00 nJ of one that skips zeros; " +
				"stopped after 3 ticks, within half a point of the ANN, it takes 1.50 nJ (the SNN wins)."},
		{EnergyReport{SNNPJ: 2500, ANNPJ: pj(3000), SkippedPJ: pj(100)},
			"t: the SNN beats the dense ANN, with 2.50 nJ against 3.00 nJ (1.20 times), but an ANN that skips zeros wins with 100 pJ; " +
				"stopped after 3 ticks, within half a point of the ANN, it takes 1.50 nJ (the SNN beats the dense one only)."},
		{EnergyReport{SNNPJ: 4e6, ANNPJ: pj(1000), SkippedPJ: pj(100), Unpriced: []string{"axon_reads", "hops_east", "hops_south"}, outside: []energy.Part{energy.PartMemory}},
			"t: the ANN wins, with 1.00 nJ against 4.00 uJ of the SNN (4000 times); " +
				"stopped after 3 ticks, within half a point of the ANN, it takes 1.50 nJ (the ANN wins); unpriced: memory, hops."},
		{EnergyReport{SNNPJ: 2990, ANNPJ: pj(3000), SkippedPJ: pj(2000)},
			"t: the SNN and the dense ANN are within 1 %, with 2.99 nJ and 3.00 nJ; an ANN that skips zeros takes 2.00 nJ; " +
				"stopped after 3 ticks, within half a point of the ANN, it takes 1.50 nJ (the SNN wins)."},
		{EnergyReport{SNNPJ: 2500, ANNPJ: pj(2000), SkippedPJ: pj(3000), Unpriced: []string{"axon_reads", "hops_east", "buffer_writes"}},
			"t: the ANN wins, with 2.00 nJ against 2.50 nJ of the SNN (1.25 times); " +
				"stopped after 3 ticks, within half a point of the ANN, it takes 1.50 nJ (the SNN wins); unpriced: axon reads, hops, buffer writes."},
		{EnergyReport{SNNPJ: 2962, ANNPJ: pj(3000), SkippedPJ: pj(4000)},
			"t: the SNN wins, with 2.96 nJ against 3.00 nJ of the dense ANN (1.01 times) and 4.00 nJ of one that skips zeros; " +
				"stopped after 3 ticks, within half a point of the ANN, it takes 1.50 nJ (the SNN wins)."},
		{EnergyReport{SNNPJ: 12, NotCompared: "no ANN was given", Caution: "careful"},
			"t: no winner, since no ANN was given; the SNN takes 12.0 pJ per inference; caution: careful."},
	} {
		c.e.Table = "t"
		require.Equal(t, c.want, verdict(&c.e, r))
	}
}

func TestSaveCSV(t *testing.T) {
	r := newReport(t)
	dir := filepath.Join(t.TempDir(), "tables")
	names, err := r.SaveCSV(dir)
	require.NoError(t, err)
	require.Len(t, names, 3)
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
	require.ErrorContains(t, r.SavePlot(filepath.Join(dir, "c.gif")), "end the name in .png or .svg")
	require.ErrorContains(t, (&Report{}).SavePlot(filepath.Join(dir, "c.png")), "there is no curve")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "no temporary file is left")
	unpriced := *r
	unpriced.Energy = nil
	require.NoError(t, unpriced.SavePlot(filepath.Join(dir, "bare.svg")))
}

func TestSpeedRows(t *testing.T) {
	rows, err := Speed(context.Background(), SpeedOptions{Duration: 1e6, Threads: []int{1, 2}})
	require.NoError(t, err)
	require.Len(t, rows, 2*len(workloadShapes()))
	for _, r := range rows {
		require.Positive(t, r.KernelAddsPerSecond)
		require.Positive(t, r.SynopsPerSecond)
		require.InEpsilon(t, r.SynopsPerSecond/r.KernelAddsPerSecond, r.Ratio, 1e-12)
		require.Positive(t, r.BytesPerSynapse)
		require.Positive(t, r.Samples)
	}
	sums := []int32{5, 5, 5}
	addRow(sums, []int8{1, -2, 127})
	require.Equal(t, []int32{6, 3, 132}, sums, "the kernel adds")
}
