package fault

import (
	"fmt"
	"slices"

	"adder/core"
	"adder/fixedpoint"
	"adder/layout"
)

// Damage says what faults did to an image.
type Damage struct {
	// Bits is the number of bits of synapse memory that could fail, and Wrong those that
	// read as something else than was stored.
	Bits  int64 `json:"bits"`
	Wrong int64 `json:"wrong"`
	// CheckBits is what protection stores beside them; they fail as others do.
	CheckBits int64 `json:"check_bits"`
	// Corrected counts words that protection mended, Skipped rows that it had to skip.
	Corrected int64 `json:"corrected"`
	Skipped   int64 `json:"skipped"`
	// Weights counts weights that are others now, Lost synapses that reach no neuron, and
	// Thresholds thresholds that are others now.
	Weights    int64 `json:"weights"`
	Lost       int64 `json:"lost"`
	Thresholds int64 `json:"thresholds"`
}

// Apply returns an image as a broken chip holds it; the image given is not changed. Without
// faults it is the same image.
func Apply(img *layout.Image, s Spec) (*layout.Image, *Damage, error) {
	out, damage, err := breakImage(img, s)
	if err != nil || out == img {
		return out, damage, err
	}
	if err := layout.Validate(out); err != nil {
		return nil, nil, fmt.Errorf("fault: the broken image: %w", err)
	}
	return out, damage, nil
}

func breakImage(img *layout.Image, s Spec) (*layout.Image, *Damage, error) {
	if err := s.Check(); err != nil {
		return nil, nil, fmt.Errorf("fault: %w", err)
	}
	if s.Layer != "" && !slices.ContainsFunc(img.Populations, func(p layout.Population) bool { return p.Name == s.Layer }) {
		return nil, nil, fmt.Errorf("fault: there is no layer %s in %s", s.Layer, img.Model)
	}
	damage := &Damage{}
	if s.none() {
		return img, damage, nil
	}
	out := *img
	out.Cores = slices.Clone(img.Cores)
	for i := range out.Cores {
		c := &broken{
			spec: &s, damage: damage, draws: fixedpoint.NewSource(s.Seed), tile: uint64(out.Cores[i].Tile),
			config: copied(&out.Cores[i].Config), subject: subjects(img, &out.Cores[i], s.Layer),
		}
		c.memory()
		c.vary()
		out.Cores[i].Config = *c.config
	}
	return &out, damage, nil
}

// broken is a core that faults are applied to.
type broken struct {
	spec   *Spec
	damage *Damage
	draws  fixedpoint.Source
	tile   uint64
	config *core.Config
	// subject says for each neuron whether synapses onto it can fail; nil for all.
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

// Add adds the damage of another chip.
func (d *Damage) Add(o *Damage) {
	d.Bits += o.Bits
	d.Wrong += o.Wrong
	d.CheckBits += o.CheckBits
	d.Corrected += o.Corrected
	d.Skipped += o.Skipped
	d.Weights += o.Weights
	d.Lost += o.Lost
	d.Thresholds += o.Thresholds
}
