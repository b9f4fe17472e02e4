package bench

import "adder/chip"

// CurvePoint is what an inference gives and takes when it is stopped after so
// many ticks.
type CurvePoint struct {
	Ticks int `json:"ticks"`
	// Accuracy is nil where the samples have no labels.
	Accuracy *float64 `json:"accuracy"`
	Synops   float64  `json:"synops"`
	// SNNPJ is the energy in picojoules by table.
	SNNPJ map[string]float64 `json:"snn_pj"`
}

// halfPoint is how far below the ANN's accuracy an SNN may stay and still
// count as its equal.
const halfPoint = 0.005

// curve sums what an evaluation counted tick by tick.
//
// The host's additions and draws are spread evenly over the ticks, as its
// encoders work tick by tick; its multiplications are made once per sample.
func curve(c *Comparison, m *Memories) []CurvePoint {
	e := c.SNN
	points := make([]CurvePoint, len(e.CountsByTick))
	var sum chip.Counts
	for t := range points {
		sum.Add(&e.CountsByTick[t])
		counts := sum
		counts.Ticks = int64(e.Samples) * int64(t+1+e.Latency)
		counts.HostAdds = e.Counts.HostAdds * int64(t+1) / int64(e.Ticks)
		counts.HostDraws = e.Counts.HostDraws * int64(t+1) / int64(e.Ticks)
		counts.HostMACs = e.Counts.HostMACs
		points[t] = curvePoint(c, m, t, &counts)
	}
	return points
}

func curvePoint(c *Comparison, m *Memories, t int, counts *chip.Counts) CurvePoint {
	n := float64(c.SNN.Samples)
	p := CurvePoint{Ticks: t + 1, Synops: float64(counts.Core.Synops) / n, SNNPJ: map[string]float64{}}
	if c.SNN.Labelled {
		accuracy := float64(c.SNN.CorrectByTick[t]) / n
		p.Accuracy = &accuracy
	}
	ledger := NewLedger(counts, c.SNN.Samples, m)
	for _, table := range c.Tables {
		p.SNNPJ[table.Name] = table.Bill(ledger).PJ
	}
	return p
}

// cheapest is the first point within half a point of the ANN. Energy only
// grows with ticks, so it is the cheapest one under every table.
func cheapest(r *Report) *CurvePoint {
	if r.ANN == nil {
		return nil
	}
	for i := range r.Curve {
		p := &r.Curve[i]
		if p.Accuracy != nil && *p.Accuracy >= r.ANN.Accuracy-halfPoint {
			return p
		}
	}
	return nil
}
