package bench

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"adder/bench/energy"
	"adder/internal/wholefile"
)

// CSVFiles are the names of the files that SaveCSV writes.
func CSVFiles() []string { return []string{"energy.csv", "ann.csv", "break_even.csv", "curve.csv"} }

// SaveCSV writes the report's tables into a folder, which is made if need be: energy.csv has a row
// per table, side and event, ann.csv one per table and ANN, break_even.csv and curve.csv a row per
// entry of Report.BreakEven and per table and entry of Report.Curve. It returns the files' names.
func (r *Report) SaveCSV(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("write the tables: %w", err)
	}
	var names []string
	tables := [][][]string{r.energyRows(), r.annRows(), r.breakEvenRows(), r.curveRows()}
	for i, name := range CSVFiles() {
		path := filepath.Join(dir, name)
		names = append(names, path)
		err := wholefile.Write(path, func(w io.Writer) error {
			return csv.NewWriter(w).WriteAll(tables[i])
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func (r *Report) energyRows() [][]string {
	rows := [][]string{{"table", "node", "boundary", "side", "part", "event", "count", "price",
		"unit", "pj", "grade", "evidence", "source"}}
	for i := range r.Energy {
		e := &r.Energy[i]
		for _, side := range []struct {
			name  string
			lines []energy.BillLine
		}{{"snn", e.Lines}, {"ann", e.ANNLines}, {"ann_zero_skipped", e.SkippedLines}} {
			for _, l := range side.lines {
				rows = append(rows, []string{
					e.Table, e.Node, e.Boundary, side.name, string(l.Part), l.Event,
					number(l.Count), l.Price, l.Unit, number(l.PJ),
					string(l.Grade), string(l.Evidence), l.Source,
				})
			}
		}
	}
	return rows
}

func (r *Report) annRows() [][]string {
	rows := [][]string{{
		"table", "dataflow", "bits", "zeros_skipped", "accuracy", "pj", "least_pj", "greatest_pj",
		"static_pj", "seconds", "cheaper",
		"snn_pj", "snn_least_pj", "snn_greatest_pj", "snn_static_pj", "snn_seconds", "winner",
	}}
	for i := range r.Energy {
		e := &r.Energy[i]
		for k := range e.ANN {
			a := &e.ANN[k]
			row := []string{
				e.Table, string(a.Dataflow), strconv.Itoa(a.Bits),
				strconv.FormatBool(a.ZerosSkipped), known(a.Accuracy),
				number(a.PJ), number(a.LeastPJ), number(a.GreatestPJ), known(a.StaticPJ),
				known(a.Seconds), a.Cheaper,
				number(e.SNNPJ), number(e.SNNLeastPJ), number(e.SNNGreatestPJ), known(e.StaticPJ),
				known(e.Seconds), "",
			}
			if e.Winner != nil {
				row[len(row)-1] = *e.Winner
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// known writes a number, nothing where it is not known.
func known(x *float64) string {
	if x == nil {
		return ""
	}
	return number(*x)
}

func (r *Report) breakEvenRows() [][]string {
	rows := [][]string{{"source", "spikes_per_synapse", "this_network", "wins", "note"}}
	for _, e := range r.BreakEven {
		rows = append(rows, []string{e.Source, number(e.SpikesPerSynapse),
			number(r.SNN.SpikesPerSynapse), strconv.FormatBool(e.Wins), e.Note})
	}
	return rows
}

func (r *Report) curveRows() [][]string {
	rows := [][]string{{"table", "ticks", "accuracy", "synops", "snn_pj", "ann_pj"}}
	for i := range r.Energy {
		e := &r.Energy[i]
		for k := range r.Curve {
			p := &r.Curve[k]
			row := []string{e.Table, strconv.Itoa(p.Ticks), "", number(p.Synops),
				number(p.SNNPJ[e.Table]), ""}
			if p.Accuracy != nil {
				row[2] = number(*p.Accuracy)
			}
			if e.ANNPJ != nil {
				row[5] = number(*e.ANNPJ)
			}
			rows = append(rows, row)
		}
	}
	return rows
}
