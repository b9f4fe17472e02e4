package survey

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// WriteCSV writes a line per network and chip, and a further one for each further limit.
func WriteCSV(w io.Writer, fits []Fit) error {
	out := csv.NewWriter(w)
	head := []string{
		"model", "chip", "fits", "exact", "label", "layer", "limit", "need", "have", "help",
		"cores", "cores_total", "chips", "fill", "fullest", "accuracy", "seconds", "energy_pj",
		"sized", "board", "samples", "accuracy_low", "accuracy_high", "close",
	}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	for i := range fits {
		f := &fits[i]
		limits := f.Limits
		if len(limits) == 0 {
			limits = []Limit{{}}
		}
		for k := range limits {
			if err := out.Write(f.line(&limits[k])); err != nil {
				return fmt.Errorf("write csv: %w", err)
			}
		}
	}
	out.Flush()
	return out.Error()
}

func (f *Fit) line(l *Limit) []string {
	need, have := "", ""
	if l.Limit != "" {
		need, have = strconv.FormatInt(l.Need, 10), strconv.FormatInt(l.Have, 10)
	}
	var low, high *float64
	if i := f.AccuracyInterval; i != nil {
		low, high = &i[0], &i[1]
	}
	return []string{
		f.Model, f.Chip, strconv.FormatBool(f.Fits), strconv.FormatBool(f.Exact), f.Label, l.Layer,
		l.Limit, need, have, l.Help,
		whole(f.Cores), strconv.Itoa(f.CoresTotal), whole(f.Chips), decimal(f.Fill), f.Fullest,
		decimal(f.Accuracy), decimal(f.Seconds), decimal(f.EnergyPJ), f.Sized, f.Board.String(),
		whole(f.Samples), decimal(low), decimal(high), strconv.FormatBool(f.Close),
	}
}

// whole and decimal write a number, nothing for nil.
func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func decimal(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'g', 6, 64)
}
