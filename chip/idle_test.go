package chip_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/compiler/ir/irtest"
	"adder/internal/draws"
	"adder/spike"
)

// TestIdleCores: an engine that has run samples with and without spikes finds what a new one
// does, in every cell of every counter.
func TestIdleCores(t *testing.T) {
	draws.Less(t, 4)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		train := irtest.Train(t, net.Input.Size)
		silent := spike.NewTrain(train.Sources(), train.Ticks())
		img := compileOrSkip(t, net, on, train.Ticks(), 1)
		loaded, err := chip.Load(img)
		require.NoError(t, err)
		opts := chip.Options{ByTick: rapid.Bool().Draw(t, "by tick")}
		if rapid.Bool().Draw(t, "recorded") {
			opts.Spikes = []int{0}
		}
		one := loaded.NewFast(opts)
		for number := range uint64(5) {
			s := &chip.Sample{Number: number, Spikes: train}
			if rapid.Bool().Draw(t, "silent") {
				s.Spikes = silent
			}
			want, err := loaded.NewFast(opts).Run(context.Background(), s)
			require.NoError(t, err)
			got, err := one.Run(context.Background(), s)
			require.NoError(t, err)
			require.Equal(t, want, got, "sample %d", number)
		}
	})
}
