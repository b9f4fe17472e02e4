package toggle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// cells is a library of an inverter and a flip-flop at 2 V, its energies by load first
// and, for the fall, by slew first.
const cells = `/* cells
for a test */
library (small) {
  nom_voltage : 2;
  capacitive_load_unit (1, ff);
  power_lut_template (load_first) {
    variable_1 : total_output_net_capacitance; variable_2 : input_transition_time;
    index_1 ("1, 2"); index_2 ("1, 2");
  }
  power_lut_template (slew_first) {
    variable_1 : input_transition_time; variable_2 : total_output_net_capacitance;
  }
  power_lut_template (slew) { variable_1 : input_transition_time; }
  cell (INV) {
    area : 16; cell_leakage_power : 0.5;
    pin (A) { direction : input; capacitance : 10; }
    pin (Y) {
      direction : output; capacitance : 0; function : "(!A)";
      internal_power () {
        related_pin : "A";
        rise_power (load_first) { index_1 ("10, 20"); index_2 ("0.1, 0.3"); values ("100, 300", \
            "200, 400"); }
        fall_power (slew_first) {
          index_1 ("0.1, 0.3"); index_2 ("10, 20"); values ("1000, 2000", "3000, 4000");
        }
      }
    }
  }
  cell (DFF) {
    area : 96; cell_leakage_power : 1;
    ff (P0, P1) { next_state : "D"; clocked_on : "CLK"; }
    pin (D) { direction : input; capacitance : 20; }
    pin (CLK) {
      direction : input; capacitance : 5;
      internal_power () { rise_power (slew) { index_1 ("0.1, 0.3"); values ("50, 70"); } }
    }
    pin (Q) { direction : output; }
  }
}
`

const netlist = `{"modules": {"top": {
  "cells": {
    "a": {"type": "INV", "connections": {"A": [2], "Y": [3]}},
    "b": {"type": "INV", "connections": {"A": ["0"], "Y": [4]}},
    "f": {"type": "DFF", "connections": {"D": [3], "CLK": [5], "Q": [6]}}
  },
  "netnames": {
    "in": {"bits": [2]}, "_1_": {"bits": [3]}, "both": {"bits": [4, 6]}, "clk": {"bits": [5]}
  }}}}`

const dump = `$timescale 1ns $end
$scope module tb $end
$var wire 1 z in $end
$scope module lane $end
$var wire 1 ! in $end
$var wire 1 " _1_ $end
$var wire 2 # both [1:0] $end
$var wire 1 % clk $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
x!
x"
b0x #
0%
$end
#1
0!
1"
b1 #
#2
1%
1!
0"
#3
0%
0!
1"
b11 #
#4
1%
b1 #
`

func written(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// TestBill works a small bill out by hand.
func TestBill(t *testing.T) {
	l, err := ReadLibrary(written(t, "small.lib", cells))
	require.NoError(t, err)
	n, err := ReadNetlist(written(t, "net.json", netlist), "top")
	require.NoError(t, err)
	d, err := ReadDump(written(t, "lane.vcd", dump), "tb.lane")
	require.NoError(t, err)
	b, err := NewBill(l, n, d, 0.2)
	require.NoError(t, err)
	require.Equal(t, 3, b.Cells)
	require.Equal(t, 1, b.Flops)
	require.Equal(t, 128.0, b.Area)
	require.Equal(t, 2.0, b.Leakage)
	// The inverter's output falls and rises once under the load of D, 20 fF, at a slew in
	// the middle of its tables: (200 + 400) / 2 and (2000 + 4000) / 2, in fJ.
	require.InDelta(t, 0.3+3, b.Internal, 1e-9)
	// Its input of 10 fF and the flip-flop's of 20 fF change twice each: C V^2 / 2 is 20
	// and 40 fJ.
	require.InDelta(t, 2*0.020+2*0.040, b.Loads, 1e-9)
	// The clock rises twice and falls once: 60 fJ inside at each rise, 10 fJ a change.
	require.InDelta(t, 2*0.060+3*0.010, b.Clock, 1e-9)
	require.InDelta(t, b.Internal+b.Loads+b.Clock, b.Total(), 1e-12)
	require.Equal(t, int64(4), b.Changes, "_1_ twice and the flip-flop's output twice")
}

// TestFaults: what does not fit is said.
func TestFaults(t *testing.T) {
	for want, text := range map[string]string{
		"library small has no cells": strings.ReplaceAll(cells, "cell (", "scell ("),
		"begins with \"cells\"": strings.Replace(cells, "library (small)",
			"cells (small)", 1),
		"nom_voltage \"\" is no voltage": strings.Replace(cells, "nom_voltage : 2;", "", 1),
		"capacitive_load_unit is missing": strings.Replace(cells, "capacitive_load_unit (1, ff);",
			"", 1),
		"do not fit its indices": strings.Replace(cells, `values ("50, 70")`,
			`values ("50")`, 1),
		"\"5O\" is no number": strings.Replace(cells, `values ("50, 70")`,
			`values ("5O, 70")`, 1),
		"group library has no }": strings.TrimSuffix(cells, "}\n"),
		"line 1: groups nest deeper": "library (a) {" + strings.Repeat("b () {", 20) +
			strings.Repeat("}", 21),
		"neither an attribute nor a group": "library (a) { b }",
	} {
		_, err := ReadLibrary(written(t, "small.lib", text))
		require.ErrorContains(t, err, want)
	}
	l, err := ReadLibrary(written(t, "small.lib", cells))
	require.NoError(t, err)
	for want, c := range map[string][2]string{
		"library small has no NAND": {strings.Replace(netlist, `"INV"`, `"NAND"`,
			1), dump},
		"INV has no pin B": {strings.Replace(netlist, `"A": [2]`,
			`"B": [2]`, 1), dump},
		"cell a, pin Y: net [\"_1_\"] is not in the": {netlist,
			strings.Replace(dump, `" _1_`, `" _2_`, 1)},
	} {
		n, err := ReadNetlist(written(t, "net.json", c[0]), "top")
		require.NoError(t, err)
		d, err := ReadDump(written(t, "lane.vcd", c[1]), "tb.lane")
		require.NoError(t, err)
		_, err = NewBill(l, n, d, 0.2)
		require.ErrorContains(t, err, want)
	}
	_, err = ReadNetlist(written(t, "net.json", netlist), "chip")
	require.ErrorContains(t, err, "has no module chip")
	_, err = ReadDump(written(t, "lane.vcd", dump), "tb.core")
	require.ErrorContains(t, err, "no nets in scope tb.core")
	_, err = ReadDump(written(t, "lane.vcd", "#0\n"), "tb.lane")
	require.ErrorContains(t, err, "declarations do not end")
}

// FuzzLibrary asks that no text makes the parser panic.
func FuzzLibrary(f *testing.F) {
	f.Add(cells)
	f.Add("library (a) { cell (b) { pin (c) { internal_power () { rise_power (d) { values (\"1, " +
		"2\", \"3\"); } } } } }")
	f.Fuzz(func(t *testing.T, text string) {
		if l, err := parseLibrary(text); err == nil {
			require.NotEmpty(t, l.cells)
		}
	})
}
