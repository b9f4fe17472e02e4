package bench

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/bench/energy"
	"adder/internal/texttable"
)

// WriteText prints the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on chip %s, %s engine: %s of %s, encoder %s, %s\n\n",
		r.Model, r.Chip, r.Engine, samplesText(r.Samples), r.Data, r.Encoder,
		ticksText(r.SNN.Ticks))
	if r.Interrupted {
		b.WriteString("interrupted: the samples are those that were whole\n\n")
	}
	b.WriteString(r.VerdictText() + "\n")
	b.WriteString(r.SidesText() + "\n")
	b.WriteString(r.EnergyText() + "\n")
	b.WriteString(r.breakEvenText() + "\n")
	if len(r.Curve) > 0 && !r.comparison.coded() {
		b.WriteString(r.CurveText())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// render draws a table under a title, as wide as a screen or in full; columns from the second on
// are aligned right, except those in left.
func render(wide bool, title string, header table.Row, rows []table.Row, left ...int) string {
	t := texttable.Table{Header: header, Rows: rows, Right: true, Left: left}
	width := texttable.Width
	if wide {
		width = texttable.Whole
	}
	return title + "\n" + t.Render(width) + "\n"
}

// SidesText is the table of accuracy, operations and memory of both sides.
func (r *Report) SidesText() string {
	header := table.Row{"per inference", "SNN"}
	rows := []table.Row{
		{"accuracy", WithInterval(r.SNN.Accuracy, r.SNN.Interval)},
		{"operations", group(r.SNN.Synops) + " synops"},
		{"spikes", fmt.Sprintf("%s, inputs %s", group(r.SNN.Spikes), group(r.SNN.InputSpikes))},
		{"spikes per synapse", fmt.Sprintf("%.3f", r.SNN.SpikesPerSynapse)},
		{"memory", bytesText(r.SNN.FootprintBytes)},
	}
	if r.SNN.HostFootprintBytes > 0 {
		rows[4][1] = fmt.Sprintf("%s + %s on the host", rows[4][1],
			bytesText(r.SNN.HostFootprintBytes))
	}
	if r.ANN != nil {
		header = append(header, "ANN", "ANN, zeros skipped")
		ann := r.ANN
		rows[0] = append(rows[0], WithInterval(ann.Accuracy, ann.Interval), "the same")
		rows[1] = append(rows[1], group(float64(ann.MACs))+" MACs", group(ann.EffectiveMACs)+
			" MACs")
		rows[2] = append(rows[2], "", "")
		rows[3] = append(rows[3], "", "")
		rows[4] = append(rows[4], bytesText(ann.FootprintBytes)+" (fp32 "+
			bytesText(ann.FootprintBytesFP32)+")", "the same")
	}
	out := render(r.Wide, "The two sides", header, rows)
	if d := r.Difference; d != nil {
		out += fmt.Sprintf("SNN less ANN: %s, 95 %% interval; %s\n", d.text(), d.Reason)
	}
	if r.ANN != nil && len(r.ANN.Quantised) > 0 {
		var words []string
		for _, q := range r.ANN.Quantised {
			words = append(words, fmt.Sprintf("%s with activations of %d bits",
				share100(&q.Accuracy), q.Bits))
		}
		out += "the ANN in integers, 8-bit weights: " + strings.Join(words, ", ") + "\n"
	}
	if c := r.SNN.Cycles; c != nil {
		out += fmt.Sprintf("on the chip: %s cycles per inference, %s us; packets waited %s "+
			"cycles\n", group(c.Total), energy.Digits(1e6*c.SecondsOnChip), group(c.Stalls))
		if c.StaticPJ != nil {
			out += fmt.Sprintf("in that time the whole chip draws %s of static power by its "+
				"profile, which no table below includes\n", Energy(*c.StaticPJ))
		}
	}
	return out
}

// EnergyText is the table of energies: the SNN's, and those of the ANN in each dataflow, dense
// and then skipping zeros.
func (r *Report) EnergyText() string {
	header, skipped := table.Row{"table", "SNN", "leakage, clock"}, table.Row{"table"}
	for _, flow := range dataflows() {
		header, skipped = append(header, string(flow)), append(skipped, string(flow))
	}
	header = append(header, "winner")
	var rows, skippedRows []table.Row
	for i := range r.Energy {
		rows = append(rows, r.Energy[i].row())
		if len(r.Energy[i].ANN) > 0 {
			skippedRows = append(skippedRows,
				append(table.Row{r.Energy[i].Table}, r.Energy[i].flows(true)...))
		}
	}
	out := render(r.Wide, "Energy per inference; of the dense ANN, by dataflow", header, rows,
		len(header))
	if len(skippedRows) > 0 {
		out += render(r.Wide, "Of an ANN that skips zeros", skipped, skippedRows)
	}
	return out + r.bandsText() + r.unpricedText()
}

// row is a table's line of energies.
func (e *EnergyReport) row() table.Row {
	snn, static := Energy(e.SNNPJ), "-"
	if len(e.Unpriced) > 0 {
		snn += " *"
	}
	if e.StaticPJ != nil {
		static = Energy(*e.StaticPJ)
		if e.SecondsAtLeast {
			static = ">= " + static
		}
	}
	winner := "nobody"
	if e.Winner != nil {
		winner = map[string]string{winnerSNN: "SNN", winnerANN: "ANN",
			winnerNone: winnerNone}[*e.Winner]
	}
	row := append(table.Row{e.Table, snn, static}, e.flows(false)...)
	return append(row, winner)
}

// flows are the ANN's energies of the full width by dataflow.
func (e *EnergyReport) flows(skipped bool) table.Row {
	mark := ""
	if len(e.wordsOfANN()) > 0 {
		mark = " *"
	}
	var row table.Row
	for _, flow := range dataflows() {
		a := e.at(flow, skipped)
		if a == nil {
			row = append(row, "-")
			continue
		}
		row = append(row, Energy(a.PJ)+mark)
	}
	return row
}

// at is the ANN of the full width in a dataflow, nil where the table prices none.
func (e *EnergyReport) at(flow Dataflow, skipped bool) *ANNEnergy {
	for i := range e.ANN {
		a := &e.ANN[i]
		if a.Dataflow == flow && a.ZerosSkipped == skipped && a.Bits == e.ANN[0].Bits {
			return a
		}
	}
	return nil
}

// bandsText lists the bands of the tables that have any.
func (r *Report) bandsText() string {
	var b strings.Builder
	for i := range r.Energy {
		e := &r.Energy[i]
		if tied(e.SNNLeastPJ, e.SNNGreatestPJ) {
			continue
		}
		fmt.Fprintf(&b, "%s, over its band of prices: SNN %s to %s", e.Table, Energy(e.SNNLeastPJ),
			Energy(e.SNNGreatestPJ))
		if e.RatioLeast != nil {
			fmt.Fprintf(&b, ", SNN / dense ANN (compulsory) %s to %s", energy.Digits(*e.RatioLeast),
				energy.Digits(*e.RatioGreatest))
		}
		b.WriteByte('\n')
	}
	for i := range r.Energy {
		r.Energy[i].writeCorners(&b)
	}
	return b.String()
}

// writeCorners adds a line per memory process.
func (e *EnergyReport) writeCorners(b *strings.Builder) {
	energy := func(pj *float64) string {
		if pj == nil {
			return "not known"
		}
		return Energy(*pj)
	}
	for _, c := range e.Corners {
		fmt.Fprintf(b, "%s with %s memories: SNN %s, leakage and clock %s", e.Table, c.Process,
			energy(c.SNNPJ), energy(c.StaticPJ))
		if c.ANNPJ != nil || c.ANNStaticPJ != nil {
			fmt.Fprintf(b, "; dense ANN (compulsory) %s, leakage %s", energy(c.ANNPJ),
				energy(c.ANNStaticPJ))
		}
		b.WriteByte('\n')
	}
}

// unpricedText explains the asterisks.
func (r *Report) unpricedText() string {
	var b strings.Builder
	for i := range r.Energy {
		if words := r.Energy[i].unpricedWords(); words != "" {
			fmt.Fprintf(&b, "* %s has no price for: %s\n", r.Energy[i].Table, words)
		}
	}
	return b.String()
}

// VerdictText is a line per table.
func (r *Report) VerdictText() string {
	var b strings.Builder
	b.WriteString("Verdicts\n")
	for i := range r.Energy {
		b.WriteString(wrap(r.Energy[i].Verdict, texttable.Width, "  ") + "\n")
	}
	return b.String()
}

// wrap breaks a sentence at words; the first line gets a dash, the others are indented to its text.
func wrap(s string, width int, indent string) string {
	var b strings.Builder
	b.WriteString(indent + "-")
	column := len(indent) + 1
	for _, word := range strings.Fields(s) {
		if column+1+len(word) > width {
			b.WriteString("\n" + indent + " ")
			column = len(indent) + 1
		}
		b.WriteString(" " + word)
		column += 1 + len(word)
	}
	return b.String()
}

func (r *Report) breakEvenText() string {
	if r.ANN == nil {
		return fmt.Sprintf("Break-even: %.3f spikes per synapse and inference; where that is too many "+
			"is a question of an ANN, and none was given\n", r.SNN.SpikesPerSynapse)
	}
	var rows []table.Row
	for _, e := range r.BreakEven {
		wins := "ANN"
		if e.Wins {
			wins = "SNN"
		}
		rows = append(rows, table.Row{e.Source, fmt.Sprintf("%.3f", e.SpikesPerSynapse), wins,
			e.Note})
	}
	title := fmt.Sprintf("Break-even in spikes per synapse and inference; here %.3f",
		r.SNN.SpikesPerSynapse)
	return render(r.Wide, title, table.Row{"by", "up to", "favours", "note"}, rows, 3, 4)
}

// CurveText is the table of early stopping: for 1, 2, 4, ... ticks, the last tick and the cheapest
// within half a point.
func (r *Report) CurveText() string {
	header := table.Row{"ticks", "accuracy", "synops"}
	for i := range r.Energy {
		header = append(header, r.Energy[i].Table)
	}
	var rows []table.Row
	for i := range r.Curve {
		p := &r.Curve[i]
		best := r.Cheapest != nil && p.Ticks == r.Cheapest.Ticks
		if p.Ticks&(p.Ticks-1) != 0 && i != len(r.Curve)-1 && !best {
			continue
		}
		name := fmt.Sprint(p.Ticks)
		if best {
			name += " <"
		}
		row := table.Row{name, share100(p.Accuracy), group(p.Synops)}
		for k := range r.Energy {
			row = append(row, Energy(p.SNNPJ[r.Energy[k].Table]))
		}
		rows = append(rows, row)
	}
	out := render(r.Wide, "The SNN stopped early", header, rows)
	if p := r.Cheapest; p != nil {
		out += fmt.Sprintf("< the fewest ticks within half a point of the ANN on %s training "+
			"samples\n", group(float64(p.Chosen.Samples)))
	} else if r.ANN != nil {
		out += "no stopping tick was chosen: there are no training samples, or no tick is within " +
			"half a point\n"
	}
	return out
}

// WithInterval writes an accuracy with its interval, such as "97.77 % (97.46-98.04)".
func WithInterval(x *float64, interval *[2]float64) string {
	if x == nil || interval == nil {
		return share100(x)
	}
	return fmt.Sprintf("%s (%.2f-%.2f)", share100(x), 100*interval[0], 100*interval[1])
}

func share100(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f %%", 100**x)
}

// group writes a count with separators: no fraction above 100, one digit
// below.
func group(x float64) string {
	if x < 99.95 && x != float64(int64(x)) {
		return fmt.Sprintf("%.1f", x)
	}
	s := fmt.Sprintf("%.0f", x)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// samplesText counts samples.
func samplesText(n int) string {
	if n == 1 {
		return "1 sample"
	}
	return group(float64(n)) + " samples"
}

func bytesText(n int64) string {
	if n < 10000 {
		return group(float64(n)) + " B"
	}
	return group(float64(n)/1e3) + " kB"
}
