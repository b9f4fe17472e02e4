package sweep

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// noisy is a table of accuracies on so many samples, with energies.
func noisy(samples string, accuracies ...string) *Table {
	t := &Table{Columns: []string{"bits", "accuracy", "samples", "energy"}, Settings: 1,
		Objectives: []Objective{{"accuracy", true}, {"energy", false}}, name: "noisy"}
	for i, a := range accuracies {
		t.Rows = append(t.Rows, Row{Number: i + 1, Status: Done, Wanted: true,
			Cells: []string{"4", a, samples, strings.Repeat("1", i+4)}})
		t.details = append(t.details, values{})
	}
	for i, rank := range t.ranks() {
		t.Rows[i].Front = rank == 0
	}
	t.doubt()
	return t
}

func standings(t *Table) (out []string) {
	for i := range t.Rows {
		out = append(out, t.Rows[i].Standing())
	}
	return out
}

// TestUndecided: the more samples there are, the fewer points are undecided.
func TestUndecided(t *testing.T) {
	require.Equal(t, []string{"undecided", "undecided", "best"},
		standings(noisy("20", "0.8", "0.9", "0.95")))
	require.Equal(t, []string{"lower", "undecided", "best"},
		standings(noisy("200", "0.8", "0.9", "0.95")))
	require.Equal(t, []string{"lower", "lower", "best"},
		standings(noisy("10000", "0.8", "0.9", "0.95")))
	require.Equal(t, []string{"", "", ""}, standings(noisy("", "0.8", "0.9", "0.95")))
	table := noisy("200", "0.8", "0.9", "0.95")
	table.Rows[2].Wanted, table.Rows[2].Best = false, false
	table.doubt()
	require.Equal(t, []string{"lower", "best", ""}, standings(table))
}

// TestCellText: cells for people have intervals and units, settings stay as they were written.
func TestCellText(t *testing.T) {
	table := noisy("200", "0.985", "0.99")
	var got []string
	for i := range table.Columns {
		got = append(got, table.Text(&table.Rows[0], i))
	}
	require.Equal(t, []string{"4", "98.50 % (95.68-99.49)", "200", "1.11 nJ"}, got)
}

// TestPicture: equal points are one dot that says how many it is, the legend stands aside, and
// the picture is the same each time.
func TestPicture(t *testing.T) {
	table := noisy("200", "0.8", "0.9", "0.95")
	for range 2 {
		table.Rows, table.details = append(table.Rows, table.Rows[1]), append(table.details, values{})
	}
	first, err := table.picture()
	require.NoError(t, err)
	text := string(first)
	require.Contains(t, text, ">3 equal<")
	require.Contains(t, text, ">front, 95 % interval<")
	require.Contains(t, text, " nJ<")
	for range 20 {
		again, err := table.picture()
		require.NoError(t, err)
		require.Equal(t, text, string(again))
	}
}
