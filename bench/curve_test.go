package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/bench/energy/energytest"
	"adder/chip"
)

// TestCurveByHand stops two samples of four ticks early: what the chip
// counted and its ticks grow, the host's additions and draws grow evenly, and its
// multiplications are all made at the start.
func TestCurveByHand(t *testing.T) {
	table := energytest.Table(t, "prices:\n"+energytest.Price("synops", "1 fJ")+
		energytest.Price("host_adds", "1 pJ")+energytest.Price("host_draws", "1000 pJ")+
		energytest.Price("host_macs", "1000000 pJ")+energytest.Price("ticks", "1000000000 pJ"))
	e := &Evaluation{Samples: 2, Labelled: true, Ticks: 4, Latency: 3,
		CorrectByTick: []int{0, 1, 1, 2}}
	e.Attribution = chip.NewAttribution(someAccounts(), 4, true)
	e.Attribution.AddHost(16, 24, 6)
	e.Attribution.At(1, e.Attribution.Bin(chip.TickReset)).Ticks = 2 * 3
	for t, n := range []int64{2000, 0, 4000, 6000} {
		e.Attribution.At(1, e.Attribution.Bin(t)).Ticks = 2
		e.Attribution.At(2, e.Attribution.Bin(t)).Core.Synops = n
	}
	points := curve(&Comparison{SNN: e, Tables: []*energy.Table{table}}, tinyMemories())
	require.Len(t, points, 4)
	for i, want := range []CurvePoint{
		{Ticks: 1, Synops: 1000, SNNPJ: map[string]float64{"test": 1 + 2 + 3e3 + 3e6 + 4e9}},
		{Ticks: 2, Synops: 1000, SNNPJ: map[string]float64{"test": 1 + 4 + 6e3 + 3e6 + 5e9}},
		{Ticks: 3, Synops: 3000, SNNPJ: map[string]float64{"test": 3 + 6 + 9e3 + 3e6 + 6e9}},
		{Ticks: 4, Synops: 6000, SNNPJ: map[string]float64{"test": 6 + 8 + 12e3 + 3e6 + 7e9}},
	} {
		require.Equal(t, float64(e.CorrectByTick[i])/2, *points[i].Accuracy)
		points[i].Accuracy = nil
		require.InEpsilon(t, want.SNNPJ["test"], points[i].SNNPJ["test"], 1e-14)
		points[i].SNNPJ = want.SNNPJ
		require.Equal(t, want, points[i])
	}
	e.Labelled = false
	unknown := curve(&Comparison{SNN: e}, tinyMemories())
	require.Nil(t, unknown[3].Accuracy)
	require.Nil(t, chooseStop(e, &ANNEvaluation{Labelled: true}), "no accuracy is near none")
}

// someAccounts are those of one core with one population.
func someAccounts() []chip.Account {
	return []chip.Account{{Core: chip.CoreHost, Population: -1},
		{Core: chip.CoreChip, Population: -1}, {}}
}

// TestNoLabelIsNeverRight: a sample without a label and a run without a class
// both say -1, which is no agreement.
func TestNoLabelIsNeverRight(t *testing.T) {
	nothing := func() *chip.Attribution { return chip.NewAttribution(someAccounts(), 1, true) }
	e := &Evaluation{Attribution: nothing(), CorrectByTick: make([]int, 1),
		SpikesByPopulation: []int64{1, 2}}
	o := &chip.Outcome{Class: -1, SpikesByPopulation: []int64{10, 20}, Attribution: nothing(),
		ClassByTick: []int{-1}}
	e.add(o, -1)
	require.Equal(t, 1, e.Samples)
	require.Zero(t, e.Correct)
	require.Zero(t, e.CorrectByTick[0])
	o.Class, o.ClassByTick[0] = 0, 0
	e.add(o, 0)
	require.Equal(t, 1, e.Correct, "class 0 is a class")
	require.Equal(t, []int{1}, e.CorrectByTick)
	require.Equal(t, 0.5, e.Accuracy())
	require.Equal(t, []int64{21, 42}, e.SpikesByPopulation)
}

// TestAccuracyOfFew: one sample has an accuracy, none have 0.
func TestAccuracyOfFew(t *testing.T) {
	require.Equal(t, 1.0, (&Evaluation{Samples: 1, Correct: 1}).Accuracy())
	require.Equal(t, 1.0, (&ANNEvaluation{Samples: 1, Correct: 1}).Accuracy())
	require.Equal(t, 1.0, (&ReferenceEvaluation{Samples: 1, Correct: 1}).Accuracy())
	require.Zero(t, (&Evaluation{}).Accuracy())
	require.Zero(t, (&ANNEvaluation{}).Accuracy())
	require.Zero(t, (&ReferenceEvaluation{}).Accuracy())
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
		chooseStop(snn, ann))
	ann.Correct = 999
	require.Zero(t, chooseStop(snn, ann).Ticks)
	require.Nil(t, chooseStop(nil, ann))
	require.Nil(t, chooseStop(snn, &ANNEvaluation{}))
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
