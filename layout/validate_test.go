package layout

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/router"
)

func TestValidate(t *testing.T) {
	require.NoError(t, Validate(smallImage()))
	for _, c := range []struct {
		name string
		edit func(*Image)
		want string
	}{
		{"no mesh", func(i *Image) {
			i.Routes.Mesh.Width = 0
		}, "mesh of 0 x 2 tiles: each side has 1 to 1024"},
		{"core off the mesh", func(i *Image) {
			i.Cores[1].Tile = 6
		}, "core 1 stands at tile 6: the mesh has 6 tiles"},
		{"cores out of order", func(i *Image) {
			i.Cores[0].Tile = 5
		}, "core 1 stands at tile 5 after tile 5: cores are listed by ascending tile"},
		{"groups with a gap", func(i *Image) {
			i.Cores[0].Config.Groups[1].First = 3
		}, "core at tile 1: group 1 has 1 neurons from 3 on: neuron 2 is next"},
		{"groups too short", func(i *Image) {
			i.Cores[0].Config.Groups = i.Cores[0].Config.Groups[:1]
		}, "core at tile 1: groups have 2 neurons: the core has 3, and a core at most 65536"},
		{"axon of no row", func(i *Image) {
			i.Cores[0].Config.Axons[2].Row = 1 << 24
		}, "core at tile 1: axon 2 names row 16777216: there are 4"},
		{"axon of a row below", func(i *Image) {
			i.Cores[0].Config.Axons[2].Row = -1
		}, "core at tile 1: axon 2 names row -1: there are 4"},
		{"plasticity of no group", func(i *Image) {
			i.Cores[0].Config.Plasticity = []core.Plasticity{{Group: 2}}
		}, "core at tile 1: plasticity 0 is of group 2: there are 2"},
		{"plasticity of no rows", func(i *Image) {
			i.Cores[0].Config.Plasticity = []core.Plasticity{{FirstRow: 4, Rows: 1}}
		}, "core at tile 1: plasticity 0 learns 1 rows from 4 on: there are 4"},
		{"row of less than nothing", func(i *Image) {
			i.Cores[0].Config.Rows[1].Count = -1
		}, "core at tile 1: row 1: format 1 with -1 weights"},
		{"row of no format", func(i *Image) {
			i.Cores[0].Config.Rows[1].Format = 6
		}, "core at tile 1: row 1: format 6 with 2 weights"},
		{"too many ticks", func(i *Image) {
			i.Encoder.Ticks = 1 << 30
		}, `encoder "direct": 1073741824 ticks: a sample has at most 1073741823`},
		{"too deep", func(i *Image) {
			i.Populations[1].Depth = 1 << 30
		}, `population "out": depth 1073741824: it is 0 to 1073741823`},
		{"numbers missing", func(i *Image) {
			i.Cores[1].Config.ID = nil
		}, "core at tile 5: 0 numbers for 1 neurons"},
		{"routes missing", func(i *Image) {
			i.Routes.Neurons = i.Routes.Neurons[:5]
		}, "routes for 5 tiles: the mesh has 6"},
		{"route to no core", func(i *Image) {
			i.Routes.Neurons[1].Dests[0].Core = 0
		}, "routes: core 1: neuron 0: goes to axon 3 of core 0, which has 0"},
		{"route to no axon", func(i *Image) {
			i.Routes.Ports[0].Dests[0].Axon = 4
		}, `routes: input port "host": input 0: goes to axon 4 of core 1, which has 4`},
		{"routes of an empty tile", func(i *Image) {
			i.Routes.Neurons[0].Start = []int32{0, 0}
		}, "routes: core 0: routes for 1 neurons: the core has 0"},
		{"empty input", func(i *Image) {
			i.Input.Shape = []int32{0}
		}, `input "pixels": shape [0]: sides are positive and their product is at most 2147483648`},
		{"huge input", func(i *Image) {
			i.Input.Shape = []int32{1 << 30, 1 << 30, 1 << 30}
		},
			`input "pixels": shape [1073741824 1073741824 1073741824]: sides are positive and their product is at most 2147483648`},
		{"no such port", func(i *Image) {
			i.Input.Port = 2
		}, `input "pixels" enters at port 2: there are 2`},
		{"wrong port", func(i *Image) {
			i.Input.Port = 1
		}, `input "pixels" has 2 elements: port "aux" has routes for 0`},
		{"negative ticks", func(i *Image) {
			i.Encoder.Ticks = -1
		},
			`encoder "direct": ticks -1, intensity 1000000, tick of 1000000 ns, 4 fields, cut 100000: none may be negative`},
		{"populations of one name", func(i *Image) {
			i.Populations[1].Name = "hidden"
		}, `two populations are named "hidden"`},
		{"population too small", func(i *Image) {
			i.Populations[0].Shape = []int32{4}
		}, `population "hidden": 3 of its 4 neurons are placed`},
		{"segment on an empty tile", func(i *Image) {
			i.Populations[0].Segments[1].Tile = 4
		}, `population "hidden": segment 1: tile 4 has no core`},
		{"segment beyond its core", func(i *Image) {
			i.Populations[0].Segments[1].Count = 2
		}, `population "hidden": segment 1: 2 neurons from 0 on: the core at tile 5 has 1`},
		{"segment overflows", func(i *Image) {
			i.Populations[0].Segments[1].First = 1<<31 - 1
		},
			`population "hidden": segment 1: 1 neurons from 2147483647 on: the core at tile 5 has 1`},
		{"neuron placed twice", func(i *Image) {
			i.Populations[1].Segments[0].First = 1
		}, `population "out": segment 0: neuron 1 of the core at tile 1 is placed twice`},
		{"neuron placed nowhere", func(i *Image) {
			i.Populations = i.Populations[:1]
		}, "1 neurons belong to no population"},
		{"wrong number", func(i *Image) {
			i.Cores[1].Config.ID[0] = 7
		},
			`population "hidden": segment 1: neuron 0 of the core at tile 5 has number 7: it is neuron 2 of the network`},
		{"group of another population", func(i *Image) {
			i.Cores[0].Config.Groups[0].Population = 1
		},
			`population "hidden": segment 0: group 0 of the core at tile 1 is of population 1, depth 0, spiking true: these neurons are of 0, 0, true`},
		{"group of another depth", func(i *Image) {
			i.Populations[1].Depth = 2
		},
			`population "out": segment 0: group 1 of the core at tile 1 is of population 1, depth 1, spiking false: these neurons are of 1, 2, false`},
		{"integrators that spike", func(i *Image) {
			i.Populations[1].Spikes = true
		},
			`population "out": segment 0: group 1 of the core at tile 1 is of population 1, depth 1, spiking false: these neurons are of 1, 1, true`},
		{"units", func(i *Image) {
			i.Populations[0].Unit = i.Populations[0].Unit[:2]
		}, `population "hidden": 2 units for 3 neurons: one serves all, or each has one`},
		{"rests", func(i *Image) {
			i.Populations[0].Rest = make([]Real, 2)
		}, `population "hidden": 2 rest potentials for 3 neurons: one serves all, or each has one`},
		{"zero unit", func(i *Image) {
			i.Populations[0].Unit = []Real{{}}
		}, `population "hidden": unit of potential 0 * 2^0: it is positive`},
		{"unknown readout", func(i *Image) {
			i.Readout.Kind = 4
		}, "readout 4 is unknown: it is 0 to 3"},
		{"readout of nothing", func(i *Image) {
			i.Readout.Population = 2
		}, "readout of population 2: there are 2"},
		{"counts of integrators", func(i *Image) {
			i.Readout = Readout{Kind: ReadoutCount, Population: 1, Classes: 1}
		}, `readout count of population "out": it does not spike`},
		{"too few classes", func(i *Image) {
			i.Readout = Readout{Kind: ReadoutPotential, Classes: 2}
		},
			`readout potential of population "hidden": 2 classes for 3 neurons: there is one per neuron`},
		{"labels without use", func(i *Image) {
			i.Readout.Kind, i.Readout.Classes = ReadoutCount, 3
		},
			`readout count of population "hidden": it takes no labels or proportions and has 3 and 3`},
		{"labels missing", func(i *Image) {
			i.Readout.Labels = nil
		},
			`readout labels of population "hidden": 0 labels for 3 neurons: there is one per neuron`},
		{"label beyond classes", func(i *Image) {
			i.Readout.Labels[0] = 2
		},
			`readout labels of population "hidden": neuron 0 has label 2: it is 0 to 1, or -1 for none`},
		{"no classes", func(i *Image) {
			i.Readout.Classes = 0
		}, `readout labels of population "hidden": 0 classes`},
		{"host layer missing", func(i *Image) {
			i.Host = nil
		},
			`encoder "direct" with a host layer: false: the encoder "direct" needs one and no other has one`},
		{"host layer too many", func(i *Image) {
			i.Encoder.Kind = "rate"
		},
			`encoder "rate" with a host layer: true: the encoder "direct" needs one and no other has one`},
		{"host layer of nothing", func(i *Image) {
			i.Host.Population = 2
		}, "host layer feeds population 2: there are 2"},
		{"host layer too small", func(i *Image) {
			i.Host.Weights = i.Host.Weights[:5]
		}, `host layer has 5 weights: population "hidden" has 3 neurons and the input 2 elements`},
		{"host layer exponent", func(i *Image) {
			i.Host.WeightExp = 32
		}, "host layer has weight exponent 32: it is -31 to 31"},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := smallImage()
			c.edit(img)
			require.EqualError(t, Validate(img), c.want)
		})
	}
}

func TestFootprint(t *testing.T) {
	f := Measure(smallImage())
	require.Len(t, f.Cores, 2)
	c := f.Cores[0]
	require.Equal(t, CoreFootprint{
		Tile: 1, Neurons: 3, Axons: 4, Routes: 1,
		Dense:        StoreFootprint{Rows: 2, Weights: 5, Bits: 3*8 + 2*9},
		Sparse:       StoreFootprint{Rows: 1, Weights: 2, Bits: 2 * (4 + 10)},
		Others:       StoreFootprint{Rows: 1, Weights: 1, Bits: 5 + 10},
		UnrolledBits: 42 + 28 + 15,
		AxonBits:     4 * (2 + 6),
		RouteBits:    3 + 2,
		ConstantBits: 3 * 4 * 24,
		StateBits:    2*(32+24+20+2) + (32 + 24),
	}, c)
	require.EqualValues(t, 42+28+15, c.SynapseBits())
	require.Equal(t, c.SynapseBits()+c.AxonBits+c.RouteBits+c.ConstantBits+c.StateBits, c.Bits())
	require.Equal(t, f.Cores[0].Bits()+f.Cores[1].Bits(), f.Total.Bits())
	require.Equal(t, router.Core(-1), f.Total.Tile)
	require.EqualValues(t, 4, f.Total.Neurons)
	require.EqualValues(t, 3, f.Total.Routes)
}

func TestReadoutNames(t *testing.T) {
	for kind, name := range []string{"none", "potential", "count", "labels"} {
		require.Equal(t, name, ReadoutKind(kind).String())
	}
}
