package compiler

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/layout"
	"adder/snn"
	"adder/spike"
)

// graph builds networks by name.
type graph struct {
	t   *testing.T
	net *snn.Network
	at  map[string]int
}

func newGraph(t *testing.T, size int) *graph {
	g := &graph{t: t, net: &snn.Network{Name: "graph", DT: 1e-3}, at: map[string]int{}}
	g.add("in", &snn.Input{}, size, size)
	return g
}

func (g *graph) add(name string, op snn.Op, in, out int) *graph {
	g.at[name] = g.net.AddNode(name, op, snn.Shape{in}, snn.Shape{out})
	return g
}

// relay adds neurons that fire in each tick in which they hear a spike.
func (g *graph) relay(names ...string) *graph {
	for _, name := range names {
		g.add(name, &snn.Neuron{Model: snn.ModelIF, UnitStep: true, VThreshold: []float64{0.5}},
			1, 1)
	}
	return g
}

// edges connects "from", "to" pairs and marks what closes a loop.
func (g *graph) edges(pairs ...string) *snn.Network {
	for i := 0; i < len(pairs); i += 2 {
		g.net.Connect(g.at[pairs[i]], g.at[pairs[i+1]])
	}
	g.net.MarkDelays()
	require.NoError(g.t, g.net.Validate())
	return g.net
}

func compileOn(t *testing.T, name string, net *snn.Network,
	change func(*Options)) (*Result, error) {
	p, err := profile.Load(name)
	require.NoError(t, err)
	opts := Options{Chip: p, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 10}}
	if change != nil {
		change(&opts)
	}
	return Compile(t.Context(), net, opts)
}

// spikeTicks runs one spike in tick 0 and lists the ticks in which each
// layer's only neuron spikes, by the chip with its latency taken off.
func spikeTicks(t *testing.T, r *Result) map[string][]int {
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	options := chip.Options{Ticks: 10}
	for p := range r.Network.Populations {
		options.Spikes = append(options.Spikes, p)
	}
	in := spike.NewTrain(1, 10)
	in.Set(0, 0)
	o, err := c.NewFast(options).Run(t.Context(), &chip.Sample{Spikes: in})
	require.NoError(t, err)
	out := map[string][]int{}
	for p := range r.Network.Populations {
		ticks := []int{}
		for tick := range 10 {
			if o.Spikes[p].Get(tick, 0) {
				ticks = append(ticks, tick)
			}
		}
		out[r.Network.Populations[p].Name] = ticks
	}
	return out
}

func referenceTicks(t *testing.T, net *snn.Network, layers ...string) map[string][]int {
	reference, err := snn.NewReference(net, snn.ReferenceOptions{})
	require.NoError(t, err)
	in := make([][]uint8, 10)
	for tick := range in {
		in[tick] = []uint8{0}
	}
	in[0][0] = 1
	record, err := reference.RunSpikes(in, snn.Probes{Spikes: layers})
	require.NoError(t, err)
	out := map[string][]int{}
	for _, layer := range layers {
		out[layer] = []int{}
		for tick, z := range record.Spikes[layer] {
			if z[0] != 0 {
				out[layer] = append(out[layer], tick)
			}
		}
	}
	return out
}

// TestPathsMeet: a spike over one hop and over three reach the last layer
// in the same tick, and a delay in the model comes on top.
func TestPathsMeet(t *testing.T) {
	both := &snn.Neuron{Model: snn.ModelThreshold, VThreshold: []float64{1.5}}
	g := newGraph(t, 1).relay("a", "b", "c").add("late", &snn.Delay{Ticks: []int{2}}, 1,
		1).add("both", both, 1, 1).relay("slow").add("out", &snn.Output{}, 1, 1)
	net := g.edges("in", "a", "a", "b", "b", "c", "c", "both", "in", "both", "both", "out", "a",
		"late", "late", "slow")
	r, err := compileOn(t, "adder", net, nil)
	require.NoError(t, err)
	require.Equal(t, 3, r.Report.Latency)
	require.Empty(t, r.Report.Warnings)
	got := spikeTicks(t, r)
	require.Equal(t, map[string][]int{"a": {0}, "b": {0}, "c": {0}, "both": {0}, "slow": {2}}, got)
	require.Equal(t, got, referenceTicks(t, net, "a", "b", "c", "both", "slow"))
}

// TestSelfRecurrenceIsOneTick: a relay that hears itself spikes on and on.
func TestSelfRecurrenceIsOneTick(t *testing.T) {
	net := newGraph(t, 1).relay("before", "a").add("out", &snn.Output{}, 1, 1).edges("in", "before",
		"before", "a", "a", "a", "a", "out")
	r, err := compileOn(t, "adder", net, nil)
	require.NoError(t, err)
	got := spikeTicks(t, r)
	require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, got["a"])
	require.Equal(t, got, referenceTicks(t, net, "before", "a"))
	require.Equal(t, 0, r.Network.Projections[2].Delay)
}

// ring is a loop through three populations.
func ring(t *testing.T, wait int) *snn.Network {
	g := newGraph(t, 1).relay("a", "b", "c").add("wait", &snn.Delay{Ticks: []int{wait}}, 1,
		1).add("out", &snn.Output{}, 1, 1)
	return g.edges("in", "a", "a", "b", "b", "c", "c", "wait", "wait", "a", "c", "out")
}

func TestLoopThroughSeveralPopulations(t *testing.T) {
	_, err := compileOn(t, "adder", ring(t, 0), nil)
	require.ErrorContains(t, err, "the loop a -> b -> c -> a passes through several populations")
	require.ErrorContains(t, err, "--chip-timing")

	r, err := compileOn(t, "adder", ring(t, 0), func(o *Options) { o.ChipTiming = true })
	require.NoError(t, err)
	require.Len(t, r.Report.Warnings, 2)
	require.Contains(t, r.Report.Warnings[0], "each hop between populations takes a tick")
	require.Contains(t, r.Report.Warnings[1], "the loop a -> b -> c -> a")
	require.Equal(t, map[string][]int{"a": {0, 3, 6, 9}, "b": {1, 4, 7}, "c": {2, 5, 8}},
		spikeTicks(t, r), "a tick per hop")
	require.Zero(t, r.Report.Latency)
}

// TestLoopWithDelays: a model that waits in a loop for as long as the hops
// take leaves the chip time for them.
func TestLoopWithDelays(t *testing.T) {
	_, err := compileOn(t, "adder", ring(t, 1), nil)
	require.ErrorContains(t, err, "a -> b -> c -> a", "a tick too few")
	for _, wait := range []int{2, 5} {
		net := ring(t, wait)
		r, err := compileOn(t, "adder", net, nil)
		require.NoError(t, err)
		require.Equal(t, referenceTicks(t, net, "a", "b", "c"), spikeTicks(t, r), "a delay of %d",
			wait)
	}
}

// TestWhatOnlyOutputsCanBe: potentials leave a chip, but do not travel on it.
func TestWhatOnlyOutputsCanBe(t *testing.T) {
	for _, model := range []snn.Model{snn.ModelI, snn.ModelLI, snn.ModelCubaLI} {
		t.Run(model.String(), func(t *testing.T) {
			graded := &snn.Neuron{Model: model, UnitStep: model == snn.ModelI, Tau: []float64{4e-3},
				TauSyn: []float64{2e-3}}
			end := newGraph(t, 1).relay("a").add("graded", graded, 1, 1).add("out", &snn.Output{},
				1, 1)
			r, err := compileOn(t, "adder", end.edges("in", "a", "a", "graded", "graded", "out"),
				nil)
			require.NoError(t, err)
			require.Equal(t, layout.ReadoutPotential, r.Image.Readout.Kind)

			middle := newGraph(t, 1).add("graded", graded, 1, 1).relay("hearer").add("out",
				&snn.Output{}, 1, 1)
			_, err = compileOn(t, "adder", middle.edges("in", "graded", "graded", "hearer",
				"hearer", "out"), nil)
			require.ErrorContains(t, err, "graded")
			require.ErrorContains(t, err, "hearer")
			require.ErrorContains(t, err, "spikes")

			both := newGraph(t, 1).add("graded", graded, 1, 1).relay("hearer").add("out",
				&snn.Output{}, 1, 1)
			_, err = compileOn(t, "adder", both.edges("in", "graded", "graded", "hearer", "graded",
				"out"), nil)
			require.ErrorContains(t, err, "hearer", "it feeds the output and a layer")
		})
	}
}

// TestSlowLeaksAreReported: a fraction kept in 4096ths cannot be nearer to 1
// than 4095/4096 without being 1.
func TestSlowLeaksAreReported(t *testing.T) {
	for _, tt := range []struct {
		name     string
		tau      float64
		leakless int
		warning  string
	}{
		{"fast enough", 20e-3, 0, ""},
		{"coarse", 2.5, 0, "layer a: a leak is off by 22.1 %"},
		{"gone", 10, 1, "layer a: 1 potentials or currents leak so little"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGraph(t, 1).add("a", &snn.Neuron{Model: snn.ModelLIF, Tau: []float64{tt.tau},
				VThreshold: []float64{1}}, 1, 1).add("out", &snn.Output{}, 1, 1)
			r, err := compileOn(t, "adder", g.edges("in", "a", "a", "out"), nil)
			require.NoError(t, err)
			require.Equal(t, tt.leakless, r.Report.Layers[0].Leakless)
			if tt.warning == "" {
				require.Empty(t, r.Report.Warnings)
				return
			}
			require.Len(t, r.Report.Warnings, 1)
			require.Contains(t, r.Report.Warnings[0], tt.warning)
		})
	}
}
