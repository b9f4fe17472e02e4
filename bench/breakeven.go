package bench

import (
	"fmt"

	"adder/bench/energy"
)

// BreakEven is a number of spikes per synapse and inference up to which an
// SNN is said to win.
type BreakEven struct {
	Source           string  `json:"source"`
	SpikesPerSynapse float64 `json:"spikes_per_synapse"`
	// Wins reports whether this SNN is below it.
	Wins bool   `json:"wins"`
	Note string `json:"note"`
}

// Published limits of spikes per synapse and inference.
const (
	// davidsonFurber is from Davidson and Furber, Front. Neurosci. 15:651141,
	// 2021.
	davidsonFurber = 1.72
	// dampfhofferLow and dampfhofferHigh are from Dampfhoffer et al., IEEE
	// TETCI 7(3), 2022: the range over dataflows of the ANN.
	dampfhofferLow, dampfhofferHigh = 0.15, 1.38
	// yanRate is the mean spike rate per tick, at yanTicks ticks, of Yan et
	// al., arXiv 2409.08290.
	yanRate  = 0.057
	yanTicks = 5
)

// publishedBreakEven holds the SNN against the limits of the literature.
func publishedBreakEven(r *Report) []BreakEven {
	s := r.SNN.SpikesPerSynapse
	rows := []BreakEven{
		{Source: "Davidson & Furber 2021", SpikesPerSynapse: davidsonFurber,
			Note: "read in a secondary source"},
		{Source: "Dampfhoffer et al. 2022, high", SpikesPerSynapse: dampfhofferHigh,
			Note: "upper end of their range over dataflows of the ANN"},
		{Source: "Dampfhoffer et al. 2022, low", SpikesPerSynapse: dampfhofferLow,
			Note: "lower end of their range over dataflows of the ANN"},
	}
	for i := range rows {
		rows[i].Wins = s < rows[i].SpikesPerSynapse
	}
	yan := BreakEven{
		Source: "Yan et al. 2024", SpikesPerSynapse: yanRate * yanTicks,
		Wins: r.SNN.SpikeRate <= yanRate && r.SNN.Ticks <= yanTicks,
		Note: fmt.Sprintf("a mean spike rate of at most 5.7 %% in 5 ticks; here %.1f %% in %d",
			100*r.SNN.SpikeRate, r.SNN.Ticks),
	}
	if r.ANN != nil {
		yan.Note += fmt.Sprintf("; the fair partner is an ANN of %d bits", r.ANN.FairBits)
	}
	return append(rows, yan)
}

// spikeDriven are the events whose number follows that of the spikes. The
// others happen whether or not anything spikes.
func spikeDriven(event string) bool {
	switch event {
	case "synops", "synaptic_adds", "synapse_bits", "off_chip_bits",
		"axon_reads", "accumulator_reads",
		"accumulator_writes",
		"spikes", "input_spikes", "route_reads", "table_reads", "queue_reads", "queue_writes":
		return true
	}
	known, _ := energy.FindEvent(event)
	return known.Part == energy.PartTraffic
}

// splitBySpikes returns the energies in proportion to the number of spikes, and all others, pads
// excluded.
func splitBySpikes(b *energy.Bill) (fixed, driven float64) {
	for i := range b.Lines {
		switch l := &b.Lines[i]; {
		case l.Part == energy.PartPads:
		case spikeDriven(l.Event):
			driven += l.PJ
		default:
			fixed += l.PJ
		}
	}
	return fixed, driven
}

// ownBreakEven is the number of spikes per synapse at which this SNN would cost what the dense ANN
// costs under a table: the energy of spikes grows with their number, the rest is constant. 0 means
// that the constant part already exceeds the ANN.
func ownBreakEven(e *EnergyReport, r *Report) BreakEven {
	fixed, driven := splitBySpikes(&energy.Bill{Lines: e.Lines})
	out := BreakEven{Source: "this network, " + e.Table, Wins: e.SNNPJ < *e.ANNPJ}
	if driven > 0 {
		out.SpikesPerSynapse = max(0, r.SNN.SpikesPerSynapse*(*e.ANNPJ-fixed)/driven)
	}
	out.Note = fmt.Sprintf("what does not depend on spikes costs %.0f %% of the dense ANN",
		100*ratio(fixed, *e.ANNPJ))
	return out
}
