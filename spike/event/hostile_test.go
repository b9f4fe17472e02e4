package event

import (
	"bytes"
	"encoding/binary"
	"math/rand"
	"os"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

// allocated is the bytes allocated so far, freed ones included.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// mutate damages a copy of a file: flipped bits, extreme numbers, a cut end, or a
// stretch copied elsewhere. Half of the damage is in the first 300 bytes, where
// headers are.
func mutate(r *rand.Rand, good []byte) []byte {
	b := bytes.Clone(good)
	for range 1 + r.Intn(4) {
		if len(b) < 40 {
			break
		}
		at := r.Intn(len(b) - 8)
		if r.Intn(2) == 0 {
			at = r.Intn(min(len(b)-8, 300))
		}
		switch r.Intn(5) {
		case 0:
			b[at] ^= 1 << r.Intn(8)
		case 1:
			b[at] = byte(r.Intn(256))
		case 2:
			v := []uint64{0, 1, 1<<31 - 1, 1<<64 - 1, 1 << 26, 1 << 20}[r.Intn(6)]
			var word [8]byte
			binary.LittleEndian.PutUint64(word[:], v)
			copy(b[at:at+1<<r.Intn(4)], word[:])
		case 3:
			n := 1 + r.Intn(min(32, len(b)-at))
			from := r.Intn(len(b) - n)
			copy(b[at:], b[from:from+n])
		default:
			if r.Intn(3) == 0 {
				b = b[:at]
			}
		}
	}
	return b
}

// TestMutatedFiles damages files of every form in ways that are always the same: 10,000
// where the other tests' data is there, fewer without. Each file is read or refused
// without a panic, within a second, and in memory that its size justifies.
func TestMutatedFiles(t *testing.T) {
	count := 200
	if os.Getenv(outside.Variable) != "" && !testing.Short() {
		count = 10000
	}
	for _, f := range forms() {
		t.Run(f.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(7))
			good := f.write(t, draw(r, f, 250))
			slowest, largest, refused := time.Duration(0), uint64(0), 0
			for range count {
				b := mutate(r, good)
				start, before := time.Now(), allocated()
				if _, _, err := readAll(f.file, b, 256); err != nil {
					refused++
				}
				slowest, largest = max(slowest, time.Since(start)), max(largest, allocated()-before)
			}
			t.Logf("%d of %d refused; slowest %v, most memory %.2f MB", refused, count, slowest,
				float64(largest)/1e6)
			require.Less(t, slowest, 20*time.Second, "far above a second, for busy machines")
			require.Less(t, largest, uint64(32<<20))
		})
	}
}

// TestAnnouncedSizes: a packet that announces more than it has costs no more than what
// it has; one that has what it announces costs no more than twice as much; and one that
// announces more than a recorder writes is refused before any of it is unpacked.
func TestAnnouncedSizes(t *testing.T) {
	const windows = 20 << 20 // what decoders keep for themselves
	zeros := func(n int) []byte {
		return append(binary.LittleEndian.AppendUint32(nil, uint32(n)), make([]byte, n)...)
	}
	for _, kind := range []int32{aedat4LZ4, aedat4Zstd} {
		bomb := packed(t, zeros(60<<20), kind)
		lie := packed(t, binary.LittleEndian.AppendUint32(nil, 60<<20), kind)
		huge := packed(t, append(binary.LittleEndian.AppendUint32(nil, 1<<31),
			make([]byte, 1<<20)...), kind)
		cost := func(packet []byte) (uint64, error) {
			before := allocated()
			u := unpacker{kind: kind}
			_, err := u.unpack(packet)
			u.close()
			return allocated() - before, err
		}
		used, err := cost(bomb)
		require.NoError(t, err)
		require.Less(t, used, uint64(2*(60<<20)+windows))
		used, err = cost(lie)
		require.ErrorContains(t, err, "compressed data: unexpected EOF")
		require.Less(t, used, uint64(windows))
		used, err = cost(huge)
		require.ErrorContains(t, err, "it announces 2147483648 bytes of events: at most 67108864 "+
			"are read")
		require.Less(t, used, uint64(windows))
	}
}

// FuzzRecording: no bytes make a panic under any ending.
func FuzzRecording(f *testing.F) {
	r := rand.New(rand.NewSource(3))
	for i, form := range forms() {
		f.Add(i, form.write(f, draw(r, form, 20)))
	}
	all := forms()
	f.Fuzz(func(_ *testing.T, i int, b []byte) {
		_, _, _ = readAll(all[uint(i)%uint(len(all))].file, b, 64)
	})
}
