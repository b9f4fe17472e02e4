package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
	"adder/bench/energy/energytest"
	"adder/chip"
	"adder/core"
	"adder/spike/encode"
)

// TestCurveByHand stops two samples of four ticks early: what the chip
// counted and its ticks grow, the host's additions and draws grow evenly, and its
// multiplications are all made at the start.
func TestCurveByHand(t *testing.T) {
	table := energytest.Table(t, "prices:\n"+energytest.Price("synops", "1 fJ")+energytest.Price("host_adds", "1 pJ")+energytest.Price("host_draws", "1000 pJ")+
		energytest.Price("host_macs", "1000000 pJ")+energytest.Price("ticks", "1000000000 pJ"))
	e := &Evaluation{
		Samples: 2, Labelled: true, Ticks: 4, Latency: 3, CorrectByTick: []int{0, 1, 1, 2},
		Counts: chip.Counts{HostAdds: 16, HostDraws: 24, HostMACs: 6},
	}
	for _, n := range []int64{2000, 0, 4000, 6000} {
		// The encoder's work is in the counts of ticks too, multiplications
		// spread as the rest.
		e.CountsByTick = append(e.CountsByTick, chip.Counts{Core: core.Counts{Synops: n}, HostAdds: 4, HostDraws: 6, HostMACs: 1})
	}
	points := curve(&Comparison{SNN: e, Tables: []*energy.Table{table}}, &Memories{})
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
	unknown := curve(&Comparison{SNN: e}, &Memories{})
	require.Nil(t, unknown[3].Accuracy)
	require.Nil(t, cheapest(&Report{ANN: &ANNReport{}, Curve: unknown}), "no accuracy is near none")
}

// TestWorkOfAnEncoder is spread evenly over the ticks and adds up.
func TestWorkOfAnEncoder(t *testing.T) {
	before := chip.Counts{HostAdds: 100, HostDraws: 200, HostMACs: 300}
	o := &chip.Outcome{Counts: before, CountsByTick: []chip.Counts{{}, before, {}}}
	addWork(o, encode.Work{Adds: 7, Draws: 8, MACs: 2})
	require.Equal(t, chip.Counts{HostAdds: 107, HostDraws: 208, HostMACs: 302}, o.Counts)
	require.Equal(t, []chip.Counts{
		{HostAdds: 2, HostDraws: 2, HostMACs: 0}, {HostAdds: 102, HostDraws: 203, HostMACs: 301}, {HostAdds: 3, HostDraws: 3, HostMACs: 1},
	}, o.CountsByTick)
}

// TestNoLabelIsNeverRight: a sample without a label and a run without a class
// both say -1, which is no agreement.
func TestNoLabelIsNeverRight(t *testing.T) {
	e := &Evaluation{CountsByTick: make([]chip.Counts, 1), CorrectByTick: make([]int, 1), SpikesByPopulation: []int64{1, 2}}
	o := &chip.Outcome{Class: -1, SpikesByPopulation: []int64{10, 20}, CountsByTick: make([]chip.Counts, 1), ClassByTick: []int{-1}}
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
