package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/internal/golden"
	"adder/snn"
	"adder/spike/encode"
)

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

func TestEnergiesChangeUnitWhereTheyRound(t *testing.T) {
	for pj, want := range map[float64]string{
		0: "0.00 pJ", 0.128: "0.13 pJ", 9.994: "9.99 pJ", 9.996: "10.0 pJ", 99.96: "100 pJ",
		999.4: "999 pJ",
		999.6: "1.00 nJ", 1e3: "1.00 nJ", 999.4e3: "999 nJ", 999.6e3: "1.00 uJ", 12.34e6: "12.3 uJ",
		999.6e6: "1.00 mJ", 5e11: "500 mJ", 5e12: "5.00 J",
	} {
		require.Equal(t, want, Energy(pj), "%v pJ", pj)
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
