package bench

// BreakEvenLine has, for each number of ticks, the spikes per synapse at which the SNN and one ANN
// take the same energy under one table, at the best figures. With fewer spikes the SNN takes less.
type BreakEvenLine struct {
	Table        string   `json:"table"`
	Dataflow     Dataflow `json:"dataflow"`
	ZerosSkipped bool     `json:"zeros_skipped"`
	// SpikesPerSynapse has a value for each point of the curve: 0 where the energy that does not
	// depend on spikes already exceeds the ANN's.
	SpikesPerSynapse []float64 `json:"spikes_per_synapse"`
}

// breakEvenMap draws the lines of a table: what depends on the spikes grows with their number
// per synapse, the rest is as measured at each number of ticks.
func breakEvenMap(e *EnergyReport, fixed, driven []float64, perSynapse float64) []BreakEvenLine {
	var out []BreakEvenLine
	last := len(fixed) - 1
	if last < 0 || perSynapse == 0 || driven[last] == 0 {
		return out
	}
	slope := driven[last] / perSynapse
	for i := range e.ANN {
		a := &e.ANN[i]
		if a.Bits != e.ANN[0].Bits {
			continue
		}
		line := BreakEvenLine{Table: e.Table, Dataflow: a.Dataflow, ZerosSkipped: a.ZerosSkipped}
		for _, rest := range fixed {
			line.SpikesPerSynapse = append(line.SpikesPerSynapse, max(0, (a.PJ-rest)/slope))
		}
		out = append(out, line)
	}
	return out
}

// addMap adds the borders of a table to the report, where it has a curve.
func (r *Report) addMap(c *Comparison, e *EnergyReport, bill func(t int) (fixed, driven float64)) {
	if len(r.Curve) == 0 || len(e.ANN) == 0 {
		return
	}
	fixed, driven := make([]float64, len(r.Curve)), make([]float64, len(r.Curve))
	for i := range r.Curve {
		fixed[i], driven[i] = bill(r.Curve[i].Ticks - 1)
	}
	r.Map = append(r.Map, breakEvenMap(e, fixed, driven, r.SNN.SpikesPerSynapse)...)
}
