package fault

import (
	"fmt"
	"math"
	"slices"

	"adder/core"
	"adder/fixedpoint"
	"adder/layout"
	"adder/router"
)

// Broken is an image on a broken chip: the faulty contents of a chip, and its faults at run time.
type Broken struct {
	// Image is the image with the faults of its memories, and with moved loads.
	Image *layout.Image
	// Spec is the specification of the faults.
	Spec Spec
	// Neurons has the broken neurons of each core of the image, or is nil for none.
	Neurons []core.Faults
	// Dead are the dead cores of the image: they do nothing, and packets to them are lost. It is
	// nil for none.
	Dead []bool
	// Topology, if not nil, is that of the mesh with its dead links.
	Topology router.Topology
	// Packets has the fates of packets.
	Packets Packets
}

// Intact is an image on a chip without faults.
func Intact(img *layout.Image) *Broken { return &Broken{Image: img} }

// Runs reports whether there are faults at run time, other than those in Image.
func (b *Broken) Runs() bool {
	return b.Neurons != nil || b.Dead != nil || b.Topology != nil || b.Packets.Any()
}

// ByPacket reports whether packets must be handled singly: some can fail, or go to dead cores.
func (b *Broken) ByPacket() bool { return b.Dead != nil || b.Packets.Any() }

// IsDead reports whether core i of the image is dead.
func (b *Broken) IsDead(i int) bool { return b.Dead != nil && b.Dead[i] }

// Of returns the broken neurons of core i of the image.
func (b *Broken) Of(i int) core.Faults {
	switch {
	case b.IsDead(i):
		return all(&b.Image.Cores[i].Config)
	case b.Neurons == nil:
		return core.Faults{}
	}
	return b.Neurons[i]
}

// Apply returns an image as it is on a broken chip; img is not changed. Without faults it is the
// same image. If the image cannot run on the broken mesh, the error is a *Refusal.
func Apply(img *layout.Image, s Spec) (*Broken, *Damage, error) {
	out, damage, err := breakImage(img, s)
	if err != nil || out.Image == img {
		return out, damage, err
	}
	if err := layout.Validate(out.Image); err != nil {
		return nil, nil, fmt.Errorf("fault: the broken image: %w", err)
	}
	return out, damage, nil
}

func breakImage(img *layout.Image, s Spec) (*Broken, *Damage, error) {
	if err := s.Check(); err != nil {
		return nil, nil, fmt.Errorf("fault: %w", err)
	}
	if s.Layer != "" && !slices.ContainsFunc(img.Populations, func(p layout.Population) bool {
		return p.Name == s.Layer
	}) {
		return nil, nil, fmt.Errorf("fault: there is no layer %s in %s", s.Layer, img.Model)
	}
	b, damage := Intact(img), &Damage{}
	if s.none() {
		return b, damage, nil
	}
	if err := s.checkModels(img); err != nil {
		return nil, nil, fmt.Errorf("fault: %w", err)
	}
	b.Spec = s
	if s.breaksMesh() {
		if err := b.breakMesh(&s, damage); err != nil {
			return nil, nil, fmt.Errorf("fault: %w", err)
		}
	}
	if err := b.breakAll(&s, damage); err != nil {
		return nil, nil, fmt.Errorf("fault: %w", err)
	}
	return b, damage, nil
}

// checkModels refuses neurons and packets that fail where spikes carry values: nothing says
// what they carry then.
func (s *Spec) checkModels(img *layout.Image) error {
	loses := s.Loads == LoseLoads && (s.Cores > 0 || len(s.DeadCores) > 0)
	if !s.breaksNeurons() && !s.breaksPackets() && !loses {
		return nil
	}
	for i := range img.Cores {
		for k := range img.Cores[i].Config.Groups {
			if g := &img.Cores[i].Config.Groups[k]; g.Graded > 0 || g.Shift.Most > 0 {
				return refusal("%s has spikes with a value (layer %s): of such networks memory "+
					"can fail, and cores and links without loads=lose",
					img.Model, img.Populations[g.Population].Name)
			}
		}
	}
	return nil
}

// breakAll applies the faults of cores and of packets.
func (b *Broken) breakAll(s *Spec, damage *Damage) error {
	img := b.Image
	out := *img
	out.Cores = slices.Clone(img.Cores)
	if s.breaksNeurons() {
		b.Neurons = make([]core.Faults, len(out.Cores))
	}
	if b.Packets = newPackets(s); b.Packets.Any() && s.Layer != "" {
		b.Packets.senders = map[router.Core][]bool{}
	}
	if err := b.checkNamed(s); err != nil {
		return err
	}
	for i := range out.Cores {
		tile := out.Cores[i].Tile
		c := &broken{
			spec: s, damage: damage, draws: fixedpoint.NewSource(s.Seed), tile: uint64(tile),
			config: &out.Cores[i].Config, subject: subjects(img, &out.Cores[i], s.Layer),
		}
		if s.breaksMemory() || s.Weight > 0 || s.Threshold > 0 {
			c.config = copied(c.config)
			c.memory()
			c.vary()
			out.Cores[i].Config = *c.config
			b.Image = &out
		}
		if b.Packets.senders != nil {
			b.Packets.senders[tile] = c.subject
		}
		if b.Neurons == nil {
			continue
		}
		var err error
		if b.Neurons[i], err = c.neurons(tileOf(img.Routes.Topology(), tile)); err != nil {
			return err
		}
	}
	return nil
}

// checkNamed refuses neurons of cores that the image does not use.
func (b *Broken) checkNamed(s *Spec) error {
	t := b.Image.Routes.Topology()
	for _, n := range slices.Concat(s.DeadNeurons, s.FiringNeurons) {
		if !slices.ContainsFunc(b.Image.Cores, func(c layout.PlacedCore) bool {
			return tileOf(t, c.Tile) == n.Tile
		}) {
			return fmt.Errorf("neuron %s: %s has nothing on core %s", n, b.Image.Model, n.Tile)
		}
	}
	return nil
}

// limitsOf are the draws of 64 bits below which each of some shares begins and ends.
func limitsOf(shares ...float64) []uint64 {
	out := make([]uint64, len(shares))
	sum := 0.0
	for i, share := range shares {
		sum += share
		out[i] = math.MaxUint64
		if sum < 1 {
			out[i] = uint64(math.Ldexp(sum, 64))
		}
	}
	return out
}

// broken is a core that faults are applied to.
type broken struct {
	spec   *Spec
	damage *Damage
	draws  fixedpoint.Source
	tile   uint64
	config *core.Config
	// subject says for each neuron whether it, and synapses onto it, can fail; nil for all.
	subject []bool
}

// copied is a load whose memories and thresholds can be changed.
func copied(c *core.Config) *core.Config {
	out := *c
	out.Dense8, out.Dense16 = slices.Clone(c.Dense8), slices.Clone(c.Dense16)
	out.Sparse, out.Plastic = slices.Clone(c.Sparse), slices.Clone(c.Plastic)
	out.Masks = slices.Clone(c.Masks)
	out.Rows, out.Threshold = slices.Clone(c.Rows), slices.Clone(c.Threshold)
	return &out
}

// subjects are the neurons of a layer on a core.
func subjects(img *layout.Image, at *layout.PlacedCore, layer string) []bool {
	if layer == "" {
		return nil
	}
	out := make([]bool, at.Config.Neurons())
	for _, p := range img.Populations {
		if p.Name != layer {
			continue
		}
		for _, s := range p.Segments {
			for n := s.First; s.Tile == at.Tile && n < s.First+s.Count; n++ {
				out[n] = true
			}
		}
	}
	return out
}

func (b *broken) isSubject(neuron int32) bool {
	return b.subject == nil || neuron >= 0 && int(neuron) < len(b.subject) && b.subject[neuron]
}
