package texttable

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// widest is the width of the longest line of a table, without the line below it.
func widest(rendered string) int {
	most := 0
	for _, line := range strings.Split(rendered, "\n") {
		if !strings.HasSuffix(line, "--wide") {
			most = max(most, text.StringWidthWithoutEscSequences(line))
		}
	}
	return most
}

func TestSentencesAreWrappedAndColumnsLeftOut(t *testing.T) {
	long :=
		"a sentence of many words that goes on and on until no screen is wide enough for all of it"
	table1 := Table{Header: table.Row{"name", "note"}, Rows: []table.Row{{"x", long}}}
	got := table1.Render(60)
	require.LessOrEqual(t, widest(got), 60)
	require.NotContains(t, got, "--wide", "wrapping was enough")
	require.Greater(t, widest(table1.Render(Whole)), 90)

	numbers := Table{Header: table.Row{"ticks"}, Rows: []table.Row{{"1"}}, Right: true}
	for range 20 {
		numbers.Header = append(numbers.Header, "table")
		numbers.Rows[0] = append(numbers.Rows[0], "1,234 nJ")
	}
	got = numbers.Render(60)
	require.LessOrEqual(t, widest(got), 60)
	require.True(t, strings.HasSuffix(got, "\n16 columns more: --wide"), got)
	require.NotContains(t, numbers.Render(Whole), "--wide")
}

// TestWidth: no table is wider than asked for, as long as its first column fits.
func TestWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 8).Draw(t, "columns")
		word := rapid.StringMatching(`[a-z]{1,9}( [a-z]{1,9}){0,12}`)
		row := func() table.Row {
			r := make(table.Row, columns)
			for i := range r {
				r[i] = word.Draw(t, "cell")
			}
			r[0] = "first"
			return r
		}
		drawn := Table{Header: row(), Rows: []table.Row{row(), row()},
			Right: rapid.Bool().Draw(t, "right")}
		width := rapid.IntRange(20, 120).Draw(t, "width")
		require.LessOrEqual(t, widest(drawn.Render(width)), width)
	})
}
