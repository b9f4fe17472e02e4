package main

import (
	"fmt"
	"math"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"

	"adder/compiler/quantise"
)

// constantJSON is a constant in the JSON of `compile`, `inspect` and `train stdp`.
type constantJSON struct {
	quantise.Constant
	Error float64 `json:"error"`
}

func newConstantsJSON(list []quantise.Constant) []constantJSON {
	out := []constantJSON{}
	for _, c := range list {
		out = append(out, constantJSON{c, c.Error()})
	}
	return out
}

// printConstants shows what integers make of the constants of a network that was
// learned, if they are known.
func (a *app) printConstants(list []quantise.Constant) {
	if len(list) == 0 {
		return
	}
	var rows []table.Row
	for _, c := range list {
		rows = append(rows, table.Row{c.Name, significant(c.Want) + " " + c.Unit, c.Register,
			significant(c.Have), relativeError(c.Error())})
	}
	a.printTable(table.Row{"constant", "meant", "on the chip", "which is", "error"}, rows)
}

// significant writes x with four significant digits, large numbers without exponent.
func significant(x float64) string {
	if math.Abs(x) >= 1e4 {
		return thousands(int64(math.Round(x)))
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// relativeError writes a share in percent, with two significant digits.
func relativeError(x float64) string {
	if x == 0 {
		return "0"
	}
	return fmt.Sprintf("%+.2g %%", 100*x)
}
