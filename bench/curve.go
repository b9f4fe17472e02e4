package bench

import "adder/chip"

// CurvePoint is the accuracy and the cost of an inference that is stopped after Ticks ticks.
type CurvePoint struct {
	Ticks int `json:"ticks"`
	// Accuracy is nil where the samples have no labels.
	Accuracy *float64 `json:"accuracy"`
	Synops   float64  `json:"synops"`
	// SNNPJ is the energy in picojoules by table.
	SNNPJ map[string]float64 `json:"snn_pj"`
}

// curve sums what an evaluation counted tick by tick. A code has nothing to say before its
// end: its curve is one point.
func curve(c *Comparison, m *Memories) []CurvePoint {
	a := c.SNN.Attribution
	if !a.ByTick() {
		return []CurvePoint{}
	}
	points := make([]CurvePoint, a.Ticks())
	sum := m.Count(a, func(_, bin int) bool { return bin == a.Bin(chip.TickReset) })
	for t := range points {
		for i, account := range a.Accounts() {
			m.Add(sum, account.Core, a.At(i, a.Bin(t)))
		}
		points[t] = curvePoint(c, m, t, sum)
	}
	if c.coded() {
		return points[len(points)-1:]
	}
	return points
}

// countedUntil are the totals of runs that stop after tick t, counted from 0.
func countedUntil(a *chip.Attribution, m *Memories, t int) CountsByMemory {
	return m.Count(a, func(_, bin int) bool { return bin <= a.Bin(t) })
}

func curvePoint(c *Comparison, m *Memories, t int, counted CountsByMemory) CurvePoint {
	n, total := float64(c.SNN.Samples), counted.Total()
	p := CurvePoint{Ticks: t + 1, Synops: float64(total.Core.Synops) / n,
		SNNPJ: map[string]float64{}}
	if c.SNN.Labelled {
		accuracy := float64(c.SNN.CorrectByTick[t]) / n
		p.Accuracy = &accuracy
	}
	ledger := NewLedger(counted, c.SNN.Samples, m)
	for _, table := range c.Tables {
		p.SNNPJ[table.Name] = table.Bill(ledger).PJ
	}
	return p
}
