package ir_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip/profile/profiletest"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/core"
)

// widths are registers that every constant of small fits.
var widths = core.Widths{Potential: 16, Current: 16}

// small is a valid network with something of everything: four winners that learn from
// three inputs, inhibit each other and feed two integrators.
func small() *ir.Network {
	return &ir.Network{
		Name: "small", Input: ir.Input{Name: "in", Shape: []int{3}, Size: 3}, Output: 0,
		Widths: widths,
		Escape: []core.EscapeTable{{Shift: 3, Probability: []uint32{0, 1 << 31}}},
		Labels: &ir.Labels{Classes: 2, Class: []int32{0, 1, -1, 1},
			Proportions: []uint16{1, 2, 3, 4}},
		Populations: []ir.Population{
			{
				Name: "winners", Shape: []int{2, 2}, Size: 4,
				Groups: []core.Group{{
					Count: 4, DecayV: 4000, HasFloor: true, Floor: -5, Escape: 1,
					Theta:  core.Theta{Adaptive: true, Plus: 3},
					Winner: core.Winner{Arbiter: core.ArbiterFair},
				}},
				Threshold: make([]int32, 4), Bias: make([]int32, 4), Reset: make([]int32, 4),
				V0:    make([]int32, 4),
				Theta: []int32{1, 2, 3, 4}, Target: []int32{5, 6, 7, 8},
			},
			{
				Name: "sums", Shape: []int{2}, Size: 2, Depth: 1,
				Groups: []core.Group{
					{Count: 1, Population: 1, Depth: 1, DecayV: 4096, Integrator: true},
					{First: 1, Count: 1, Population: 1, Depth: 1, HasCurrent: true,
						BiasToCurrent: true, Integrator: true},
				},
				Threshold: make([]int32, 2), Bias: make([]int32, 2), Reset: make([]int32, 2),
				V0: make([]int32, 2),
			},
		},
		Projections: []ir.Projection{
			{
				Name: "learned", Source: ir.SourceInput, Target: 0, WeightBits: 16,
				Weights: ir.Weights{Sources: 3, Targets: 4, Count: 4, Plastic: make([]uint16, 12)},
				Learning: &core.Plasticity{
					Rows: 3, LTP: 4, LTD: core.RateOff, Pre: core.Trace{Length: 4},
					Post: core.Trace{Kind: core.TraceBox, Length: 20}, Max: 9,
					Norm: core.Norm{Kind: core.NormL1, Shift: 3},
				},
			},
			{
				Name: "others", Source: 0, Target: 0, WeightBits: 4,
				Weights: ir.Weights{Sources: 4, Targets: 4, Count: 4,
					Others: []ir.Others{{-8, 0, 0}, {-8, 3, 1}, {7, 0, 2}, {7, 0, -1}}},
			},
			{
				Name: "listed", Source: 0, Target: 1, WeightBits: 3, Delay: 2,
				Weights: ir.Weights{Sources: 4, Targets: 2, Start: []int64{0, 2, 2, 3, 4},
					Target: []int32{0, 1, 1, 0}, Value: []int16{3, -4, 1, 1}},
			},
			{
				Name: "matrix", Source: 1, Target: 1, WeightBits: 8,
				Weights: ir.Weights{Sources: 2, Targets: 2, Dense: []int8{1, 2, 3, -128}},
			},
		},
	}
}

// TestValidateRefuses breaks the small network in one place at a time.
func TestValidateRefuses(t *testing.T) {
	require.NoError(t, small().Validate())
	for _, c := range []struct {
		name  string
		spoil func(n *ir.Network)
		want  string
	}{
		{"input", func(n *ir.Network) {
			n.Input.Size = 4
		}, "network small: input in: shape [3] and size 4"},
		{"shape", func(n *ir.Network) {
			n.Populations[0].Shape[0] = -2
		}, "layer winners: shape [-2 2]: sides are positive"},
		{"register", func(n *ir.Network) {
			n.Widths.Potential = 33
		}, "bits of the potential 33: it is 2 to 32"},
		{"escape table", func(n *ir.Network) {
			n.Escape[0].Probability = nil
		}, "escape table 0: number of probabilities 0"},
		{"escape name", func(n *ir.Network) {
			n.Populations[0].Groups[0].Escape = 2
		}, "layer winners: group 0: escape table 2: it is 0 to 1"},
		{"list", func(n *ir.Network) {
			n.Populations[0].Theta = n.Populations[0].Theta[:3]
		}, "3 adaptive thresholds: it has 4 neurons"},
		{"gap", func(n *ir.Network) {
			n.Populations[1].Groups[1].First = 2
		}, "group 1 holds neurons 2 to 2, where 1 of 2 is next"},
		{"short", func(n *ir.Network) {
			n.Populations[0].Groups[0].Count = 3
		}, "its groups hold 3 of 4 neurons"},
		{"layer", func(n *ir.Network) {
			n.Populations[1].Groups[0].Population = 0
		}, "group 0 is of layer 0, depth 1, integrator true: the layer is 1"},
		{"depth", func(n *ir.Network) {
			n.Populations[1].Depth = 2
		}, "depth 1, integrator true: the layer is 1, its depth 2"},
		{"mixed", func(n *ir.Network) {
			n.Populations[1].Groups[1].Integrator = false
		}, "integrator false"},
		{"decay", func(n *ir.Network) {
			n.Populations[0].Groups[0].DecayV = 4097
		}, "decay of the potential 4097: it is 0 to 4096"},
		{"exponent", func(n *ir.Network) {
			n.Populations[0].Groups[0].WeightExp = 16
		}, "weight exponent 16"},
		{"reset mode", func(n *ir.Network) {
			n.Populations[0].Groups[0].ResetMode = 2
		}, "reset mode 2"},
		{"arbiter", func(n *ir.Network) {
			n.Populations[0].Groups[0].Winner.Arbiter = 3
		}, "arbiter 3"},
		{"current", func(n *ir.Network) {
			n.Populations[1].Groups[1].HasCurrent = false
		}, "its bias enters a current that it does not have"},
		{"floor", func(n *ir.Network) {
			n.Populations[0].Groups[0].HasFloor = false
		}, "a floor of -5 that it does not have"},
		{"theta", func(n *ir.Network) {
			n.Populations[0].Groups[0].Theta.Adaptive = false
		}, "constants of an adaptive threshold that it does not have"},
		{"no theta", func(n *ir.Network) {
			n.Populations[0].Groups[0].Theta = core.Theta{}
		}, "neuron 0: an adaptive threshold of 1 that does not adapt"},
		{"winner", func(n *ir.Network) {
			n.Populations[0].Groups[0].Winner = core.Winner{Alone: true}
		}, "rules for winners where nobody competes"},
		{"integrator", func(n *ir.Network) {
			n.Populations[1].Groups[0].Theta.Adaptive = true
		}, "an integrator with escape noise"},
		{"threshold", func(n *ir.Network) {
			n.Populations[0].Threshold[2] = 1 << 15
		}, "neuron 2: threshold 32768: it is -32767 to 32767"},
		{"target", func(n *ir.Network) { n.Populations[0].Target[1] = -1 }, "neuron 1: target -1"},
		{"ends", func(n *ir.Network) {
			n.Projections[0].Source = 2
		}, "projection learned: it leads from 2 to 0: there are 2 layers"},
		{"size", func(n *ir.Network) {
			n.Projections[3].Weights.Sources = 1
		}, "projection matrix: 1 x 2 weights for 2 sources and 2 targets"},
		{"delay", func(n *ir.Network) {
			n.Projections[2].Delay = -1
		}, "projection listed: delay -1"},
		{"two forms", func(n *ir.Network) {
			n.Projections[3].Weights.Dense16 = []int16{1}
		}, "weights in 2 forms: use one"},
		{"no form", func(n *ir.Network) {
			n.Projections[3].Weights.Dense = nil
		}, "weights in 0 forms"},
		{"matrix", func(n *ir.Network) {
			n.Projections[3].Weights.Dense = []int8{1}
		}, "1 weights for 2 sources and 2 targets"},
		{"range", func(n *ir.Network) {
			n.Projections[3].WeightBits = 7
		}, "weight 3 -128: it is -64 to 63"},
		{"list end", func(n *ir.Network) {
			n.Projections[2].Weights.Start[4] = 5
		}, "a list of 4 sources, 4 targets and 4 weights"},
		{"list order", func(n *ir.Network) {
			n.Projections[2].Weights.Start[2] = 1
		}, "the list of source 1 ends at 1"},
		{"list target", func(n *ir.Network) {
			n.Projections[2].Weights.Target[1] = 0
		}, "source 0 lists target 0 behind 0, of 2: targets ascend"},
		{"run", func(n *ir.Network) {
			n.Projections[1].Weights.First = 1
		}, "a run of 4 targets from 1 on: there are 4"},
		{"rows", func(n *ir.Network) {
			n.Projections[1].Weights.Others = n.Projections[1].Weights.Others[:3]
		}, "3 rows for 4 sources"},
		{"shift", func(n *ir.Network) {
			n.Projections[1].Weights.Others[2].Shift = 21
		}, "source 2: shift 21"},
		{"left out", func(n *ir.Network) {
			n.Projections[1].Weights.Others[2].Exclude = 4
		}, "source 2: target that it leaves out 4"},
		{"plastic bits", func(n *ir.Network) {
			n.Projections[0].WeightBits = 15
		}, "12 plastic weights of 15 bits"},
		{"what learns", func(n *ir.Network) {
			n.Projections[3].Learning = n.Projections[0].Learning
		}, "projection matrix: it learns, but its weights are not plastic"},
		{"rows that learn", func(n *ir.Network) {
			n.Projections[0].Learning.Rows = 2
		}, "rows 0 to 1 learn: there is one for each of 3 sources"},
		{"group that learns", func(n *ir.Network) {
			n.Projections[0].Learning.Group = 1
		}, "group that learns 1: it is 0 to 0"},
		{"part that learns", func(n *ir.Network) {
			n.Projections[0].Weights.Count, n.Projections[0].Weights.Plastic = 3, make([]uint16, 9)
		}, "it reaches 3 neurons from 0 on, group 0 has 4 from 0 on"},
		{"rule", func(n *ir.Network) { n.Projections[0].Learning.Rule = 3 }, "learning rule 3"},
		{"rate", func(n *ir.Network) {
			n.Projections[0].Learning.LTP = 0
		}, "rate shift of post events 0: it is 1 to 16"},
		{"trace", func(n *ir.Network) {
			n.Projections[0].Learning.Pre.Length = 9
		}, "length of a trace 9: it is 1 to 8"},
		{"bounds", func(n *ir.Network) {
			n.Projections[0].Learning.Min = 10
		}, "smallest weight 10: it is 0 to 9"},
		{"no targets", func(n *ir.Network) {
			n.Populations[0].Target = nil
		}, "a normalisation without targets"},
		{"norm", func(n *ir.Network) {
			n.Projections[0].Learning.Norm.Shift = 0
		}, "shift of the normalisation 0"},
		{"output", func(n *ir.Network) { n.Output = 2 }, "output 2: there are 2 layers"},
		{"labels", func(n *ir.Network) { n.Output = 1 }, "labels without an output that spikes"},
		{"label", func(n *ir.Network) {
			n.Labels.Class[1] = 2
		}, "label of neuron 1 2: it is -1 to 1"},
		{"proportions", func(n *ir.Network) {
			n.Labels.Proportions = []uint16{1}
		}, "4 labels and 1 proportions for 2 classes"},
		{"host", func(n *ir.Network) { n.Host = &ir.Host{Target: 2} }, "the host writes layer 2"},
		{"host weights", func(n *ir.Network) {
			n.Host = &ir.Host{Weights: make([]int16, 11)}
		}, "the host has 11 weights: want 12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := small()
			c.spoil(net)
			err := net.Validate()
			require.ErrorContains(t, err, c.want)
			_, refused := ir.NewInterpreter(net, ir.Options{})
			require.Equal(t, err, refused, "the interpreter runs nothing that is not valid")
		})
	}
}

// TestDrawnNetworksRun: what the generator draws is valid, and twice the same.
func TestDrawnNetworksRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := irtest.Network(t, profiletest.Variant(t, "adder", nil), widths)
		require.NoError(t, net.Validate())
		require.NotEmpty(t, net.String())
		train := irtest.Train(t, net.Input.Size)
		r, err := ir.NewInterpreter(net, ir.Options{Seed: 3, Learn: true})
		require.NoError(t, err)
		before := r.Learned()
		_, err = r.Run(&ir.Sample{Number: 1, Spikes: train})
		require.NoError(t, err)
		again, err := ir.NewInterpreter(net, ir.Options{Seed: 3, Learn: true})
		require.NoError(t, err)
		require.Equal(t, before, again.Learned(), "learning leaves the network as it was")
		_, err = again.Run(&ir.Sample{Number: 1, Spikes: train})
		require.NoError(t, err)
		require.Equal(t, r.Learned(), again.Learned())
	})
}
