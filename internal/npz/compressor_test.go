package npz

import (
	"bytes"
	"io"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCompressorForgets: a compressor that was used before gives the bytes of a new one.
func TestCompressorForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Pieces of few letters, so that there is something to find in what came before.
		piece := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 0, 0, 1, 7, 255}), 0, 400)
		for range rapid.IntRange(1, 6).Draw(t, "members") {
			text := bytes.Repeat(piece.Draw(t, "piece"), rapid.IntRange(1, 300).Draw(t, "times"))
			cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
			var got, want bytes.Buffer
			pooled, err := newCompressor(&got)
			require.NoError(t, err)
			fresh, err := flate.NewWriter(&want, flate.DefaultCompression)
			require.NoError(t, err)
			for _, w := range []io.WriteCloser{pooled, fresh} {
				_, err = w.Write(text[:cut])
				require.NoError(t, err)
				_, err = w.Write(text[cut:])
				require.NoError(t, err)
				require.NoError(t, w.Close())
			}
			require.Equal(t, want.Bytes(), got.Bytes())
		}
	})
}
