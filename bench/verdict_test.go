package bench

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/bench/energy/energytest"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/convert"
	"adder/sample"
	"adder/spike/encode"
)

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
