package rtl

import (
	"fmt"
	"math/bits"

	"adder/chip"
	"adder/chip/profile"
	"adder/layout"
	"adder/router"
)

// Design is an image as the parts of the hardware.
type Design struct {
	img    *layout.Image
	timing *profile.Timing
	chip   *chip.Chip
	ticks  int // of input
	// keys number the sources that send packets.
	keys  keys
	cores []coreDesign
	mesh  meshDesign
	// barrier is the time of a barrier.
	barrier int64
}

// keys are the numbers by which packets name their sources: host inputs first, then
// the neurons of each core. A source without a destination has none.
type keys struct {
	inputs  []int32   // per input, -1 for none
	neurons [][]int32 // per core of the image and neuron
	sources []source
}

// source is the source neuron of a key.
type source struct {
	tile  router.Coord
	dests []router.Dest
	host  bool
}

// newDesign converts a loaded image for a run of so many input ticks, 0 for those of its encoder.
// An image with a feature that the hardware lacks is a *RefusedError.
func newDesign(c *chip.Chip, ticks int) (*Design, error) {
	img, p := c.Image(), c.Profile()
	if err := refuse(img, p); err != nil {
		return nil, err
	}
	if ticks == 0 {
		ticks = int(img.Encoder.Ticks)
	}
	if ticks < 1 || ticks >= 1<<16 {
		return nil, fmt.Errorf("%s: a run of %d ticks: the hardware takes 1 to 65535", img.Model,
			ticks)
	}
	d := &Design{img: img, timing: p.Timing, chip: c, ticks: ticks}
	if d.run() >= 1<<16 {
		return nil, fmt.Errorf("%s: a run of %d ticks: the hardware counts to 65535", img.Model,
			d.run())
	}
	d.keys = newKeys(img, c.Topology())
	for i := range img.Cores {
		core, err := d.newCore(i)
		if err != nil {
			return nil, err
		}
		d.cores = append(d.cores, core)
	}
	d.mesh = d.newMesh()
	var tiles []router.Core
	for i := range img.Cores {
		tiles = append(tiles, img.Cores[i].Tile)
	}
	d.barrier = int64(p.Timing.Barrier.Cycles(len(tiles), router.Span(c.Topology(), tiles)))
	return d, nil
}

func newKeys(img *layout.Image, topology router.Topology) keys {
	var k keys
	add := func(at router.Coord, dests []router.Dest, host bool) int32 {
		if len(dests) == 0 {
			return -1
		}
		k.sources = append(k.sources, source{tile: at, dests: dests, host: host})
		return int32(len(k.sources) - 1)
	}
	port := &img.Routes.Ports[img.Input.Port]
	for i := range port.Sources() {
		k.inputs = append(k.inputs, add(port.At, port.Of(i), true))
	}
	for i := range img.Cores {
		tile := img.Cores[i].Tile
		routes := &img.Routes.Neurons[tile]
		var of []int32
		for n := range routes.Sources() {
			of = append(of, add(topology.At(tile), routes.Of(n), false))
		}
		k.neurons = append(k.neurons, of)
	}
	return k
}

// width is the number of bits that name one of n things, at least one.
func width(n int) int { return max(bits.Len(uint(max(n-1, 0))), 1) }

// bits are those of a key.
func (k *keys) bits() int { return width(len(k.sources)) }

// lanesLog is the logarithm of the number of lanes.
func (d *Design) lanesLog() int { return bits.Len(uint(d.timing.Core.Lanes)) - 1 }
