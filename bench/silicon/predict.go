package silicon

import (
	"fmt"
	"math"

	"adder/bench/energy"
)

// Row is a prediction with its measurement.
type Row struct {
	Case  string `json:"case"`
	Table string `json:"table"`
	// MeasuredPJ and PredictedPJ are per inference, or per second where PerSecond is true.
	MeasuredPJ  float64         `json:"measured_pj"`
	PredictedPJ float64         `json:"predicted_pj"`
	PerSecond   bool            `json:"per_second"`
	MissPercent float64         `json:"miss_percent"`
	Note        string          `json:"note"`
	Evidence    energy.Evidence `json:"evidence"`
	Source      string          `json:"source"`
}

// Predict prices every case under its tables, in the order of Cases.
func Predict() ([]Row, error) {
	var rows []Row
	for _, c := range cases() {
		if len(c.Tables) == 0 {
			name := fmt.Sprintf("%g pJ per synop", c.PJPerSynop)
			rows = append(rows, c.row(name, c.PJPerSynop*c.Load.Synops))
		}
		for _, name := range c.Tables {
			table, err := energy.LoadTable(name)
			if err != nil {
				return nil, err
			}
			rows = append(rows, c.row(name, c.Load.price(table)))
		}
	}
	return rows, nil
}

func (c *Case) row(table string, pj float64) Row {
	return Row{
		Case: c.Name, Table: table, MeasuredPJ: c.Measured, PredictedPJ: pj, PerSecond: c.PerSecond,
		MissPercent: 100 * (pj/c.Measured - 1), Note: c.Note, Evidence: c.Evidence,
		Source: c.Source,
	}
}

// price is the energy of a load under a table, in picojoules.
func (l *Load) price(t *energy.Table) float64 {
	ledger := &energy.Ledger{Samples: 1}
	add := func(event string, n float64) { ledger.Add(event, int64(math.Round(n))) }
	add("synops", l.Synops)
	add("neuron_updates", l.ActiveUpdates+l.IdleUpdates)
	add("active_updates", l.ActiveUpdates)
	add("idle_updates", l.IdleUpdates)
	add("spikes", l.Spikes)
	add("packets", l.Packets)
	pj := t.Bill(ledger).PJ
	if l.IdleMicrowatts > 0 {
		return pj + l.IdleMicrowatts*l.Seconds*picojoulesPerMicrojoule
	}
	if l.Cycles > 0 || l.Synops > 0 && l.Seconds == 1 {
		pj += t.StaticPJ(energy.Usage{Seconds: l.Seconds, Cycles: l.Cycles, Chip: true})
	}
	return pj
}

// Line is the row in Markdown, as docs/energy.md has it.
func (r *Row) Line() string {
	per := "J"
	if r.PerSecond {
		per = "W"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %+.1f %% | %s (%s) |", r.Case, r.Table,
		amount(r.MeasuredPJ, per), amount(r.PredictedPJ, per), r.MissPercent, r.Source, r.Evidence)
}

// amount writes picojoules, or picowatts, with three digits and a fitting prefix.
func amount(pico float64, unit string) string {
	prefix, scale := "p", 1.0
	for _, p := range []struct {
		name string
		of   float64
	}{{"n", 1e3}, {"u", 1e6}, {"m", 1e9}} {
		if pico >= p.of {
			prefix, scale = p.name, p.of
		}
	}
	return fmt.Sprintf("%.3g %s%s", pico/scale, prefix, unit)
}
