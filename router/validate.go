package router

import "fmt"

// Validate checks a table against the cores of a chip, core c having neurons[c]
// neurons and axons[c] axon entries: the mesh holds the cores, every source has
// its routes, and routes are sorted and end at entries that exist. Whoever
// delivers spikes by a table that passed needs no further check.
func (t *Table) Validate(neurons, axons []int) error {
	if err := t.Mesh.Validate(); err != nil {
		return err
	}
	if err := t.Mesh.ValidateChip(t.Chip); err != nil {
		return err
	}
	if len(neurons) > t.Mesh.Tiles() {
		return fmt.Errorf("%d cores on a mesh of %d x %d tiles: it holds %d",
			len(neurons), t.Mesh.Width, t.Mesh.Height, t.Mesh.Tiles())
	}
	if len(t.Neurons) != len(neurons) {
		return fmt.Errorf("routes for %d cores: the chip has %d", len(t.Neurons), len(neurons))
	}
	for c := range t.Neurons {
		if got := t.Neurons[c].Sources(); got != neurons[c] {
			return fmt.Errorf("core %d: routes for %d neurons: the core has %d", c, got, neurons[c])
		}
		if err := t.Neurons[c].validate("neuron", axons); err != nil {
			return fmt.Errorf("core %d: %w", c, err)
		}
	}
	return t.validatePorts(axons)
}

func (t *Table) validatePorts(axons []int) error {
	names := make(map[string]int, len(t.Ports))
	for p := range t.Ports {
		port := &t.Ports[p]
		if port.Name == "" {
			return fmt.Errorf("input port %d has no name", p)
		}
		if other, taken := names[port.Name]; taken {
			return fmt.Errorf("input ports %d and %d are both called %q", other, p, port.Name)
		}
		names[port.Name] = p
		if !t.Mesh.Contains(port.At) {
			return fmt.Errorf("input port %q enters at (%d, %d): the mesh has %d x %d tiles",
				port.Name, port.At.X, port.At.Y, t.Mesh.Width, t.Mesh.Height)
		}
		if err := port.Routes.validate("input", axons); err != nil {
			return fmt.Errorf("input port %q: %w", port.Name, err)
		}
	}
	return nil
}

// validate checks the routes of sources that are called kind in errors.
func (r *Routes) validate(kind string, axons []int) error {
	if len(r.Start) == 0 {
		if len(r.Dests) > 0 {
			return fmt.Errorf("%d destinations without a source", len(r.Dests))
		}
		return nil
	}
	if r.Start[0] != 0 || int64(r.Start[len(r.Start)-1]) != int64(len(r.Dests)) {
		return fmt.Errorf("routes run from %d to %d: there are %d destinations",
			r.Start[0], r.Start[len(r.Start)-1], len(r.Dests))
	}
	for i := 1; i < len(r.Start); i++ {
		if r.Start[i] < r.Start[i-1] {
			return fmt.Errorf("routes of %s %d start at %d, those of %d at %d: starts never fall",
				kind, i-1, r.Start[i-1], i, r.Start[i])
		}
	}
	for i := range r.Sources() {
		if err := validateDests(r.Of(i), axons); err != nil {
			return fmt.Errorf("%s %d: %w", kind, i, err)
		}
	}
	return nil
}

func validateDests(dests []Dest, axons []int) error {
	for i, d := range dests {
		if d.Core < 0 || int(d.Core) >= len(axons) {
			return fmt.Errorf("goes to core %d: the chip has %d", d.Core, len(axons))
		}
		if d.Axon < 0 || int(d.Axon) >= axons[d.Core] {
			return fmt.Errorf("goes to axon %d of core %d, which has %d", d.Axon, d.Core,
				axons[d.Core])
		}
		if i > 0 && before(d, dests[i-1]) {
			return fmt.Errorf("destinations %d and %d are out of order: sort them by core and axon",
				i-1, i)
		}
	}
	return nil
}

// before orders destinations by core and axon.
func before(a, b Dest) bool {
	return a.Core < b.Core || a.Core == b.Core && a.Axon < b.Axon
}
