package casefile

import (
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/core"
)

// maxSize bounds inputs and populations, so that products of sizes fit.
const maxSize = 1 << 20

// Network makes the integer network for a chip with the given register widths.
// Errors name the population or connection.
func (c *Case) Network(chip *profile.Profile, widths core.Widths) (*ir.Network, error) {
	net := &ir.Network{Name: c.Name, Widths: widths}
	var err error
	if net.Input, err = c.Input.build(); err != nil {
		return nil, err
	}
	if len(c.Populations) == 0 {
		return nil, fmt.Errorf("there are no populations: list at least one")
	}
	for p := range c.Populations {
		pop := &c.Populations[p]
		if pop.Name == "" || pop.Name == InputName || c.index(pop.Name) != p {
			return nil, fmt.Errorf("population %d is named %q: names are not empty, differ, and "+
				"%q is the host's", p, pop.Name, InputName)
		}
		made, err := pop.build(chip)
		if err != nil {
			return nil, fmt.Errorf("population %s: %w", pop.Name, err)
		}
		made.Groups[0].Population = int32(p)
		net.Populations = append(net.Populations, *made)
	}
	net.Output = len(c.Populations) - 1
	if c.Output != "" {
		if net.Output = c.index(c.Output); net.Output < 0 {
			return nil, fmt.Errorf("output %q is no population", c.Output)
		}
	}
	return net, c.connect(net, chip)
}

// index is the number of a population, -1 if there is none.
func (c *Case) index(name string) int {
	return slices.IndexFunc(c.Populations, func(p Population) bool { return p.Name == name })
}

func (in *Input) build() (ir.Input, error) {
	shape := in.Shape
	if len(shape) == 0 {
		shape = []int{in.Size}
	}
	size := 1
	for _, side := range shape {
		if side < 1 || size*side > maxSize {
			return ir.Input{}, fmt.Errorf("input of shape %v: sides are positive, and there are "+
				"at most %d inputs", shape, maxSize)
		}
		size *= side
	}
	if in.Size != 0 && in.Size != size {
		return ir.Input{}, fmt.Errorf("input of size %d and shape %v: leave one out", in.Size,
			in.Shape)
	}
	return ir.Input{Name: InputName, Shape: shape, Size: size}, nil
}

// within refuses a value outside [low, high].
func within(name string, value, low, high int64) error {
	if value < low || value > high {
		return fmt.Errorf("%s %d: write %d to %d", name, value, low, high)
	}
	return nil
}

func (p *Population) build(chip *profile.Profile) (*ir.Population, error) {
	for _, err := range []error{
		within("size", int64(p.Size), 1, maxSize), within("depth", int64(p.Depth), 0, 1<<20),
		p.Model.check(chip), p.lengths(),
	} {
		if err != nil {
			return nil, err
		}
	}
	g := p.Model.group()
	g.Count, g.Depth = int32(p.Size), int32(p.Depth)
	made := &ir.Population{Name: p.Name, Shape: []int{p.Size}, Size: p.Size, Depth: p.Depth,
		Groups: []core.Group{g}}
	for n := range p.Size {
		if err := p.addNeuron(made, n, chip); err != nil {
			return nil, fmt.Errorf("neuron %d: %w", n, err)
		}
	}
	return made, nil
}

// lengths checks that lists have one value per neuron.
func (p *Population) lengths() error {
	if len(p.VTh) == 0 {
		return fmt.Errorf("vth is missing: it is the threshold")
	}
	for _, list := range []struct {
		name   string
		values Integers
	}{{"vth", p.VTh}, {"bias mantissa", p.Bias.Mantissa}, {"bias exponent", p.Bias.Exponent},
		{"v0", p.V0}, {"reset", p.Reset}} {
		if n := len(list.values); n > 1 && n != p.Size {
			return fmt.Errorf("%s has %d values for %d neurons: write one for all or one for each",
				list.name, n, p.Size)
		}
	}
	return nil
}

// addNeuron adds the constants of neuron n, in least significant bits.
func (p *Population) addNeuron(made *ir.Population, n int, chip *profile.Profile) error {
	w := &chip.Widths
	high := int64(1)<<w.ThresholdBits - 1
	low := int64(0)
	if !w.ThresholdUnsigned {
		high >>= 1
		low = -high
	}
	vth, exponent := p.VTh.at(n, 0), p.Bias.Exponent.at(n, 0)
	mantissa := p.Bias.Mantissa.at(n, 0)
	most, state := int64(1)<<(w.BiasBits-1)-1, int64(1)<<(w.PotentialBits-1)-1
	for _, err := range []error{
		within("vth", vth, low, high),
		within("bias mantissa", mantissa, -most, most),
		within("bias exponent", exponent, 0, int64(w.BiasExponentMax)),
		within("v0", p.V0.at(n, 0), -state, state), within("reset", p.Reset.at(n, 0), -state,
			state),
	} {
		if err != nil {
			return err
		}
	}
	made.Threshold = append(made.Threshold, int32(vth<<w.ThresholdShift))
	made.Bias = append(made.Bias, int32(mantissa<<exponent))
	made.V0 = append(made.V0, int32(p.V0.at(n, 0)))
	made.Reset = append(made.Reset, int32(p.Reset.at(n, 0)))
	return nil
}
