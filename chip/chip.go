package chip

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"

	"adder/chip/profile"
	"adder/core"
	"adder/fault"
	"adder/layout"
	"adder/router"
)

// Chip is a loaded image. It never changes; engines made from it may run
// at the same time.
type Chip struct {
	image   *layout.Image
	profile *profile.Profile
	// broken is the faults of the chip beyond those in the image.
	broken *fault.Broken
	// cores are loaded and never run: engines run forks of them.
	cores []*core.Core
	// coreAt maps a tile to its place in cores, -1 where the tile is unused.
	coreAt   []int32
	topology router.Topology
	costs    *router.Costs
	// first[p] is the logical number of population p's first neuron, and
	// logical[i][n] the logical number of a core's neuron.
	first   []int32
	logical [][]int32
	// owner[i][n] is the population of a core's neuron.
	owner [][]int32
	// accounts are those of an Attribution: firstAccount[i] is the place
	// of a core's first, account[i][n] that of a core's neuron.
	accounts     []Account
	firstAccount []int
	account      [][]int32
	// spans are those of the populations, 0 for the ticks of the input.
	spans []int32
	// trails are the links that spikes cross, found when first asked for.
	trails func() *trails
	// digest is a digest of the image, computed when first needed.
	digest func() ([sha256.Size]byte, error)
	// wiring is shared by the fast engines, made with the first one, and hostCosts is the traffic
	// of the host's spikes.
	wiring    func() *wiring
	hostCosts []costRun
	valued    []valueSource // axons whose spikes carry values
	// plan is shared by the cycle engines, made with the first one.
	plan func() (*cyclePlan, error)
}

// Load checks an image and builds what its engines share.
func Load(img *layout.Image) (*Chip, error) { return LoadBroken(fault.Intact(img)) }

// LoadBroken is Load for an image on a broken chip.
func LoadBroken(b *fault.Broken) (*Chip, error) {
	img := b.Image
	if err := layout.Validate(img); err != nil {
		return nil, fmt.Errorf("load %s: %w", img.Model, err)
	}
	p, err := profile.Parse(img.Chip.Name, img.Chip.Profile)
	if err != nil {
		return nil, fmt.Errorf("load %s: the image's chip profile: %w", img.Model, err)
	}
	if err := p.NotEmulated(); err != nil {
		return nil, fmt.Errorf("load %s: %w", img.Model, err)
	}
	topology := img.Routes.Topology()
	if b.Topology != nil {
		topology = b.Topology
	}
	c := &Chip{
		image: img, profile: p, broken: b, coreAt: make([]int32, topology.Tiles()),
		topology: topology, costs: router.NewCosts(&img.Routes, topology),
	}
	for i := range c.coreAt {
		c.coreAt[i] = -1
	}
	for i := range img.Cores {
		loaded, err := core.NewBroken(&img.Cores[i].Config, b.Of(i))
		if err != nil {
			return nil, fmt.Errorf("load %s: core at tile %d: %w", img.Model, img.Cores[i].Tile,
				err)
		}
		c.coreAt[img.Cores[i].Tile] = int32(i)
		c.cores = append(c.cores, loaded.Tables())
	}
	c.number()
	c.open()
	if err := c.findValues(); err != nil {
		return nil, fmt.Errorf("load %s: %w", img.Model, err)
	}
	c.hostCosts = c.hostRuns()
	c.wiring = sync.OnceValue(func() *wiring { return newWiring(c) })
	c.trails = sync.OnceValue(c.findTrails)
	c.digest = sync.OnceValues(func() ([sha256.Size]byte, error) { return digestOf(b) })
	c.plan = sync.OnceValues(func() (*cyclePlan, error) { return newCyclePlan(c) })
	return c, nil
}

// number gives every neuron its logical number and population.
func (c *Chip) number() {
	c.logical, c.owner = make([][]int32, len(c.cores)), make([][]int32, len(c.cores))
	for i, k := range c.cores {
		c.logical[i], c.owner[i] = make([]int32, k.Neurons()), make([]int32, k.Neurons())
	}
	next := int32(0)
	for p := range c.image.Populations {
		pop := &c.image.Populations[p]
		c.first = append(c.first, next)
		c.spans = append(c.spans, c.image.Span(p, 0))
		for _, s := range pop.Segments {
			at := c.coreAt[s.Tile]
			for k := range s.Count {
				c.logical[at][s.First+k], c.owner[at][s.First+k] = next, int32(p)
				next++
			}
		}
	}
}

// Image is the image that the chip was loaded with. It must not be changed.
func (c *Chip) Image() *layout.Image { return c.image }

// Profile is the chip's profile.
func (c *Chip) Profile() *profile.Profile { return c.profile }

// Topology is how the tiles of the chip are linked.
func (c *Chip) Topology() router.Topology { return c.topology }

// Latency is the number of ticks that the chip runs beyond those of the image's input: the largest
// depth, or more until the last population with a code is done.
func (c *Chip) Latency() int { return int(c.latency(c.image.Encoder.Ticks)) }

// latency is Latency for so many input ticks.
func (c *Chip) latency(ticks int32) int32 {
	latency := int32(0)
	for p := range c.spans {
		latency = max(latency, c.image.Populations[p].Depth+c.span(p, ticks)-ticks)
	}
	return latency
}

// span is the number of ticks in which population p takes part.
func (c *Chip) span(p int, ticks int32) int32 {
	if c.spans[p] > 0 {
		return c.spans[p]
	}
	return ticks
}

// Population returns the index of the population with a name.
func (c *Chip) Population(name string) (int, error) {
	i := slices.IndexFunc(c.image.Populations, func(p layout.Population) bool {
		return p.Name == name
	})
	if i < 0 {
		names := make([]string, len(c.image.Populations))
		for k := range names {
			names[k] = c.image.Populations[k].Name
		}
		return 0, fmt.Errorf("%s has no layer %q; it has %v", c.image.Model, name, names)
	}
	return i, nil
}

// Size is the number of neurons of population p.
func (c *Chip) Size(p int) int {
	n := 0
	for _, s := range c.image.Populations[p].Segments {
		n += int(s.Count)
	}
	return n
}
