package energy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/bench/energy"
)

// TestLanesAreAsMeasured holds the table of lanes to what the flow of docs/rtl.md gave,
// as adder rtl energy --json wrote it.
func TestLanesAreAsMeasured(t *testing.T) {
	text, err := os.ReadFile("testdata/osu018-rtl.json")
	require.NoError(t, err)
	var measured struct {
		Lanes []struct {
			Name       string
			Operations int64
			Total      float64 `json:"total_pj"`
			Internal   float64 `json:"internal_pj"`
			Loads      float64 `json:"loads_pj"`
			Clock      float64 `json:"clock_pj"`
		}
	}
	require.NoError(t, json.Unmarshal(text, &measured))
	require.Len(t, measured.Lanes, 3)
	adder, mac, skip := measured.Lanes[0], measured.Lanes[1], measured.Lanes[2]
	table, err := energy.LoadTable("osu018-rtl")
	require.NoError(t, err)
	for event, lane := range map[string]int{"synaptic_adds": 0, "ann_macs": 2} {
		l := measured.Lanes[lane]
		price, ok := table.Price(event)
		require.True(t, ok, event)
		require.Equal(t, fmt.Sprintf("%.1f pJ", l.Total), price.Text, event)
		require.Equal(t, energy.GradeDerived, price.Grade)
		for _, part := range []float64{l.Internal, l.Loads, l.Clock} {
			require.Contains(t, price.Source, fmt.Sprintf("%.1f", part), event)
		}
	}
	require.Equal(t, []string{"adder", "mac", "mac_skip"},
		[]string{adder.Name, mac.Name, skip.Name})
	require.Len(t, table.Factors, 1)
	require.InDelta(t, mac.Total/skip.Total, table.Factors[0].Least.Times, 0.0005)
}
