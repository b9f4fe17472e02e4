package chip

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// relays are cores in pairs of one neuron each: the first hears an input of its own, the
// second the first.
func relays(pairs int) *layout.Image {
	img := emptyChip(2*pairs, 1)
	img.Routes.Mesh = router.Mesh{Width: 32, Height: int16(pairs+15) / 16}
	img.Routes.Neurons = make([]router.Routes, 32*int(img.Routes.Mesh.Height))
	img.Input.Shape = []int32{int32(pairs)}
	host := router.Routes{Start: []int32{0}}
	for i := range img.Cores {
		cfg := &img.Cores[i].Config
		cfg.Groups[0].HasCurrent, cfg.Threshold[0] = false, 100
		cfg.Axons, cfg.Dense8 = []core.Axon{{}}, []int8{5}
		cfg.Rows = []core.Row{{Format: core.Dense8, WeightBits: 8, Count: 1, Exclude: -1}}
		img.Routes.Neurons[i] = router.Routes{Start: []int32{0, 0}}
		if i&1 == 0 {
			host.Dests = append(host.Dests, router.Dest{Core: router.Core(i)})
			host.Start = append(host.Start, int32(len(host.Dests)))
			img.Routes.Neurons[i] = router.Routes{Start: []int32{0, 1},
				Dests: []router.Dest{{Core: router.Core(i + 1)}}}
		}
	}
	img.Routes.Ports[0].Routes = host
	return img
}

// TestFew: an attribution of a sample in which most cores were idle says in each cell, and
// in every sum, what one with cells for all says.
func TestFew(t *testing.T) {
	const pairs, ticks = 200, 6
	c, err := Load(relays(pairs))
	require.NoError(t, err)
	for _, byTick := range []bool{false, true} {
		opts := Options{Ticks: ticks, ByTick: byTick}
		engine := c.NewFast(opts)
		few := 0
		for number, input := range []int{-1, -1, 7, -1, 199, 7} {
			train := spike.NewTrain(pairs, ticks)
			if input >= 0 {
				train.Set(1, input)
				train.Set(2, input)
			}
			s := &Sample{Number: uint64(number), Spikes: train}
			got, err := engine.Run(context.Background(), s)
			require.NoError(t, err)
			want, err := c.NewFast(opts).Run(context.Background(), s)
			require.NoError(t, err)
			if got.Attribution.few != nil {
				few++
			}
			requireSameCells(t, want.Attribution, got.Attribution)
			got.Attribution, want.Attribution = nil, nil
			require.Equal(t, want, got)
			if input >= 0 {
				require.EqualValues(t, 2, got.Counts.Core.AxonReads-got.Counts.Core.Spikes/2)
			}
		}
		require.Equal(t, 5, few)
	}
}

func requireSameCells(t *testing.T, want, got *Attribution) {
	require.Equal(t, want.Total(), got.Total())
	for bin := range want.Bins() {
		require.Equal(t, want.OfBin(bin), got.OfBin(bin))
	}
	for account := range want.Accounts() {
		require.Equal(t, want.OfAccount(account), got.OfAccount(account))
	}
	sum := NewAttribution(got.Accounts(), got.Ticks(), got.ByTick())
	sum.Add(got)
	require.Equal(t, want, sum)
	last := len(got.Accounts()) - 1
	got.At(last, 1).Core.Draws++ // gives the account cells of its own
	want.At(last, 1).Core.Draws++
	require.Equal(t, want.Total(), got.Total())
	a, err := want.Save()
	require.NoError(t, err)
	b, err := got.Save()
	require.NoError(t, err)
	require.Equal(t, a, b)
}
