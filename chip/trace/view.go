package trace

import (
	"fmt"
	"strings"

	"adder/chip"
	"adder/core"
	"adder/router"
)

// view is the traced part of a chip.
type view struct {
	chip *chip.Chip
	// shown reports which cores of the image are traced.
	shown []bool
	// tiles maps a tile to its core, -1 for none.
	tiles []int
	// neurons are those shown one by one, by core, and single[core] their places there by
	// their numbers in the core.
	neurons [][]neuron
	single  []map[int32]int
	// owned is the model's neuron of each neuron of a core.
	owned [][]owned
}

// neuron is one that is shown.
type neuron struct {
	index int32  // in the core
	name  string // a word
}

// owned is the neuron of a population that a neuron of a core is, by its index there.
type owned struct {
	population int
	number     int
}

func newView(c *chip.Chip, opts Options) (*view, error) {
	img := c.Image()
	cores := len(img.Cores)
	v := &view{
		chip: c, shown: make([]bool, cores), tiles: make([]int, c.Topology().Tiles()),
		neurons: make([][]neuron, cores), single: make([]map[int32]int, cores),
		owned: make([][]owned, cores),
	}
	for i := range v.tiles {
		v.tiles[i] = -1
	}
	for i := range img.Cores {
		v.tiles[img.Cores[i].Tile] = i
		v.shown[i] = opts.Cores == nil
		v.owned[i] = make([]owned, len(img.Cores[i].Config.Threshold))
		v.single[i] = map[int32]int{}
	}
	v.own()
	for _, i := range opts.Cores {
		if i < 0 || i >= len(v.shown) {
			return nil, fmt.Errorf("core %d: the image has cores 0 to %d", i, len(v.shown)-1)
		}
		v.shown[i] = true
	}
	for _, n := range opts.Neurons {
		if err := v.choose(n); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// own notes which neurons of the model the neurons of cores are.
func (v *view) own() {
	for p := range v.chip.Image().Populations {
		number := 0
		for _, s := range v.chip.Image().Populations[p].Segments {
			core := v.tiles[s.Tile]
			for k := range s.Count {
				v.owned[core][s.First+k] = owned{population: p, number: number}
				number++
			}
		}
	}
}

// label names a neuron of a core as --trace-neurons does, LAYER:N.
func (v *view) label(core int, neuron int32) string {
	of := v.owned[core][neuron]
	return fmt.Sprintf("%s:%d", readable(v.chip.Image().Populations[of.population].Name), of.number)
}

// readable is a name in formats that take text.
func readable(name string) string { return strings.ToValidUTF8(name, "\uFFFD") }

// choose shows neurons of a population.
func (v *view) choose(n Neurons) error {
	if n.Population < 0 || n.Population >= len(v.chip.Image().Populations) {
		return fmt.Errorf("layer %d: the image has %d", n.Population,
			len(v.chip.Image().Populations))
	}
	pop := &v.chip.Image().Populations[n.Population]
	if size := v.chip.Size(n.Population); n.First < 0 || n.Last < n.First || n.Last >= size {
		return fmt.Errorf("neurons %d to %d of layer %s: it has 0 to %d", n.First, n.Last, pop.Name,
			size-1)
	}
	number := 0
	for _, s := range pop.Segments {
		core := v.tiles[s.Tile]
		for k := range s.Count {
			_, there := v.single[core][s.First+k]
			if number >= n.First && number <= n.Last && !there {
				v.single[core][s.First+k] = len(v.neurons[core])
				v.neurons[core] = append(v.neurons[core],
					neuron{index: s.First + k, name: fmt.Sprintf("%s_%d", word(pop.Name), number)})
			}
			number++
		}
	}
	return nil
}

// word makes a name fit for formats that separate by space.
func word(name string) string {
	out := []byte(name)
	for i, b := range out {
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_'
		if !letter {
			out[i] = '_'
		}
	}
	if len(out) == 0 {
		return "_"
	}
	return string(out)
}

// at is the tile of a core of the image.
func (v *view) at(core int) router.Coord {
	return v.chip.Topology().At(v.chip.Image().Cores[core].Tile)
}

// hertz is the clock of the chip.
func (v *view) hertz() int64 { return v.chip.Profile().Timing.Clock }

// inputs names the inputs of a router.
var inputs = [...]string{"east", "west", "north", "south", "core"}

// silent is a tracer that shows nothing; formats embed it for what they leave
// out.
type silent struct{}

func (silent) Hop(int64, router.Core, router.Direction, int32) {}
func (silent) Depth(int64, router.Core, int, int)              {}
func (silent) Work(int, chip.Phase, int64, int64)              {}
func (silent) Ingress(int64, int, int)                         {}
func (silent) Spike(int64, int, int32)                         {}
func (silent) State(int64, int, *core.Core)                    {}
func (silent) Message(*chip.Message)                           {}
func (silent) Tick(int32, int64, int64, int64)                 {}
