package main

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/internal/grouped"
	"adder/internal/texttable"
)

// printJSON writes v as the one document of a command.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printTable writes rows under a header.
func (a *app) printTable(header table.Row, rows []table.Row) {
	a.render(&texttable.Table{Header: header, Rows: rows})
}

func (a *app) render(t *texttable.Table) {
	t.Upper = true
	fmt.Fprintln(a.out, t.Render(a.width()))
}

// width is how wide tables are.
func (a *app) width() int {
	if a.wide {
		return texttable.Whole
	}
	return texttable.Width
}

// printf writes a line of a result.
func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.out, format+"\n", args...) }

// warn writes a line to standard error.
func (a *app) warn(format string, args ...any) {
	fmt.Fprintf(a.err, "adder: warning: "+format+"\n", args...)
}

// count writes a number of things, such as "1 tick" and "1,000 ticks". The plural is the
// singular with an s.
func count[N int | int32 | int64](n N, singular string) string {
	if n == 1 {
		return "1 " + singular
	}
	return thousands(int64(n)) + " " + singular + "s"
}

// thousands writes n with separators, for people.
func thousands(n int64) string { return grouped.Int(n) }

// tenths writes x with one decimal and separators, for people.
func tenths(x float64) string {
	n := int64(math.Round(10 * math.Abs(x)))
	s := fmt.Sprintf("%s.%d", thousands(n/10), n%10)
	if x < 0 && n > 0 {
		return "-" + s
	}
	return s
}

// percent writes a share as "97.93 %".
func percent(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }
