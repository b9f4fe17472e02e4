package router

import (
	"flag"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// plots makes TestLoadCurves sweep the load finely and write what
// docs/cycle-engine.md shows: mesh-accepted.svg, mesh-latency.svg and
// mesh-curves.csv.
var plots = flag.String("plots", "", "folder to write plots of the mesh under load to")

// curve is a mesh under rising load.
type curve struct {
	name    string
	pattern pattern
	// goes tells whether packets go from one tile to another.
	goes func(from, to Coord) bool
	// senders is the share of tiles that send.
	senders float64
	// bound is the largest load, in packets per sending tile and cycle, that
	// the fullest link of XY routes could carry.
	bound                    float64
	offered, accepted, delay []float64
}

// curves are those of the 8 x 8 mesh. Uniform: half of the traffic crosses the
// middle, 32 tiles * 32/63 over 8 links. Transpose: in each row y all that
// comes from the tiles on one side of the diagonal turns at column y, over one
// link, up to 7 tiles.
func curves() []*curve {
	return []*curve{
		{name: "uniform", pattern: uniform, goes: func(from, to Coord) bool {
			return from != to
		}, senders: 1, bound: 8 * 63.0 / (32 * 32)},
		{name: "transpose", pattern: transpose, goes: func(from, to Coord) bool {
			return from != to && from.X == to.Y && from.Y == to.X
		}, senders: 56.0 / 64, bound: 1.0 / 7},
	}
}

// sweep measures a curve at loads per sending tile.
func (c *curve) sweep(loads []float64, cycles int64) {
	for _, load := range loads {
		timing := Timing{Pipeline: 2, Local: 1, Links: [MaxLinkClasses]int64{1, 1, 1, 1},
			InputBuffer: 4, OutputFIFO: 16}
		r := newTraffic(Mesh{Width: 8, Height: 8}, timing, c.pattern, load, 11).run(cycles)
		c.offered = append(c.offered, load)
		c.accepted = append(c.accepted, r.accepted/c.senders)
		c.delay = append(c.delay, r.latency)
	}
}

// TestLoadCurves: below saturation the mesh accepts what is offered, and with
// little load packets take the time of an empty mesh; beyond saturation it
// keeps carrying a good part of what links allow, and never more.
func TestLoadCurves(t *testing.T) {
	loads, cycles := []float64{0.005, 0.08, 0.6}, int64(4000)
	if *plots != "" {
		loads, cycles = nil, 20000
		for k := 1; k <= 40; k++ {
			loads = append(loads, float64(k)*0.0125)
		}
	}
	all := curves()
	for _, c := range all {
		c.sweep(loads, cycles)
		last := len(loads) - 1
		require.InDelta(t, c.meanZeroLoad(), c.delay[0], 1, c.name)
		for k, load := range loads {
			if load <= 0.6*c.bound {
				require.InEpsilon(t, load, c.accepted[k], 0.1, "%s at %g", c.name, load)
			}
		}
		require.Greater(t, c.accepted[last], 0.6*c.bound, c.name)
	}
	require.Less(t, all[0].accepted[len(loads)-1], all[0].bound)
	if *plots != "" {
		require.NoError(t, writeCurves(*plots, all))
	}
}

// meanZeroLoad is the mean time of a packet on an empty mesh.
func (c *curve) meanZeroLoad() float64 {
	m := Mesh{Width: 8, Height: 8}
	timing := Timing{Pipeline: 2, Local: 1, Links: [MaxLinkClasses]int64{1, 1, 1, 1}}
	sum, n := 0.0, 0.0
	for from := range Core(64) {
		for to := range Core(64) {
			if c.goes(m.At(from), m.At(to)) {
				sum += float64(timing.ZeroLoad(m, m.At(from), m.At(to)))
				n++
			}
		}
	}
	return sum / n
}

func writeCurves(dir string, all []*curve) error {
	var rows strings.Builder
	rows.WriteString("pattern,offered,accepted,latency\n")
	accepted, latency := plot.New(), plot.New()
	accepted.Title.Text = "8 x 8 mesh, XY routes: accepted against offered load"
	accepted.X.Label.Text, accepted.Y.Label.Text =
		"offered, packets per sending tile and cycle", "accepted"
	latency.Title.Text = "8 x 8 mesh, XY routes: latency against offered load"
	latency.X.Label.Text, latency.Y.Label.Text = accepted.X.Label.Text, "mean latency in cycles"
	latency.Y.Max = 150
	for k, c := range all {
		var a, l plotter.XYs
		for i := range c.offered {
			fmt.Fprintf(&rows, "%s,%.4f,%.4f,%.2f\n", c.name, c.offered[i], c.accepted[i],
				c.delay[i])
			a = append(a, plotter.XY{X: c.offered[i], Y: c.accepted[i]})
			if c.delay[i] <= latency.Y.Max {
				l = append(l, plotter.XY{X: c.offered[i], Y: c.delay[i]})
			}
		}
		ink := []color.Color{color.RGBA{R: 0x1f, G: 0x6f, B: 0xb4, A: 255},
			color.RGBA{R: 0xc4, G: 0x4e, B: 0x1d, A: 255}}[k]
		for _, at := range []struct {
			p      *plot.Plot
			points plotter.XYs
		}{{accepted, a}, {latency, l}} {
			line, marks, err := plotter.NewLinePoints(at.points)
			if err != nil {
				return err
			}
			line.Color, marks.Color = ink, ink
			marks.Shape, marks.Radius = draw.CircleGlyph{}, vg.Points(1.5)
			at.p.Add(line, marks)
			at.p.Legend.Add(c.name, line)
		}
		bound := plotter.NewFunction(func(float64) float64 { return c.bound })
		bound.Color, bound.Dashes = ink, []vg.Length{vg.Points(3), vg.Points(3)}
		accepted.Add(bound)
		accepted.Legend.Add(c.name+", bound by the fullest link", bound)
	}
	accepted.Legend.Top, accepted.Legend.Left, latency.Legend.Top, latency.Legend.Left =
		true, true, true, true
	accepted.Y.Min, accepted.Y.Max, latency.Y.Min = 0, 0.75, 0
	latency.X.Max = math.Max(latency.X.Max, 0.5)
	for name, p := range map[string]*plot.Plot{"mesh-accepted.svg": accepted,
		"mesh-latency.svg": latency} {
		if err := p.Save(14*vg.Centimeter, 9*vg.Centimeter, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "mesh-curves.csv"), []byte(rows.String()), 0o644)
}
