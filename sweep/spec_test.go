package sweep

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRefused: what no sweep can mean is refused with what to do.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "no model",
		"model: m\ncommand: train":       "cannot be swept",
		"model: m\nwhat: 1":              "what",
		"model: m\ngrid: {bits: 4}":      "give a list",
		"model: m\ngrid: {bits: []}":     "give a list",
		"model: m\ngrid: {bits: [4, 4]}": "listed twice",
		"model: m\nflags: {bits: 4}\ngrid: {bits: [4]}":        "set twice",
		"model: m\nflags: {json: true}":                        "results are JSON",
		"model: m\nflags: {workers: 2}":                        "--workers of `adder sweep`",
		"model: m\nflags: {--bits: 2}":                         "without dashes",
		"model: m\nflags: {bits: }":                            "no value",
		"model: m\nflags: {bits: {a: 1}}":                      "neither a number",
		"model: m\nobjectives: {accuracy: large, energy: min}": "say max or min",
		"model: m\nobjectives: {accuracy: max}":                "two at least",
		"model: m\nsample: {n: 0}":                             "one point at least",
		"model: m\nwhere: bits >":                              "where",
		"model: &a [*a]":                                       "",
	} {
		_, err := parse([]byte(text), t.TempDir())
		require.ErrorContains(t, err, want, text)
	}
}

func TestPointsRefused(t *testing.T) {
	s := newSweep(t, "model: m.onnx\ngrid:\n  bits: [1, 2]\nwhere: bits > 2\n")
	_, err := s.Run(t.Context(), Options{Program: "p"})
	require.ErrorContains(t, err, "no points")
	wide := "model: m.onnx\ngrid:\n"
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		wide += "  " + name + ": [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
	}
	_, err = newSweep(t, wide).Points("p")
	require.ErrorContains(t, err, "more than 1048576 points")
	twice := newSweep(t, "grid:\n  model: [m.onnx, ./m.onnx]\n")
	_, err = twice.Points("p")
	require.ErrorContains(t, err, "the same")
}

// TestConditions: names are settings before they are columns, but for the energy.
func TestConditions(t *testing.T) {
	for text, want := range map[string]bool{
		"activation_bits == 3 and code == 'radix'": true,
		"bits > 4":                false,
		`chip.core.neurons < 100`: true,
		"slow":                    true,
	} {
		c, err := NewCondition(text)
		require.NoError(t, err)
		got, err := c.holds(map[string]string{
			"activation-bits": "3", "code": "radix", "bits": "4", "chip.core.neurons": "64",
			"slow": "true",
		})
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
}

// TestNoCondition: what is neither true nor false is an error, not a crash.
func TestNoCondition(t *testing.T) {
	c, err := NewCondition("bits + 1")
	if err == nil {
		_, err = c.holds(map[string]string{"bits": "4"})
	}
	require.ErrorContains(t, err, "neither true nor false")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(specText))
	f.Add([]byte("model: m\nobjectives: {a: max, b: min}\nwhere: [a > 1, b < 2]\nsample: {n: 3, " +
		"seed: 2}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parse(text, t.TempDir())
		if err == nil && len(s.Axes) < 3 {
			_, _ = s.Points("p")
		}
	})
}

// TestOpenAModel: who gives a model instead of a sweep file is told what one is.
func TestOpenAModel(t *testing.T) {
	_, err := Open(filepath.Join("some", "Digits.ONNX"))
	require.ErrorContains(t, err, "a model is no sweep file: write a sweep.yaml")
	require.ErrorContains(t, err, "model: Digits.ONNX")
	_, err = Open("none.yaml")
	require.ErrorContains(t, err, "`adder sweep --help` has one to start from")
}
