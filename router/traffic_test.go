package router

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawTable draws a valid table, with the neurons and axons of its cores.
func drawTable(t *rapid.T) (table *Table, neurons, axons []int) {
	m := drawMesh(t)
	table = &Table{Mesh: m, Unicast: rapid.Bool().Draw(t, "unicast")}
	cores := rapid.IntRange(1, min(m.Tiles(), 30)).Draw(t, "chip")
	for range cores {
		axons = append(axons, rapid.IntRange(1, 4).Draw(t, "axons"))
	}
	for range cores {
		routes := drawRoutes(t, axons)
		table.Neurons = append(table.Neurons, routes)
		neurons = append(neurons, routes.Sources())
	}
	for p := range rapid.IntRange(0, 2).Draw(t, "ports") {
		table.Ports = append(table.Ports, PortRoutes{
			Name:   string(rune('a' + p)),
			At:     m.At(Core(rapid.IntRange(0, m.Tiles()-1).Draw(t, "at"))),
			Routes: drawRoutes(t, axons),
		})
	}
	return table, neurons, axons
}

func drawRoutes(t *rapid.T, axons []int) Routes {
	r := Routes{Start: []int32{0}}
	for range rapid.IntRange(0, 4).Draw(t, "sources") {
		var dests []Dest
		for range rapid.IntRange(0, 6).Draw(t, "dests") {
			core := rapid.IntRange(0, len(axons)-1).Draw(t, "core")
			dests = append(dests,
				Dest{Core(core), int32(rapid.IntRange(0, axons[core]-1).Draw(t, "axon"))})
		}
		slices.SortFunc(dests, func(a, b Dest) int {
			if before(a, b) {
				return -1
			}
			return 1
		})
		r.Dests = append(r.Dests, dests...)
		r.Start = append(r.Start, int32(len(r.Dests)))
	}
	return r
}

// TestCostsEqualTrees compares the table of costs with the tree, or the single
// routes, of each source.
func TestCostsEqualTrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, neurons, axons := drawTable(t)
		require.NoError(t, table.Validate(neurons, axons))
		topology := drawTopology(t, table.Mesh)
		costs := NewCosts(table, topology)
		for c := range table.Neurons {
			require.Len(t, costs.Neurons[c], neurons[c])
			requireCosts(t, table, topology, table.Mesh.At(Core(c)), &table.Neurons[c],
				costs.Neurons[c])
		}
		for p := range table.Ports {
			requireCosts(t, table, topology, table.Ports[p].At, &table.Ports[p].Routes,
				costs.Ports[p])
		}
	})
}

func requireCosts(t *rapid.T, table *Table, topology Topology, from Coord, routes *Routes,
	costs []Cost) {
	for i := range costs {
		var to []Core
		for _, d := range routes.Of(i) {
			if !slices.Contains(to, d.Core) {
				to = append(to, d.Core)
			}
		}
		var want Traffic
		switch {
		case table.Unicast:
			want.Packets = int64(len(to))
			for _, core := range to {
				for _, link := range walk(topology, from, topology.At(core)) {
					want.Hops[topology.Class(link)]++
				}
			}
		case len(to) > 0:
			want = Traffic{Packets: 1, Hops: NewTree(topology, from, to).Hops(topology)}
		}
		var got Traffic
		got.AddSpike(&costs[i])
		require.Equal(t, want, got)
	}
}

func TestTrafficAddsUp(t *testing.T) {
	one := Traffic{Packets: 1, Hops: Hops{2, 3, 4, 5, 6}}
	sum := one
	sum.Add(one)
	sum.AddSpike(&Cost{Packets: 1, Hops: [MaxLinkClasses]int32{1, 1, 1, 1, 1}})
	require.EqualValues(t, 45, sum.Hops.Total())
	for _, c := range []struct {
		topology Topology
		names    []string
		values   []int64
	}{
		{Mesh{}, []string{"packets", "hops_east", "hops_west", "hops_north", "hops_south"},
			[]int64{3, 5, 7, 9, 11}},
		{NewBoard(Mesh{}, Mesh{}), []string{"packets", "hops_east", "hops_west", "hops_north",
			"hops_south", "hops_border"}, []int64{3, 5, 7, 9, 11, 13}},
		{torus{}, []string{"packets", "hops_row", "hops_column"}, []int64{3, 5, 7}},
	} {
		var names []string
		var values []int64
		for name, value := range sum.All(c.topology.Classes()) {
			names, values = append(names, name), append(values, value)
		}
		require.Equal(t, c.names, names)
		require.Equal(t, c.values, values)
	}
	for last, seen := range map[string]int{"packets": 1, "hops_west": 3} {
		n := 0
		for name := range sum.All(Mesh{}.Classes()) {
			if n++; name == last {
				break
			}
		}
		require.Equal(t, seen, n)
	}
	sum.Hops.Sub(one.Hops)
	require.Equal(t, Hops{3, 4, 5, 6, 7}, sum.Hops)
}

func TestPacketsTellTheirSource(t *testing.T) {
	for p := range 3 {
		port, host := Packet{Source: HostPort(p)}.FromHost()
		require.True(t, host)
		require.Equal(t, p, port)
	}
	_, host := Packet{Source: 0}.FromHost()
	require.False(t, host)
}

// TestValidate breaks one thing at a time in a small table.
func TestValidate(t *testing.T) {
	neurons, axons := []int{2, 1}, []int{3, 1}
	valid := func() *Table {
		return &Table{
			Mesh: Mesh{2, 1},
			Neurons: []Routes{
				{Start: []int32{0, 2, 3}, Dests: []Dest{{0, 1}, {1, 0}, {0, 2}}},
				{Start: []int32{0, 0}},
			},
			Ports: []PortRoutes{{Name: "in",
				Routes: Routes{Start: []int32{0, 1}, Dests: []Dest{{1, 0}}}}, {Name: "none"}},
		}
	}
	require.NoError(t, valid().Validate(neurons, axons))
	for _, c := range []struct {
		name   string
		breaks func(*Table)
		want   string
	}{
		{"mesh", func(t *Table) {
			t.Mesh.Width = 0
		}, "mesh of 0 x 1 tiles: each side has 1 to 1024"},
		{"small mesh", func(t *Table) {
			t.Mesh.Width = 1
		}, "2 cores on a mesh of 1 x 1 tiles: it holds 1"},
		{"cores", func(t *Table) {
			t.Neurons = t.Neurons[:1]
		}, "routes for 1 cores: the chip has 2"},
		{"sources", func(t *Table) {
			t.Neurons[1].Start = []int32{0}
		}, "core 1: routes for 0 neurons: the core has 1"},
		{"no start", func(t *Table) {
			t.Ports[1].Dests = []Dest{{0, 0}}
		}, `input port "none": 1 destinations without a source`},
		{"first start", func(t *Table) {
			t.Neurons[0].Start[0] = -1
		}, "core 0: routes run from -1 to 3: there are 3 destinations"},
		{"last start", func(t *Table) {
			t.Neurons[0].Start[2] = 4
		}, "core 0: routes run from 0 to 4: there are 3 destinations"},
		{"falling start", func(t *Table) {
			t.Neurons[0].Start[1] = 5
		}, "core 0: routes of neuron 1 start at 5, those of 2 at 3: starts never fall"},
		{"core", func(t *Table) {
			t.Neurons[0].Dests[1].Core = 2
		}, "core 0: neuron 0: goes to core 2: the chip has 2"},
		{"negative core", func(t *Table) {
			t.Neurons[0].Dests[1].Core = -1
		}, "core 0: neuron 0: goes to core -1: the chip has 2"},
		{"axon", func(t *Table) {
			t.Neurons[0].Dests[2].Axon = 3
		}, "core 0: neuron 1: goes to axon 3 of core 0, which has 3"},
		{"negative axon", func(t *Table) {
			t.Ports[0].Dests[0].Axon = -1
		}, `input port "in": input 0: goes to axon -1 of core 1, which has 1`},
		{"order", func(t *Table) {
			t.Neurons[0].Dests[0] = Dest{1, 0}
			t.Neurons[0].Dests[1] = Dest{0, 0}
		},
			"core 0: neuron 0: destinations 0 and 1 are out of order: sort them by core and axon"},
		{"order of axons", func(t *Table) {
			t.Neurons[0].Dests[0], t.Neurons[0].Dests[1] = Dest{0, 2}, Dest{0, 1}
		},
			"core 0: neuron 0: destinations 0 and 1 are out of order: sort them by core and axon"},
		{"port name", func(t *Table) { t.Ports[1].Name = "" }, "input port 1 has no name"},
		{"port names", func(t *Table) {
			t.Ports[1].Name = "in"
		}, `input ports 0 and 1 are both called "in"`},
		{"port tile", func(t *Table) {
			t.Ports[0].At.Y = 1
		}, `input port "in" enters at (0, 1): the mesh has 2 x 1 tiles`},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := valid()
			c.breaks(table)
			require.EqualError(t, table.Validate(neurons, axons), c.want)
		})
	}
}
