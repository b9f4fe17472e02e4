package bench

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSharedOnce: what many need is made once, errors are not kept, and no shelf keeps
// nothing.
func TestSharedOnce(t *testing.T) {
	var s Shared
	var made atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			got, err := once(&s, "a", func() (int, error) { made.Add(1); return 7, nil })
			if err != nil || got != 7 {
				t.Error(got, err)
			}
		})
	}
	wait.Wait()
	require.EqualValues(t, 1, made.Load())

	broken := errors.New("broken")
	_, err := once(&s, "b", func() (int, error) { return 0, broken })
	require.ErrorIs(t, err, broken)
	got, err := once(&s, "b", func() (int, error) { return 2, nil })
	require.NoError(t, err)
	require.Equal(t, 2, got)

	for i := range 2 {
		got, err := once(nil, "a", func() (int, error) { return i, nil })
		require.NoError(t, err)
		require.Equal(t, i, got)
	}
}
