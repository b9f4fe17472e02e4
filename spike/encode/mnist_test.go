package encode

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
	"adder/spike"
)

// mnistImages returns the first n training images of MNIST.
func mnistImages(t *testing.T, n int) [][]uint8 {
	file, err := os.Open(filepath.Join(outside.Folder(t, "mnist"), "train-images-idx3-ubyte.gz"))
	require.NoError(t, err)
	defer file.Close()
	unpacked, err := gzip.NewReader(bufio.NewReader(file))
	require.NoError(t, err)
	const header = 16
	_, err = io.CopyN(io.Discard, unpacked, header)
	require.NoError(t, err)
	images := make([][]uint8, n)
	for i := range images {
		images[i] = make([]uint8, 784)
		_, err := io.ReadFull(unpacked, images[i])
		require.NoError(t, err)
	}
	return images
}

// TestSpikesPerDigit compares the spikes of an image with what BindsNET 0.3.3 gives at
// 128 Hz and 100 ms. Its figures are means over another sample of the digits, which
// weigh differently by some per cent; the ratio of two encoders does not.
func TestSpikesPerDigit(t *testing.T) {
	images := mnistImages(t, 2000)
	mean := func(kind string) float64 {
		e := mustNew(t, Config{Kind: kind})
		out, total := new(spike.Train), 0
		for i, x := range images {
			e.Encode(uint64(i), x, out)
			total += out.Count()
		}
		return float64(total) / float64(len(images))
	}
	renewal, bernoulli := mean(KindPoissonRenewal), mean(KindBernoulli)
	require.InEpsilon(t, 1206, renewal, 0.05)
	require.InEpsilon(t, 9897, bernoulli, 0.05)
	require.InEpsilon(t, 1206.0/9897, renewal/bernoulli, 0.005)
	require.InEpsilon(t, 147, mean(KindRankOrder), 0.05)
}
