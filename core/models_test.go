package core

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"adder/internal/draws"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawModel draws a group of a model: of the membrane model if for one that
// extends it.
func drawModel(t *rapid.T, row *ModelRow) Group {
	pick := func(low, high int32) int32 { return rapid.Int32Range(low, high).Draw(t, "pick") }
	var g Group
	if row.Extends {
		on := rapid.SampledFrom(row.On).Draw(t, "on")
		models[slices.IndexFunc(models[:], func(m ModelRow) bool {
			return m.Model == on
		})].Draw(&g, pick)
	}
	row.Draw(&g, pick)
	return g
}

// TestModelsOfAGroup draws groups of each model: the table recognises them, by
// the fields that it says the model needs, and as of one model of the membrane.
func TestModelsOfAGroup(t *testing.T) {
	for _, row := range Models() {
		t.Run(string(row.Model), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				g := drawModel(t, &row)
				require.Contains(t, g.Models(), row.Model)
				membranes := 0
				for _, other := range Models() {
					if !other.Extends && other.Is(&g) {
						membranes++
					}
				}
				require.Equal(t, 1, membranes, "models of the membrane of %+v", g)
				for _, field := range row.Needs {
					without := g
					reflect.ValueOf(&without).Elem().FieldByName(field).SetZero()
					require.NotContains(t, without.Models(), row.Model, "without %s", field)
				}
			})
		})
	}
	require.Equal(t, []Model{ModelThreshold}, (&Group{}).Models(), "the zero Group keeps nothing")
}

// TestCoreRunsEveryModel follows the oracle with cores of one group of each model.
func TestCoreRunsEveryModel(t *testing.T) {
	draws.Less(t, 4)
	for _, row := range Models() {
		t.Run(string(row.Model), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { follow(t, drawCoreOf(t, &row)) })
		})
	}
}

// drawCoreOf draws a small core of one group of a model.
func drawCoreOf(t *rapid.T, row *ModelRow) *Config {
	bits := rapid.Uint8Range(7, 32).Draw(t, "bits") // what models draw fits in seven
	cfg := &Config{Widths: Widths{Potential: bits, Current: bits,
		WrapPotential: rapid.Bool().Draw(t, "wraps")}}
	drawGroup(t, cfg)
	cfg.Escape = []EscapeTable{{Shift: 2, Probability: []uint32{0, 1 << 30, 1 << 31}}}
	g, drawn := &cfg.Groups[0], drawModel(t, row)
	drawn.First, drawn.Count, drawn.Depth, drawn.WeightExp = g.First, g.Count, g.Depth, g.WeightExp
	switch {
	case drawn.coded():
		cfg.Groups[0] = fitCode(t, cfg, drawn, drawn.Code.Table > 0)
	case drawn.shifts():
		drawn.Population, drawn.WeightExp = g.Population, 0
		cfg.Groups[0] = drawn
		for n, threshold := range cfg.Threshold {
			cfg.Threshold[n] = max(threshold, -threshold)
		}
	case drawn.Pairs:
		drawn.Population = g.Population
		cfg.Groups[0] = fitPairs(cfg, drawn)
	default:
		drawPlain(&drawn, g)
		cfg.Groups[0] = drawn
	}
	drawIDs(t, cfg)
	drawRow(t, cfg)
	drawRow(t, cfg)
	if drawn.shifts() {
		enterCurrents(t, cfg)
	}
	drawAxon(t, cfg)
	drawAxon(t, cfg)
	return cfg
}

// enterCurrents gives rows into neurons of model shift how they enter, and none that learns.
func enterCurrents(t *rapid.T, cfg *Config) {
	cfg.Plastic = nil
	for i := range cfg.Rows {
		switch r := &cfg.Rows[i]; r.Format {
		case Plastic:
			*r = Row{Format: Sparse, WeightBits: 1, Exclude: -1}
		default:
			r.Shift, r.Second = rapid.Uint8Range(0, 5).Draw(t, "shift"), rapid.Bool().Draw(t,
				"second")
		}
	}
}

// drawPlain gives a group what neurons have beside their model.
func drawPlain(drawn, g *Group) {
	drawn.ResetMode, drawn.Refractory = g.ResetMode, g.Refractory
	drawn.HasFloor, drawn.Floor = g.HasFloor, g.Floor
}

// TestUnknownModel: a row of the table for which nobody wrote a loop is refused
// by name.
func TestUnknownModel(t *testing.T) {
	err := (&group{}).addModel("izhikevich", nil, nil)
	require.EqualError(t, err, "the core has no loop for izhikevich neurons")
}

// TestModelsAreDocumented holds the list of models in the page that defines them
// to the table.
func TestModelsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/neurocore.md")
	require.NoError(t, err)
	_, list, found := strings.Cut(string(page), "\n| model | its neurons |")
	require.True(t, found, "the list of models")
	list, _, _ = strings.Cut(list, "\n\n")
	lines := strings.Split(list, "\n")[2:] // behind the head
	for i, row := range Models() {
		require.Less(t, i, len(lines), "%s is missing", row.Model)
		require.Equal(t, documented(&row), lines[i])
	}
	require.Len(t, lines, len(Models()))
}

// documented is the line of a model on the page.
func documented(row *ModelRow) string {
	about, needs := row.About, strings.Join(row.Needs, ", ")
	if row.Extends {
		about = "(on top) " + about
	}
	var upkeep []string
	for _, part := range []struct {
		is   bool
		name string
	}{{row.Upkeep.DecayV, "decay of v"}, {row.Upkeep.DecayU, "decay of u"}} {
		if part.is {
			upkeep = append(upkeep, part.name)
		}
	}
	for _, part := range []struct {
		n    int64
		name string
	}{{row.Upkeep.MembraneAdds, "addition"}, {row.Upkeep.Comparisons, "comparison"}} {
		switch part.n {
		case 0:
		case 1, -1:
			upkeep = append(upkeep, fmt.Sprintf("%d %s", part.n, part.name))
		default:
			upkeep = append(upkeep, fmt.Sprintf("%d %ss", part.n, part.name))
		}
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s |", row.Model, about, needs,
		strings.Join(row.State, ", "), strings.Join(upkeep, ", "),
		strings.Join(append(row.Trained[:len(row.Trained):len(row.Trained)], row.Learned...), ", "))
}
