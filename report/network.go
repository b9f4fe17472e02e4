package report

import (
	"fmt"
	"html/template"
	"strings"

	"adder/core"
	"adder/report/svg"
	"adder/router"
)

// networkSection is the network as the chip holds it.
type networkSection struct {
	Picture template.HTML
	Layers  []layerRow
	Readout string
}

// layerRow is a layer; Index is its place in by_layer of the document.
type layerRow struct {
	Index                 int
	Name, Shape           string
	Neurons, Cores, Depth int
	Spikes                bool
	HasEnergy             bool
}

func newNetwork(s *source) *networkSection {
	img := s.Comparison.Chip.Image()
	n := &networkSection{Readout: img.Readout.Kind.String()}
	for at, p := range img.ByDepth() {
		pop := &img.Populations[p]
		tiles := map[router.Core]bool{}
		for _, segment := range pop.Segments {
			tiles[segment.Tile] = true
		}
		n.Layers = append(n.Layers, layerRow{
			Index: at, Name: svg.Clean(pop.Name), Shape: shapeText(pop.Shape),
			Neurons: s.Comparison.Chip.Size(p),
			Cores:   len(tiles), Depth: int(pop.Depth), Spikes: pop.Spikes,
			HasEnergy: len(s.Report.Energy) > 0,
		})
	}
	n.Picture = networkPicture(s, n.Layers)
	return n
}

func shapeText(shape []int32) string {
	var words []string
	for _, d := range shape {
		words = append(words, fmt.Sprint(d))
	}
	return strings.Join(words, " x ")
}

// edge is a connection from a layer, by its index in layerRows, -1 for the input, to another.
type edge struct{ from, to int }

// edges are found from the routes, which are all that the image has of projections.
func edges(s *source) map[edge]bool {
	img := s.Comparison.Chip.Image()
	at, owner := map[router.Core]int{}, make([][]int, len(img.Cores))
	for i := range img.Cores {
		at[img.Cores[i].Tile] = i
		owner[i] = make([]int, len(img.Cores[i].Config.Threshold))
	}
	place := make([]int, len(img.Populations))
	for k, p := range img.ByDepth() {
		place[p] = k
		for _, segment := range img.Populations[p].Segments {
			for n := range segment.Count {
				owner[at[segment.Tile]][segment.First+n] = k
			}
		}
	}
	found := map[edge]bool{}
	follow := func(from int, dests []router.Dest) {
		for _, d := range dests {
			i := at[d.Core]
			if n := firstTarget(&img.Cores[i].Config, d.Axon); n >= 0 && n < len(owner[i]) {
				found[edge{from, owner[i][n]}] = true
			}
		}
	}
	if img.Host != nil {
		found[edge{-1, place[img.Host.Population]}] = true
	} else if int(img.Input.Port) < len(img.Routes.Ports) {
		routes := &img.Routes.Ports[img.Input.Port].Routes
		for k := range routes.Sources() {
			follow(-1, routes.Of(k))
		}
	}
	for i := range img.Cores {
		routes := &img.Routes.Neurons[img.Cores[i].Tile]
		for n := range min(routes.Sources(), len(owner[i])) {
			follow(owner[i][n], routes.Of(n))
		}
	}
	return found
}

// firstTarget is a neuron of the core that an axon reaches, -1 for none.
func firstTarget(c *core.Config, axon int32) int {
	a := c.Axons[axon]
	row := c.Rows[a.Row]
	switch {
	case row.Count == 0:
		return -1
	case row.Format == core.Sparse:
		return int(a.Base) + int(c.Sparse[row.Offset].Neuron)
	}
	return int(a.Base) + int(row.First)
}

// networkPicture draws the layers from the input down; what skips layers goes around.
func networkPicture(s *source, layers []layerRow) template.HTML {
	const row, box, width, left = 62, 40, 440, 20
	const most = 60
	shown := layers[:min(len(layers), most)]
	skips := 0
	found := edges(s)
	for e := range found {
		if e.to != e.from+1 && e.to < len(shown) {
			skips++
		}
	}
	wide, high := width+14*float64(min(skips, 12))+12, row*float64(len(shown))+box+6
	p := svg.New(wide, high, "chart", "the network's layers")
	y := func(layer int) float64 { return 2 + row*float64(layer+1) }
	img := s.Comparison.Chip.Image()
	p.Rect(left, 2, width-left, box, "box", "")
	p.Text(left+12, 27, "strong", "input")
	words := shapeText(img.Input.Shape) + ", " + s.Report.Encoder + ", " +
		things(s.Comparison.SNN.Ticks, "tick")
	p.Fitted(left+150, 27, width-180, "", words)
	for i, l := range shown {
		p.Begin("", fmt.Sprintf("%s: %s, %s on %s", l.Name, l.Shape,
			things(l.Neurons, "neuron"), things(l.Cores, "core")))
		p.Rect(left, y(i), width-left, box, "box", "")
		p.Fitted(left+12, y(i)+25, 120, "strong", l.Name)
		words := fmt.Sprintf("%s on %s", l.Shape, things(l.Cores, "core"))
		if !l.Spikes {
			words += ", potentials"
		}
		p.Fitted(left+150, y(i)+25, width-180, "", words)
		p.End()
	}
	lane := 0
	for from := -1; from < len(shown); from++ {
		for to := range shown {
			switch {
			case !found[edge{from, to}]:
			case to == from+1:
				p.Path(arrow(width/2, y(from)+box, y(to)), "arrow", "")
			default:
				x := width + 8 + 14*float64(lane%12)
				lane++
				p.Path(fmt.Sprintf("M%d %.1fH%.1fV%.1fH%dl6 -4m-6 4l6 4",
					width, y(from)+box/2+4, x, y(to)+box/2-4, width), "arrow", "")
			}
		}
	}
	return p.HTML()
}

func arrow(x int, from, to float64) string {
	return fmt.Sprintf("M%d %.1fV%.1fl-4 -6m4 6l4 -6", x, from, to)
}
