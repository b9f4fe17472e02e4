package chip_test

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/internal/draws"
	"adder/layout"
)

// steps is an engine that learns and is stepped.
type steps interface {
	chip.Stepper
	Learned() chip.Learned
	SetBar(samples uint16)
}

// newSteps makes an engine of either kind.
func newSteps(t require.TestingT, c *chip.Chip, clocked bool, opts chip.Options, bar uint16) steps {
	var e steps = c.NewFast(opts)
	if clocked {
		cycle, err := c.NewCycle(opts, nil)
		require.NoError(t, err)
		e = cycle
	}
	e.SetBar(bar)
	return e
}

// TestSteppedIsWhole runs samples at once, and tick by tick by an engine whose state is
// saved at some tick and restored in a new one: every spike and potential, the whole
// outcome with its times, and what was learned are the same.
func TestSteppedIsWhole(t *testing.T) {
	draws.Less(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		steppedIsWhole(t, on, randomNetwork(t, on), rapid.Bool().Draw(t, "learn"), whole)
	})
}

// TestSteppedLearningIsWhole does so on networks that learn and compete.
func TestSteppedLearningIsWhole(t *testing.T) {
	draws.Less(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		if !on.HasFormat(profile.Dense) {
			on.Weights.Formats = append(on.Weights.Formats, profile.Dense)
		}
		steppedIsWhole(t, on, irtest.LearningNetwork(t, on, fit.Widths(on)), true, whole)
	})
}

// whole loads an image on a chip in order.
func whole(t *rapid.T, img *layout.Image) *chip.Chip {
	c, err := chip.Load(img)
	require.NoError(t, err)
	return c
}

func steppedIsWhole(t *rapid.T, on *profile.Profile, net *ir.Network, learn bool,
	load func(*rapid.T, *layout.Image) *chip.Chip) {
	if rapid.IntRange(0, 4).Draw(t, "direct input") == 0 {
		irtest.Host(t, net)
	}
	ticks := rapid.IntRange(1, 24).Draw(t, "ticks")
	c := load(t, compileOrSkip(t, net, on, ticks, 1))
	opts := recordAll(c.Image(), chip.Options{
		Learn: learn, Seed: rapid.Uint64().Draw(t, "seed"),
		ByTick: rapid.Bool().Draw(t, "by tick"), Links: rapid.Bool().Draw(t, "links"),
	})
	clocked, bar := rapid.Bool().Draw(t, "clocked"), rapid.Uint16Range(0, 2).Draw(t, "bar")
	atOnce := newSteps(t, c, clocked, opts, bar)
	stepped := newSteps(t, c, clocked, opts, bar)
	for range rapid.IntRange(1, 3).Draw(t, "samples") {
		s := &chip.Sample{Number: rapid.Uint64().Draw(t, "number"),
			Spikes: irtest.TrainOf(t, net.Input.Size, ticks)}
		if net.Host != nil {
			s.Levels, s.MaxLevel = irtest.Levels(t, net.Input.Size)
		}
		want, err := atOnce.Run(t.Context(), s)
		require.NoError(t, err)
		at := rapid.IntRange(0, ticks).Draw(t, "saved behind")
		require.NoError(t, stepped.Start(s))
		for tick := range ticks {
			if tick == at {
				stepped = moved(t, stepped, newSteps(t, c, clocked, opts, 0))
			}
			var inputs []int32
			if net.Host == nil {
				inputs = s.Spikes.AppendTick(tick, nil)
			}
			require.NoError(t, stepped.Step(t.Context(), inputs))
			requireTick(t, c, want, stepped, tick)
		}
		if at == ticks {
			stepped = moved(t, stepped, newSteps(t, c, clocked, opts, 0))
		}
		require.Equal(t, want.Class, classBefore(c, stepped, want), "class before the end")
		got, err := stepped.Finish(t.Context())
		require.NoError(t, err)
		want.Spikes, want.Potentials = nil, nil
		got.Spikes, got.Potentials = nil, nil
		require.Equal(t, want, got)
		require.Equal(t, atOnce.Learned(), stepped.Learned())
	}
}

// classBefore is the class before the end where the network has no latency, else that of
// the end.
func classBefore(c *chip.Chip, e steps, want *chip.Outcome) int {
	if c.Latency() > 0 {
		return want.Class
	}
	return e.Class()
}

// moved saves the state of one engine and restores it in another; saved there, it is the
// same bytes.
func moved(t *rapid.T, from, to steps) steps {
	state, err := from.Save()
	require.NoError(t, err)
	require.NoError(t, to.Restore(state))
	again, err := to.Save()
	require.NoError(t, err)
	require.Equal(t, state, again)
	require.Equal(t, from.Tick(), to.Tick())
	require.Equal(t, from.Output(), to.Output())
	require.Equal(t, from.Counts(), to.Counts())
	return to
}

// requireTick compares what a step did with what a whole run recorded.
func requireTick(t *rapid.T, c *chip.Chip, want *chip.Outcome, e steps, tick int) {
	for p := range c.Image().Populations {
		at := tick - int(c.Image().Populations[p].Depth)
		if at < 0 {
			continue
		}
		fired, err := e.Spikes(p)
		require.NoError(t, err)
		if at >= want.Spikes[p].Ticks() { // of a code, which is done
			require.Empty(t, fired)
			continue
		}
		require.Equal(t, want.Spikes[p].AppendTick(at, []int32{}), append([]int32{}, fired...),
			"spikes of population %d in tick %d", p, tick)
		n := c.Size(p)
		require.Equal(t, want.Potentials[p][at*n:][:n], e.Potentials(p, nil),
			"potentials of population %d in tick %d", p, tick)
	}
}

// TestHostileState changes saved states and gives them their checksum back: what a run
// cannot have held is an error, and what it can have held runs.
func TestHostileState(t *testing.T) {
	draws.Less(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		c, err := chip.Load(compileOrSkip(t, net, on, 8, 1))
		require.NoError(t, err)
		opts := chip.Options{Learn: true, ByTick: rapid.Bool().Draw(t, "by tick"), Links: true}
		clocked := rapid.Bool().Draw(t, "clocked")
		e := newSteps(t, c, clocked, opts, 1)
		require.NoError(t, e.Start(&chip.Sample{}))
		for range rapid.IntRange(0, 4).Draw(t, "steps") {
			require.NoError(t, e.Step(t.Context(), allInputs(net)))
		}
		state, err := e.Save()
		require.NoError(t, err)
		for range 20 {
			require.NotPanics(t, func() {
				restoreAndRun(t, newSteps(t, c, clocked, opts, 0), mutate(t, state))
			})
		}
		require.NoError(t, newSteps(t, c, clocked, opts, 0).Restore(state))
		other := opts
		other.Seed++
		require.ErrorContains(t, newSteps(t, c, clocked, other, 0).Restore(state), "of another run")
		require.ErrorContains(t, newSteps(t, c, !clocked, opts, 0).Restore(state), "of another run")
		state[len(state)/2] ^= 1
		require.ErrorContains(t, newSteps(t, c, clocked, opts, 0).Restore(state), "damaged")
	})
}

func allInputs(net *ir.Network) (inputs []int32) {
	for i := range int32(net.Input.Size) {
		inputs = append(inputs, i)
	}
	return inputs
}

// mutate changes, cuts or repeats some bytes behind the name of a state.
func mutate(t *rapid.T, state []byte) []byte {
	const head = 16
	out := append([]byte(nil), state[:len(state)-4]...)
	for range rapid.IntRange(1, 3).Draw(t, "changes") {
		at := rapid.IntRange(head, len(out)-1).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			out = out[:max(at, head+1)]
		case 1:
			out[at] = rapid.Byte().Draw(t, "byte")
		case 2:
			out[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		default:
			out = append(out, out[at:]...)
		}
	}
	return binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// restoreAndRun goes on from a state where it is admitted.
func restoreAndRun(t *rapid.T, e steps, state []byte) {
	if e.Restore(state) != nil {
		return
	}
	for range 3 {
		if e.Step(t.Context(), nil) != nil {
			return
		}
	}
	if e.Tick() < 100 {
		_, _ = e.Finish(t.Context())
	}
}

// TestStepRefuses lists what a step does not take.
func TestStepRefuses(t *testing.T) {
	draws.Less(t, 10)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		img := compileOrSkip(t, net, on, 4, 1)
		c, err := chip.Load(img)
		require.NoError(t, err)
		e := newSteps(t, c, rapid.Bool().Draw(t, "clocked"), chip.Options{}, 0)
		require.ErrorContains(t, e.Step(t.Context(), nil), "call Start first")
		_, err = e.Finish(t.Context())
		require.ErrorContains(t, err, "call Start first")
		_, err = e.Save()
		require.ErrorContains(t, err, "call Start first")
		require.NoError(t, e.Start(&chip.Sample{}))
		_, err = e.Finish(t.Context())
		require.ErrorContains(t, err, "without a step")
		require.ErrorContains(t, e.Step(t.Context(), []int32{int32(net.Input.Size)}),
			"has inputs 0 to")
		require.ErrorContains(t, e.Step(t.Context(), []int32{0, 0}), "twice")
		require.Equal(t, 0, e.Tick())
		_, err = e.Spikes(0)
		require.ErrorContains(t, err, "Options.Spikes")
		require.NoError(t, e.Step(t.Context(), []int32{0}))
		require.ErrorContains(t, e.Restore([]byte("adder state\n")), "no saved state")
		// A sample that is left half-way does not reach into the next one.
		s := &chip.Sample{Spikes: irtest.TrainOf(t, net.Input.Size, 4)}
		left, err := e.Run(t.Context(), s)
		require.NoError(t, err)
		fresh, err := newSteps(t, c, false, chip.Options{}, 0).Run(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, fresh.Output, left.Output)
		require.Equal(t, layout.ReadoutNone == img.Readout.Kind, left.Output == nil)
	})
}

// TestPacedIsWhole runs samples at once, and by steps with engines that are interrupted
// again and again, each of which goes on from what the one before kept: the whole outcome
// is the same, records included.
func TestPacedIsWhole(t *testing.T) {
	draws.Less(t, 4)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		if rapid.IntRange(0, 4).Draw(t, "direct input") == 0 {
			irtest.Host(t, net)
		}
		ticks := rapid.IntRange(1, 24).Draw(t, "ticks")
		c, err := chip.Load(compileOrSkip(t, net, on, ticks, 1))
		require.NoError(t, err)
		opts := recordAll(c.Image(), chip.Options{
			Seed: rapid.Uint64().Draw(t, "seed"), ByTick: rapid.Bool().Draw(t, "by tick"),
			Links: rapid.Bool().Draw(t, "links"),
		})
		clocked := rapid.Bool().Draw(t, "clocked")
		whole, kept := newSteps(t, c, clocked, opts, 0), map[uint64][]byte{}
		pace := chip.Paced{
			Ticks: rapid.IntRange(1, 5).Draw(t, "every"), Kept: func(number uint64) []byte {
				return kept[number]
			},
		}
		for number := range uint64(rapid.IntRange(1, 2).Draw(t, "samples")) {
			s := &chip.Sample{Number: number, Spikes: irtest.TrainOf(t, net.Input.Size, ticks)}
			if net.Host != nil {
				s.Levels, s.MaxLevel = irtest.Levels(t, net.Input.Size)
			}
			want, err := whole.Run(t.Context(), s)
			require.NoError(t, err)
			require.Equal(t, want, pacedOutcome(t, func() chip.Engine {
				return newSteps(t, c, clocked, opts, 0)
			}, pace, kept, s))
		}
	})
}

// pacedOutcome runs a sample with as many engines as it takes.
func pacedOutcome(t *rapid.T, engine func() chip.Engine, pace chip.Paced, kept map[uint64][]byte,
	s *chip.Sample) *chip.Outcome {
	for {
		ctx, stop := context.WithCancel(t.Context())
		states, after := 0, rapid.IntRange(1, 4).Draw(t, "states before the interrupt")
		pace.Keep = func(number uint64, state []byte) error {
			kept[number] = state
			if states++; states == after {
				stop()
			}
			return nil
		}
		e, err := chip.Pace(engine(), pace)
		require.NoError(t, err)
		out, err := e.Run(ctx, s)
		stop()
		if err == nil {
			return out
		}
		require.ErrorIs(t, err, context.Canceled)
		require.NotEmpty(t, kept[s.Number])
	}
}
