package chip_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/compiler/ir/irtest"
)

// TestThreadsChangeNothing: one sample on several processors has the outcome that it has
// on one, with all that can be recorded.
func TestThreadsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		train := irtest.Train(t, net.Input.Size)
		loaded := compileOrSkip(t, net, on, train.Ticks(), 1)
		opts := chip.Options{ByTick: rapid.Bool().Draw(t, "by tick"),
			Links: rapid.Bool().Draw(t, "links")}
		want := run(t, loaded, train, opts)
		opts.Threads = rapid.IntRange(2, 4).Draw(t, "threads")
		require.Equal(t, want, run(t, loaded, train, opts))
	})
}
