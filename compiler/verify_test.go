package compiler

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/verify"
	"adder/core"
	"adder/layout"
	"adder/router"
)

// verified is a network with all that verify looks at: two layers on
// several cores, a recurrence with delay, and rows of two formats.
const verified = `
chip adder width=3 height=1 neurons=4 input_axons=8 synapse_memory=400_bit output_routes=16 max_delay=3 router_keys=9 bias_bits=12 bias_exponent_max=4 threshold_bits=18 threshold_shift=4 exponent_max=12
input in 3
dense fc 6 < in w=1,2,3;4,5,6;0,0,1;1,0,0;7,8,9;1,1,1 bias=6*0.25
if a - < fc,~a vth=2 unit
delay d - < a ticks=2
dense out 2 < d w=1,-1,1,-1,1,-1;1,1,1,-1,-1,-1
i b - < out unit
output y - < b
`

func compiled(t *testing.T, text string) (*script, *Result) {
	t.Helper()
	s, err := parseScript(text)
	require.NoError(t, err)
	r, err := Compile(t.Context(), s.net, s.opts)
	require.NoError(t, err)
	return s, r
}

// copied is an image that shares nothing with img.
func copied(t *testing.T, img *layout.Image) *layout.Image {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, layout.Write(&file, img))
	out, err := layout.Read(&file, "copy")
	require.NoError(t, err)
	return out
}

// TestVerifyCatches changes one thing of a good image at a time.
func TestVerifyCatches(t *testing.T) {
	s, r := compiled(t, verified)
	require.NoError(t, verify.Image(copied(t, r.Image), s.opts.Chip, r.Network))
	first := func(img *layout.Image) *core.Config { return &img.Cores[0].Config }
	for _, c := range []struct {
		name   string
		change func(img *layout.Image)
		want   string
	}{
		{"weight", func(img *layout.Image) { first(img).Dense8[0]++ }, "weight"},
		{"weight to zero", func(img *layout.Image) {
			first(img).Dense8[0] = 0
		}, "synapses, the network has"},
		{"weight of a wider row", func(img *layout.Image) {
			first(img).Rows[0].WeightBits = 2
		}, "does not fit 2 bits"},
		{"axon delay", func(img *layout.Image) { first(img).Axons[0].Delay++ }, "delay"},
		{"axon of another row", func(img *layout.Image) {
			first(img).Axons[0].Row = first(img).Axons[1].Row
		}, "network"},
		{"axon that starts its row elsewhere", func(img *layout.Image) {
			first(img).Axons[0].Base++
		}, "network"},
		{"axon that moves its row out of the core", func(img *layout.Image) {
			first(img).Axons[2].Base = 7
		}, "the core has"},
		{"route dropped", func(img *layout.Image) {
			dropRoute(&img.Routes.Ports[0].Routes)
		}, "input 0: "},
		{"route of a neuron dropped", func(img *layout.Image) {
			dropRoute(&img.Routes.Neurons[0])
		}, "layer a neuron 0: "},
		{"route to another axon", func(img *layout.Image) {
			img.Routes.Ports[0].Dests[0].Axon++
		}, "input 0: "},
		{"route beyond the axons", func(img *layout.Image) {
			img.Routes.Ports[0].Dests[0].Axon = 100
		}, "axon 100"},
		{"threshold", func(img *layout.Image) {
			first(img).Threshold[1] += 16
		}, "layer a: neuron 1"},
		{"threshold between steps", func(img *layout.Image) {
			first(img).Threshold[1]++
		}, "multiples of 16"},
		{"bias", func(img *layout.Image) { first(img).Bias[0] = 1 }, "layer a: neuron 0"},
		{"bias of too many bits", func(img *layout.Image) {
			first(img).Bias[0] = 4097
		}, "the chip stores 12 bits shifted by up to 4"},
		{"reset", func(img *layout.Image) { first(img).Reset[0]-- }, "layer a: neuron 0"},
		{"initial potential", func(img *layout.Image) { first(img).V0[0]++ }, "layer a: neuron 0"},
		{"decay", func(img *layout.Image) { first(img).Groups[0].DecayV-- }, "group"},
		{"refractory period", func(img *layout.Image) {
			first(img).Groups[0].Refractory++
		}, "group"},
		{"weight exponent", func(img *layout.Image) { first(img).Groups[0].WeightExp-- }, "group"},
		{"weight exponent beyond the chip's", func(img *layout.Image) {
			first(img).Groups[0].WeightExp = 13
		}, "the chip has -8 to 12"},
		{"register width", func(img *layout.Image) { first(img).Widths.Potential-- }, "registers"},
		{"depth", func(img *layout.Image) { first(img).Groups[0].Depth++ }, "depth"},
		{"mesh", func(img *layout.Image) { img.Routes.Unicast = true }, "multicast"},
		{"delay beyond the chip's", func(img *layout.Image) {
			first(img).Axons[0].Delay = 4
		}, "delay 4, the chip has 3"},
		{"too many axons", func(img *layout.Image) {
			for len(first(img).Axons) <= 8 {
				first(img).Axons = append(first(img).Axons, core.Axon{})
			}
		}, "9 axons, a core has 8"},
		{"too much memory", func(img *layout.Image) {
			for range 40 {
				first(img).Rows = append(first(img).Rows, first(img).Rows[0])
			}
		}, "bits of synapse memory, a core has 400"},
		{"too many routes", func(img *layout.Image) {
			routes := &img.Routes.Neurons[0]
			for range 17 {
				routes.Dests = append(routes.Dests, routes.Dests[len(routes.Dests)-1])
				routes.Start[len(routes.Start)-1]++
			}
		}, "output routes, a core has 16"},
		{"too many sources for a router", func(img *layout.Image) {
			img.Routes.Neurons[2] = router.Routes{Start: []int32{0, 1, 1},
				Dests: []router.Dest{{Core: 1}}}
		}, "router at tile 1: the packets of 10 sources pass it, its table has 9 entries"},
		{"number of a neuron", func(img *layout.Image) { first(img).ID[0]++ }, "number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := copied(t, r.Image)
			c.change(img)
			require.ErrorContains(t, verify.Image(img, s.opts.Chip, r.Network), c.want)
		})
	}
}

// TestVerifyReachesEveryGroup changes each group of each core in turn, of a
// layer whose neurons differ and which is cut at no boundary of theirs.
func TestVerifyReachesEveryGroup(t *testing.T) {
	s, r := compiled(t, `
chip adder width=4 height=1 neurons=3
dt 0.001
input in 7
lif a - < in tau=0.01,0.01,0.02,0.02,0.03,0.03,0.03 vth=1
output y - < a
`)
	require.NoError(t, verify.Image(copied(t, r.Image), s.opts.Chip, r.Network))
	groups := 0
	for i := range r.Image.Cores {
		for g := range r.Image.Cores[i].Config.Groups {
			img := copied(t, r.Image)
			img.Cores[i].Config.Groups[g].DecayV--
			require.ErrorContains(t, verify.Image(img, s.opts.Chip, r.Network), "group",
				"core %d group %d", i, g)
			groups++
		}
	}
	require.Greater(t, groups, 3, "the cuts and the groups do not coincide")
}

// TestVerifyReachesEverySynapse changes each weight of an image with rows of
// every format in turn.
func TestVerifyReachesEverySynapse(t *testing.T) {
	s, r := compiled(t, verified)
	changed := 0
	for i := range r.Image.Cores {
		c := &r.Image.Cores[i].Config
		for k := range max(len(c.Dense8), len(c.Sparse)) {
			img := copied(t, r.Image)
			if c := &img.Cores[i].Config; k < len(c.Dense8) {
				c.Dense8[k] += 3
				require.Error(t, verify.Image(img, s.opts.Chip, r.Network), "core %d weight %d", i,
					k)
				changed++
			}
			img = copied(t, r.Image)
			if c := &img.Cores[i].Config; k < len(c.Sparse) {
				c.Sparse[k].Weight += 3
				require.Error(t, verify.Image(img, s.opts.Chip, r.Network), "core %d entry %d", i,
					k)
				changed++
			}
		}
	}
	require.Greater(t, changed, 20)
}

// dropRoute removes the first destination.
func dropRoute(r *router.Routes) {
	r.Dests = r.Dests[1:]
	for i := range r.Start[1:] {
		if r.Start[i+1] > 0 {
			r.Start[i+1]--
		}
	}
}

// TestReadoutSharesOneScale fails if neurons whose potentials are compared
// get scales of their own.
func TestReadoutSharesOneScale(t *testing.T) {
	for _, model := range []string{"i out - < fc unit", "li out - < fc tau=0.02",
		"cubali out - < fc tau=0.02 tausyn=0.01"} {
		_, r := compiled(t, "dt 0.001\ninput in 2\ndense fc 3 < in w=0.1,0.2;30,40;0,0 "+
			"bias=1,2,3\n"+model+"\noutput y - < out\n")
		out := r.Network.Populations[r.Network.Output]
		require.Equal(t, layout.ReadoutPotential, r.Image.Readout.Kind)
		for n, unit := range out.Unit {
			require.Equal(t, out.Unit[0], unit, "%s: neuron %d has a scale of its own", model, n)
		}
	}
}

// TestHiddenLayersScalePerNeuron is the other side: every neuron uses the
// whole range of weights (if a common step does not keep it from that).
func TestHiddenLayersScalePerNeuron(t *testing.T) {
	_, r := compiled(t, "input in 2\ndense fc 3 < in w=0.07713,0.2;29.1317,40;-5,4.33713\nif a - "+
		"< fc vth=1 unit\noutput y - < a\n")
	w := &r.Network.Projections[0].Weights
	for target := range w.Targets {
		largest := int16(0)
		for source := range w.Sources {
			v := int16(w.Dense[source*w.Targets+target])
			largest = max(largest, v, -v)
		}
		require.EqualValues(t, 127, largest, "neuron %d", target)
	}
}

// TestPlacement checks over seeds that the search never ends above row by
// row, that the reported hops are those of the route trees, that the bound
// holds, and that equal seeds give equal images.
func TestPlacement(t *testing.T) {
	for _, mesh := range []string{"width=4 height=4", "width=16 height=1", "width=3 height=7",
		"width=5 height=5 multicast=false"} {
		for seed := range 5 {
			text := fmt.Sprintf("chip adder neurons=2 %s\noptions seed=%d moves=500\n", mesh,
				seed) + `
input in 3
dense f1 7 < in w=21*1
if a - < f1,~a vth=1 unit
dense f2 5 < a w=35*1
if b - < f2 vth=1 unit
dense f3 8 < b w=40*1
if c - < f3 vth=1 unit
output y - < c
`
			s, err := parseScript(text)
			require.NoError(t, err)
			r, err := Compile(t.Context(), s.net, s.opts)
			require.NoError(t, err)
			require.LessOrEqual(t, r.Report.RoutedHops, r.Report.RowMajorHops)
			require.GreaterOrEqual(t, r.Report.RoutedHops, r.Report.HopLowerBound)
			require.Equal(t, r.Report.RoutedHops, routedHops(r.Image), "%s", mesh)
			again, err := Compile(t.Context(), s.net, s.opts)
			require.NoError(t, err)
			require.Equal(t, r.Image, again.Image)
		}
	}
}

// routedHops sums the links of one spike of every source over the image's
// own routes.
func routedHops(img *layout.Image) (total int64) {
	costs := router.NewCosts(&img.Routes, img.Routes.Topology())
	for _, sources := range append(costs.Neurons, costs.Ports...) {
		for _, c := range sources {
			for _, links := range c.Hops {
				total += int64(links)
			}
		}
	}
	return total
}
