package svg

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// wellFormed requires XML and returns the text of all elements.
func wellFormed(t require.TestingT, picture string) string {
	decoder, text := xml.NewDecoder(strings.NewReader(picture)), ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return text
		}
		require.NoError(t, err, picture)
		if data, ok := token.(xml.CharData); ok {
			text += string(data)
		}
	}
}

// Any text stays text, whatever it holds.
func TestTextIsEscaped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		p := New(100, 50, "chart", name)
		p.Begin("e", name)
		p.Rect(1, 2, 3, 4, "f0", name)
		p.Data("heat", "labels", name)
		p.Fitted(1, 2, 40, "", name)
		text := wellFormed(t, string(p.HTML()))
		require.Contains(t, text, Clean(name))
	})
	p := New(10, 10, "", "")
	p.Text(0, 0, "", "</text><script>\x00\xff")
	require.Contains(t, string(p.HTML()), "&lt;/text&gt;&lt;script&gt;\uFFFD\uFFFD")
}

// Ticks are round, rise, lie on the scale and are at most some more than asked for.
func TestTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.Float64Range(-1e9, 1e9).Draw(t, "least")
		greatest := least + rapid.Float64Range(1e-3, 1e9).Draw(t, "span")
		s := Span(least, greatest, 0, 300)
		require.LessOrEqual(t, s.Least, least)
		require.GreaterOrEqual(t, s.Greatest, greatest-1e-6*(greatest-least))
		ticks := s.Ticks(6)
		require.GreaterOrEqual(t, len(ticks), 2)
		require.LessOrEqual(t, len(ticks), 10)
		for i, v := range ticks {
			require.True(t, i == 0 || v > ticks[i-1])
			require.False(t, v == 0 && math.Signbit(v), "-0")
		}
	})
	log := Logarithmic(3, 4200, 0, 100)
	require.Equal(t, []float64{1, 10, 100, 1000, 10000}, log.Ticks(6))
	require.InDelta(t, 50, log.At(100), 1e-9)
	require.Equal(t, 0.0, log.At(0.5), "outside is the end")
	falling := Span(0, 10, 200, 0)
	require.InDelta(t, 100, falling.At(5), 1e-9)
}

func TestSteps(t *testing.T) {
	for part, want := range map[float64]int{0: 0, 1e-9: 1, 0.5: 5, 1: 9, 2: 9, -1: 0} {
		require.Equal(t, want, Step(part), "%g", part)
	}
	require.Equal(t, 0, Step(math.NaN()))
}

// Cells of one colour that lie side by side are one stroke, and strokes cover each row.
func TestCells(t *testing.T) {
	p := New(40, 20, "", "")
	p.Cells(0, 0, 10, 10, [][]float64{{0, 0, 9, 9}, {9, 9, 9, 9}}, 9)
	require.Equal(t, `<svg viewBox="0 0 40 20" width="40" class="" role="img" aria-label="">`+
		`<path d="M0 5H20" stroke-width="10" class="cell q0"/>`+
		`<path d="M20 5H40M0 15H40" stroke-width="10" class="cell q9"/></svg>`, string(p.HTML()))
}

// A curve is broken where it leaves the scale.
func TestCurveBreaks(t *testing.T) {
	c := &Chart{
		Picture: New(10, 10, "", ""),
		X:       Scale{Greatest: 3, To: 30}, Y: Scale{Least: 1, Greatest: 10, To: 10},
	}
	c.Curve([]Point{{0, 1}, {1, 10}, {2, 0}, {3, 10}}, "curve", "")
	require.Contains(t, string(c.HTML()), `d="M0 0L10 10M30 10"`)
}

func TestFit(t *testing.T) {
	require.Equal(t, "short", fit("short", 100))
	require.Equal(t, "a long …", fit("a long name", 8*letterWidth))
	require.Equal(t, "ä…", fit("äöü", letterWidth))
}
