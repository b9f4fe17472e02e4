package compartments_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler/compartments"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/core"
)

// chip is one that resets to a value alone and has second compartments.
func chip(t require.TestingT) *profile.Profile {
	on := profiletest.Variant(t, "adder", profiletest.Fields{
		"potential_bits": 32, "resets": "[value]", "formats": "[dense, sparse]",
		"plastic_bits": 0,
	})
	on.Models = []core.Model{core.ModelIF, core.ModelIntegrator, core.ModelPairs}
	return on
}

// network draws layers of neurons that reset by subtraction of amounts that are weights, in
// any order and with loops, and a layer that is read.
func network(t *rapid.T, on *profile.Profile) *ir.Network {
	net := &ir.Network{Name: "random", Widths: fit.Widths(on),
		Input: ir.Input{Name: "in", Shape: []int{4}, Size: 4}}
	layers := rapid.IntRange(1, 3).Draw(t, "layers")
	for p := range layers + 1 {
		size := rapid.IntRange(1, 6).Draw(t, "size")
		pop := ir.Population{Name: fmt.Sprint("p", p), Shape: []int{size}, Size: size, Depth: p}
		exponent := rapid.Int8Range(0, 3).Draw(t, "exponent")
		pop.Groups = []core.Group{{Count: int32(size), Population: int32(p), Depth: int32(p),
			DecayV: 4096, WeightExp: exponent, ResetMode: core.ResetSubtract,
			Integrator: p == layers}}
		for range size {
			amount := rapid.OneOf(rapid.Int32Range(1, 300),
				rapid.Int32Range(1, 1020)).Draw(t, "amount") << exponent
			pop.Reset = append(pop.Reset, amount)
			pop.Threshold = append(pop.Threshold, amount-1+rapid.Int32Range(-3, 3).Draw(t,
				"threshold"))
			pop.Bias = append(pop.Bias, rapid.Int32Range(-20, 60).Draw(t, "bias"))
			pop.V0 = append(pop.V0, rapid.Int32Range(0, amount).Draw(t, "v0"))
		}
		net.Populations = append(net.Populations, pop)
	}
	net.Output = layers
	for k := range rapid.IntRange(layers, 2*layers+2).Draw(t, "projections") {
		from := rapid.IntRange(-1, layers-1).Draw(t, "source")
		to := rapid.IntRange(0, layers).Draw(t, "target")
		p := ir.Projection{Name: fmt.Sprint(k), Source: from, Target: to, WeightBits: 8,
			Delay: rapid.IntRange(0, 3).Draw(t, "delay")}
		p.Weights.Sources, p.Weights.Targets = net.Input.Size, net.Populations[to].Size
		if from >= 0 {
			p.Weights.Sources = net.Populations[from].Size
		}
		cells := p.Weights.Sources * p.Weights.Targets
		p.Weights.Dense = rapid.SliceOfN(rapid.Int8Range(-60, 127), cells, cells).Draw(t, "weights")
		net.Projections = append(net.Projections, p)
	}
	return net
}

// TestSecondCompartments: a network whose neurons reset by subtraction and the one that the
// pass makes of it, with a dendrite and a soma for each, run by the interpreter, spike in the
// same ticks and are read alike; a dendrite has the neuron's potential, and what a spike took
// in the tick after.
func TestSecondCompartments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := chip(t)
		net := network(t, on)
		made, given := compartments.Network(net, on)
		require.Len(t, given, len(net.Populations)-1)
		require.NoError(t, fit.Check(made, on))
		ticks := rapid.IntRange(1, 30).Draw(t, "ticks")
		sample := &ir.Sample{Spikes: irtest.TrainOf(t, net.Input.Size, ticks)}
		var ran [2]*ir.Activity
		for i, n := range []*ir.Network{net, made} {
			r, err := ir.NewInterpreter(n, ir.Options{})
			require.NoError(t, err)
			ran[i], err = r.Run(sample)
			require.NoError(t, err)
		}
		require.Equal(t, ran[0].Output, ran[1].Output)
		require.Equal(t, ran[0].Class, ran[1].Class)
		for p := range net.Populations[:net.Output] {
			size := net.Populations[p].Size
			for tick := range ticks {
				for n := range size {
					fires := ran[0].Spikes[p].Get(tick, n)
					require.Equal(t, fires, ran[1].Spikes[p].Get(tick, 2*n+1), "layer %d", p)
					require.False(t, ran[1].Spikes[p].Get(tick, 2*n), "a dendrite")
					want := ran[0].Potentials[p][tick*size+n]
					if fires {
						want += net.Populations[p].Reset[n]
					}
					require.Equal(t, want, ran[1].Potentials[p][2*(tick*size+n)], "layer %d", p)
				}
			}
		}
	})
}

// TestWhatGetsNoCompartment: chips that subtract, or have no second compartments, and neurons
// whose amount is no weight, that leak or are read keep their reset.
func TestWhatGetsNoCompartment(t *testing.T) {
	for name, change := range map[string]func(*ir.Network, *profile.Profile){
		"a chip that subtracts": func(_ *ir.Network, on *profile.Profile) {
			on.Resets = append(on.Resets, profile.ResetSubtract)
		},
		"a chip without": func(_ *ir.Network, on *profile.Profile) { on.Models = on.Models[:2] },
		"no weight":      func(net *ir.Network, _ *profile.Profile) { net.Populations[0].Reset[0] = 1021 },
		"a fraction": func(net *ir.Network, _ *profile.Profile) {
			net.Populations[0].Groups[0].WeightExp, net.Populations[0].Reset[0] = 1, 5
		},
		"a leak": func(net *ir.Network, _ *profile.Profile) {
			net.Populations[0].Groups[0].DecayV = 4000
		},
		"what is read": func(net *ir.Network, _ *profile.Profile) { net.Output = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			on := chip(t)
			net := &ir.Network{Name: "one", Widths: fit.Widths(on), Output: -1,
				Input: ir.Input{Name: "in", Shape: []int{1}, Size: 1},
				Populations: []ir.Population{{Name: "p", Shape: []int{1}, Size: 1,
					Threshold: []int32{7}, Bias: []int32{0}, Reset: []int32{8}, V0: []int32{0},
					Groups: []core.Group{{Count: 1, DecayV: 4096, ResetMode: core.ResetSubtract}}}}}
			_, given := compartments.Network(net, on)
			require.Len(t, given, 1)
			change(net, on)
			made, given := compartments.Network(net, on)
			require.Nil(t, given)
			require.Same(t, net, made)
		})
	}
}
