package bench_test

import (
	"context"
	"errors"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/bench"
	"adder/chip"
)

// mortal is a store whose process dies behind a number of writes, or hears an interrupt.
type mortal struct {
	parts     map[string][]byte
	left      int
	interrupt context.CancelFunc
}

var errKilled = errors.New("killed")

func (m *mortal) Part(name string) []byte { return m.parts[name] }

func (m *mortal) Keep(parts map[string][]byte) error {
	if m.left == 0 && m.interrupt == nil {
		return errKilled
	}
	for name, text := range parts {
		m.parts[name] = append([]byte(nil), text...)
	}
	if m.left--; m.left == 0 && m.interrupt != nil {
		m.interrupt()
	}
	return nil
}

// classes is something beside an evaluation that is kept with it.
type classes struct{ seen []byte }

func (c *classes) SaveState() ([]byte, error)      { return append([]byte(nil), c.seen...), nil }
func (c *classes) RestoreState(state []byte) error { c.seen = append(c.seen, state...); return nil }

// TestKeptIsWhole kills and interrupts evaluations at random and goes on with them, until
// one ends: it has what an undisturbed one has, whatever the engine, the workers, and
// whether samples or ticks are kept.
func TestKeptIsWhole(t *testing.T) {
	c, source := digitNetwork(t, 8)
	undisturbed := map[bool]*bench.Evaluation{}
	var seen []byte
	run := func(clocked bool) bench.Run {
		r := bench.Run{
			Chip: c, Source: source, Order: backwards(12), Stage: "emulation",
			Options: chip.Options{Ticks: 8, ByTick: true, Links: true},
		}
		if clocked {
			r.Engine = func() (chip.Engine, error) { return c.NewCycle(r.Options, nil) }
		}
		return r
	}
	for _, clocked := range []bool{false, true} {
		r, all := run(clocked), &classes{}
		r.Each = func(_ int, o *chip.Outcome) error {
			all.seen = append(all.seen, byte(o.Class))
			return nil
		}
		e, err := bench.Evaluate(t.Context(), r)
		require.NoError(t, err)
		e.Seconds, undisturbed[clocked], seen = 0, e, all.seen
	}
	rapid.Check(t, func(t *rapid.T) {
		clocked := rapid.Bool().Draw(t, "clocked")
		m := &mortal{parts: map[string][]byte{}}
		keep := &bench.Keep{Store: m, Every: rapid.IntRange(1, 12).Draw(t, "every"),
			Ticks: rapid.SampledFrom([]int{0, 3, 5, 20}).Draw(t, "ticks")}
		for {
			ctx, stop := context.WithCancel(t.Context())
			m.left, m.interrupt = rapid.IntRange(3, 30).Draw(t, "writes"), nil
			if rapid.Bool().Draw(t, "interrupted") {
				m.interrupt = stop
			}
			r, all := run(clocked), &classes{}
			r.Workers, r.Keep, r.Also = rapid.IntRange(1, 3).Draw(t,
				"workers"), keep, []bench.Kept{all}
			r.Each = func(_ int, o *chip.Outcome) error {
				all.seen = append(all.seen, byte(o.Class))
				return nil
			}
			e, err := bench.Evaluate(ctx, r)
			stop()
			if err != nil && !errors.Is(err, context.Canceled) {
				require.ErrorIs(t, err, errKilled)
			}
			if err != nil || e.Interrupted {
				continue
			}
			e.Seconds = 0
			require.Equal(t, undisturbed[clocked], e)
			require.Equal(t, seen, all.seen)
			return
		}
	})
}

// TestKeptOfAnother: parts that no run of this kind wrote are an error, not a crash.
func TestKeptOfAnother(t *testing.T) {
	c, source := digitNetwork(t, 4)
	m := &mortal{parts: map[string][]byte{}, left: 100}
	r := bench.Run{Chip: c, Source: source, Stage: "emulation",
		Keep: &bench.Keep{Store: m, Every: 10}}
	_, err := bench.Evaluate(t.Context(), r)
	require.NoError(t, err)
	whole := maps.Clone(m.parts)
	for name, text := range map[string]string{
		"emulation":            `{"Evaluation":{"Samples":3},"Attribution":""}`,
		"emulation, under way": `[{"Number":"x"}]`,
	} {
		m.parts = maps.Clone(whole)
		m.parts[name] = []byte(text)
		_, err := bench.Evaluate(t.Context(), r)
		require.ErrorContains(t, err, "go on with emulation", name)
	}
	m.parts = map[string][]byte{"emulation, under way": []byte(`[{"Number":0,"State":"AAAA"}]`)}
	r.Keep.Ticks = 2
	_, err = bench.Evaluate(t.Context(), r)
	require.ErrorContains(t, err, "sample 0")
}
