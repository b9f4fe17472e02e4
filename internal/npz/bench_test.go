package npz

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkArchive asks what an archive of a few small arrays costs, as probes of one
// sample give.
func BenchmarkArchive(b *testing.B) {
	spikes := make([]uint8, 64*100)
	for i := 0; i < len(spikes); i += 7 {
		spikes[i] = 1
	}
	b.ReportAllocs()
	for b.Loop() {
		w := newWriter(io.Discard)
		for _, name := range []string{"out", "spikes.hidden"} {
			require.NoError(b, Write(w, name, []int{1, 64, 100}, spikes))
		}
		require.NoError(b, w.Close())
	}
}
