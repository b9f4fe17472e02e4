package chip_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile/profiletest"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/core"
	"adder/router"
	"adder/spike"
)

// TestPlacementChangesNothing compares two placements: only what is counted
// per link may differ.
func TestPlacementChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		train := irtest.Train(t, net.Input.Size)
		one := run(t, compileOrSkip(t, net, on, train.Ticks(), 1), train, chip.Options{})
		two := run(t, compileOrSkip(t, net, on, train.Ticks(), 2), train, chip.Options{})
		requireSameLayers(t, one, two, func(c *chip.Counts) { c.Traffic.Hops = router.Hops{} })
	})
}

// requireSameLayers compares two outcomes of one network in different cores: all
// but the cores themselves and what spare clears of counts, layer by layer.
func requireSameLayers(t require.TestingT, one, two *chip.Outcome, spare func(*chip.Counts)) {
	var layers [2]map[int]chip.Counts
	for k, o := range []*chip.Outcome{one, two} {
		layers[k] = map[int]chip.Counts{}
		for i, account := range o.Attribution.Accounts() {
			sum, more := layers[k][account.Population], o.Attribution.OfAccount(i)
			sum.Add(&more)
			spare(&sum)
			layers[k][account.Population] = sum
		}
		spare(&o.Counts)
		o.Attribution = nil
	}
	require.Equal(t, layers[0], layers[1])
	require.Equal(t, one, two)
}

// TestCoresChangeNothing compares many small cores with few large ones:
// what is counted per axon entry and row may differ as well.
func TestCoresChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := irtest.Chip(t)
		large := profiletest.Variant(t, "adder", profiletest.Fields{
			"potential_bits": small.Widths.PotentialBits,
			"threshold_bits": small.Widths.PotentialBits,
			"bias_bits":      small.Widths.PotentialBits, "current_bits": small.Widths.CurrentBits,
			"potential_overflow": string(small.Widths.PotentialOverflow),
			"current_overflow":   string(small.Widths.CurrentOverflow),
			"align":              small.Widths.Align, "decay_digits": small.Widths.DecayDigits,
			"duplicates": string(small.Duplicates),
		})
		large.OffChip = small.OffChip
		net := randomNetwork(t, small)
		train := irtest.Train(t, net.Input.Size)
		one := run(t, compileOrSkip(t, net, small, train.Ticks(), 1), train, chip.Options{})
		two := run(t, compileOrSkip(t, net, large, train.Ticks(), 1), train, chip.Options{})
		requireSameLayers(t, one, two, func(c *chip.Counts) {
			c.Traffic = router.Traffic{}
			c.Core.AxonReads, c.Core.SynapseBits, c.Core.SynapticAdds = 0, 0, 0
		})
	})
}

// TestPrefixIsARun compares the first ticks of a run by tick with a run of
// so many ticks, in every counter: that is what curves over ticks show. A network with a
// code has no prefixes.
func TestPrefixIsARun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		on.Models = slices.DeleteFunc(on.Models, func(m core.Model) bool {
			return m == core.ModelRadix || m == core.ModelLevel
		})
		net := causal(randomNetwork(t, on))
		train := irtest.Train(t, net.Input.Size)
		img := compileOrSkip(t, net, on, train.Ticks(), 1)
		whole := run(t, img, train, chip.Options{ByTick: true})
		counts := whole.Attribution.OfBin(whole.Attribution.Bin(chip.TickReset))
		for tick := range train.Ticks() {
			added := whole.Attribution.OfBin(whole.Attribution.Bin(tick))
			counts.Add(&added)
			prefix := run(t, img, train, chip.Options{Ticks: tick + 1})
			require.Equal(t, prefix.Class, whole.ClassByTick[tick], "class after %d ticks", tick+1)
			require.Equal(t, prefix.Counts, counts, "counts of %d of %d ticks", tick+1,
				train.Ticks())
		}
		plain := run(t, img, train, chip.Options{})
		require.Equal(t, plain.Counts, whole.Counts, "recording by tick changes no total")
		require.Equal(t, plain.Output, whole.Output)
	})
}

// causal delays spikes until the tick, by its depth, of the population they
// reach is no earlier than their own, as retiming does: otherwise an input
// acts on ticks before it, which a shorter run would not see.
func causal(net *ir.Network) *ir.Network {
	for k := range net.Projections {
		p := &net.Projections[k]
		least := net.Populations[p.Target].Depth
		if p.Source >= 0 {
			least -= net.Populations[p.Source].Depth + 1
		}
		p.Delay = max(p.Delay, least)
	}
	return net
}

// TestWorkersChangeNothing runs a batch by one worker and by three, and in
// the opposite order.
func TestWorkersChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		var trains []*spike.Train
		first := irtest.Train(t, net.Input.Size)
		for i := range 5 {
			train := spike.NewTrain(first.Sources(), first.Ticks())
			for tick := range train.Ticks() {
				copy(train.Row(tick), first.Row((tick+i)%train.Ticks()))
			}
			trains = append(trains, train)
		}
		c, err := chip.Load(compileOrSkip(t, net, on, first.Ticks(), 1))
		require.NoError(t, err)
		batch := func(workers int, order []int) []*chip.Outcome {
			out := make([]*chip.Outcome, len(trains))
			b := chip.Batch{
				Samples: len(trains), Workers: workers,
				Engine: func() (chip.Engine, error) {
					return c.NewFast(chip.Options{ByTick: true}), nil
				},
				Feed: func(i int, s *chip.Sample) error {
					s.Number, s.Spikes = uint64(order[i]), trains[order[i]]
					return nil
				},
				Each: func(i int, o *chip.Outcome) error {
					out[order[i]] = o
					return nil
				},
			}
			require.NoError(t, b.Run(context.Background()))
			return out
		}
		want := batch(1, []int{0, 1, 2, 3, 4})
		require.Equal(t, want, batch(3, []int{0, 1, 2, 3, 4}))
		require.Equal(t, want, batch(2, []int{4, 3, 2, 1, 0}))
	})
}
