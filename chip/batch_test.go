package chip_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
)

// echo is an engine whose outcome is the sample's number.
type echo struct{}

func (echo) Run(_ context.Context, s *chip.Sample) (*chip.Outcome, error) {
	if s.Number == 499 {
		return nil, errors.New("engine broke")
	}
	return &chip.Outcome{Number: s.Number}, nil
}

func echoBatch(samples, workers int) *chip.Batch {
	return &chip.Batch{
		Samples: samples, Workers: workers,
		Engine: func() (chip.Engine, error) { return echo{}, nil },
		Feed: func(i int, s *chip.Sample) error {
			s.Number = uint64(i)
			return nil
		},
		Each: func(int, *chip.Outcome) error { return nil },
	}
}

func TestBatchKeepsOrder(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 7} {
		for _, samples := range []int{0, 1, 5, 200} {
			b := echoBatch(samples, workers)
			next := 0
			b.Each = func(i int, o *chip.Outcome) error {
				require.Equal(t, next, i)
				require.EqualValues(t, i, o.Number)
				next++
				return nil
			}
			require.NoError(t, b.Run(context.Background()))
			require.Equal(t, samples, next)
		}
	}
}

// TestBatchStops breaks each part of a batch.
func TestBatchStops(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name  string
		spoil func(b *chip.Batch)
		want  string
	}{
		{"engine cannot be made", func(b *chip.Batch) {
			b.Engine = func() (chip.Engine, error) { return nil, broken }
		}, "broken"},
		{"sample cannot be fed", func(b *chip.Batch) {
			b.Feed = func(i int, s *chip.Sample) error {
				if s.Number = uint64(i); i == 30 {
					return broken
				}
				return nil
			}
		}, "sample 30: broken"},
		{"engine fails", func(*chip.Batch) {}, "engine broke"},
		{"outcome is refused", func(b *chip.Batch) {
			b.Each = func(i int, _ *chip.Outcome) error {
				if i == 30 {
					return broken
				}
				return nil
			}
		}, "broken"},
	} {
		for _, workers := range []int{1, 3} {
			t.Run(fmt.Sprint(c.name, " of ", workers), func(t *testing.T) {
				b := echoBatch(1000, workers)
				c.spoil(b)
				require.EqualError(t, b.Run(context.Background()), c.want)
			})
		}
	}
}

func TestBatchIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	b := echoBatch(1_000_000, 2)
	var handed atomic.Int64
	b.Feed = func(i int, s *chip.Sample) error {
		s.Number = 0
		return nil
	}
	b.Each = func(i int, _ *chip.Outcome) error {
		if handed.Add(1) == 10 {
			cancel()
		}
		return nil
	}
	require.ErrorIs(t, b.Run(ctx), context.Canceled)
	require.Less(t, handed.Load(), int64(1000))
}

// More workers than samples would be engines that nobody asks for anything.
func TestBatchMakesNoIdleEngines(t *testing.T) {
	var made atomic.Int32
	b := echoBatch(3, 100)
	b.Engine = func() (chip.Engine, error) { made.Add(1); return echo{}, nil }
	require.NoError(t, b.Run(context.Background()))
	require.EqualValues(t, 3, made.Load())
}
