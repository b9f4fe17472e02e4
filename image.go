package adder

import (
	"fmt"
	"io"
	"slices"

	"adder/chip"
	"adder/layout"
)

// Image is a network compiled for a chip, loaded and ready to run. It never changes.
type Image struct {
	chip    *chip.Chip
	engines *engines
}

// Open reads an image from a file, which `adder compile` or [Image.Save] wrote.
func Open(path string) (*Image, error) {
	img, err := layout.Open(path)
	if err != nil {
		return nil, err
	}
	return load(img)
}

// Read reads an image; errors call it name.
func Read(r io.Reader, name string) (*Image, error) {
	img, err := layout.Read(r, name)
	if err != nil {
		return nil, err
	}
	return load(img)
}

func load(img *layout.Image) (*Image, error) {
	c, err := chip.Load(img)
	if err != nil {
		return nil, err
	}
	return &Image{chip: c, engines: &engines{}}, nil
}

// Save writes the image to a file, whole or not at all.
func (m *Image) Save(path string) error { return layout.Save(path, m.chip.Image()) }

// Write writes the image.
func (m *Image) Write(w io.Writer) error { return layout.Write(w, m.chip.Image()) }

// Model is the name of the network.
func (m *Image) Model() string { return m.chip.Image().Model }

// Chip is the name of the chip's profile.
func (m *Image) Chip() string { return m.chip.Image().Chip.Name }

// Cores is the number of cores in use.
func (m *Image) Cores() int { return len(m.chip.Image().Cores) }

// InputShape is the shape of the input in a tick, channels first.
func (m *Image) InputShape() []int {
	shape := make([]int, len(m.chip.Image().Input.Shape))
	for i, d := range m.chip.Image().Input.Shape {
		shape[i] = int(d)
	}
	return shape
}

// Encoder is the name of the image's encoder, "spikes" for an image whose samples are spike trains.
func (m *Image) Encoder() string { return m.chip.Image().Encoder.Kind }

// Ticks is the default number of input ticks per sample.
func (m *Image) Ticks() int { return int(m.chip.Image().Encoder.Ticks) }

// Latency is the number of ticks from an input to the output that it causes.
func (m *Image) Latency() int { return m.chip.Latency() }

// Layer is a population of neurons.
type Layer struct {
	Name string
	// Size is the number of neurons.
	Size int
	// Depth is the number of ticks from an input to the layer's response.
	Depth int
	// Spikes is false for neurons that only integrate.
	Spikes bool
}

// Layers lists the populations from input to output.
func (m *Image) Layers() []Layer {
	var out []Layer
	for p := range m.chip.Image().Populations {
		pop := &m.chip.Image().Populations[p]
		out = append(out, Layer{Name: pop.Name, Size: m.chip.Size(p), Depth: int(pop.Depth),
			Spikes: pop.Spikes})
	}
	return out
}

// Output is the name of the layer that classes are read from, "" where the image has no
// readout.
func (m *Image) Output() string {
	img := m.chip.Image()
	if img.Readout.Kind == layout.ReadoutNone {
		return ""
	}
	return img.Populations[img.Readout.Population].Name
}

// layers finds populations by name, each named once.
func (m *Image) layers(names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		p, err := m.chip.Population(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(out, p) {
			return nil, fmt.Errorf("layer %q is named twice", name)
		}
		out = append(out, p)
	}
	return out, nil
}

// model converts potentials of population p to the units of the model.
func (m *Image) model(dst []float32, p int, v []int32) []float32 {
	pop := &m.chip.Image().Populations[p]
	n := m.chip.Size(p)
	for i, x := range v {
		dst = append(dst, float32(chip.ModelUnits(pop, i%n, x)))
	}
	return dst
}
