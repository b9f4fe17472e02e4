package router

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestKeysByHand: a neuron of the corner that reaches two cores of the next
// column passes the corner, the tile east of it and the one south of that; a
// host input for the corner itself passes the corner alone; a silent neuron
// passes nothing.
func TestKeysByHand(t *testing.T) {
	table := &Table{
		Mesh: Mesh{Width: 2, Height: 2},
		Neurons: []Routes{
			{Start: []int32{0, 2, 2}, Dests: []Dest{{Core: 1}, {Core: 3}}}, {}, {}, {},
		},
		Ports: []PortRoutes{{Routes: Routes{Start: []int32{0, 1}, Dests: []Dest{{Core: 0}}}}},
	}
	require.Equal(t, []int{2, 1, 0, 1}, table.Keys(table.Mesh))
	table.Unicast = true
	require.Equal(t, []int{0, 0, 0, 0}, table.Keys(table.Mesh))
}

// TestKeysAreTheRoutersOfTrees: a source takes an entry in each router of its
// tree, once.
func TestKeysAreTheRoutersOfTrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mesh := Mesh{Width: int16(rapid.IntRange(1, 5).Draw(t, "width")),
			Height: int16(rapid.IntRange(1, 5).Draw(t, "height"))}
		table := &Table{Mesh: mesh, Neurons: make([]Routes, mesh.Tiles())}
		want := make([]int, mesh.Tiles())
		for c := range table.Neurons {
			r := &table.Neurons[c]
			r.Start = []int32{0}
			for range rapid.IntRange(0, 2).Draw(t, "neurons") {
				var to []Core
				for core := range mesh.Tiles() {
					if rapid.Bool().Draw(t, "heard") {
						to = append(to, Core(core))
						r.Dests = append(r.Dests, Dest{Core: Core(core)})
					}
				}
				r.Start = append(r.Start, int32(len(r.Dests)))
				for _, b := range NewTree(mesh, mesh.At(Core(c)), to).Branches {
					want[mesh.CoreAt(b.At)]++
				}
			}
		}
		require.Equal(t, want, table.Keys(mesh))
	})
}
