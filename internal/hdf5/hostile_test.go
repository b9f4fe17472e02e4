package hdf5

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"adder/internal/draws"

	"github.com/stretchr/testify/require"
)

// devour opens a file and reads whatever it has.
func devour(b []byte) error {
	f, err := New("x.h5", bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return err
	}
	return walk(f.Root(), func(e *elements) { readAny(e) })
}

// mutate damages a copy of a file: flipped bits, overwritten numbers, a cut end,
// or a stretch copied elsewhere. Half of the damage goes to the places that the
// format's signatures mark, where a random byte rarely falls.
func mutate(r *rand.Rand, good []byte, marks []int) []byte {
	b := bytes.Clone(good)
	for range 1 + r.Intn(4) {
		if len(b) < 64 {
			break
		}
		at := r.Intn(len(b) - 32)
		if len(marks) > 0 && r.Intn(2) == 0 {
			at = min(marks[r.Intn(len(marks))]+r.Intn(64), len(b)-32)
		}
		switch r.Intn(6) {
		case 0, 1:
			b[at] ^= 1 << r.Intn(8)
		case 2:
			b[at] = byte(r.Intn(256))
		case 3:
			// An extreme or a small number where a size or address may be.
			n := 1 << r.Intn(4)
			v := []byte{0x00, 0xff, 0x7f, 0x01}[r.Intn(4)]
			for i := range n {
				b[at+i] = v
			}
		case 4:
			n := 1 + r.Intn(32)
			from := r.Intn(len(b) - n)
			copy(b[at:], b[from:from+n])
		default:
			if r.Intn(4) == 0 {
				b = b[:at]
			}
		}
	}
	return b
}

// repair recomputes the checksums of version 2 structures of which a mutation
// may have spoilt them, so that the damage behind them is reached. It tries the
// lengths that the original structure had.
func repair(b []byte, structures []structure) {
	for _, s := range structures {
		if s.end > len(b) {
			continue
		}
		sum := lookup3(b[s.start : s.end-4])
		b[s.end-4], b[s.end-3], b[s.end-2], b[s.end-1] = byte(sum), byte(sum>>8), byte(
			sum>>16), byte(sum>>24)
	}
}

// structure is a stretch of a file that ends in a checksum.
type structure struct{ start, end int }

var signatures = []string{"OHDR", "OCHK", "TREE", "SNOD", "HEAP", "GCOL", "BTHD", "BTIN", "BTLF",
	"FRHP", "FHDB", "FHIB",
	"FAHD", "FADB", "EAHD", "EAIB", "EASB", "EADB", signature}

// landmarks finds the signatures of a file and, of those that have a checksum,
// the extent: the first length whose checksum fits.
func landmarks(b []byte) (marks []int, sums []structure) {
	for _, s := range signatures {
		for at := 0; ; {
			i := bytes.Index(b[at:], []byte(s))
			if i < 0 {
				break
			}
			at += i
			marks = append(marks, at)
			if s != "TREE" && s != "SNOD" && s != "HEAP" && s != "GCOL" && len(sums) < 200 {
				for end := at + 12; end <= min(len(b), at+1100); end++ {
					if verify(b[at:end], 0) == nil {
						sums = append(sums, structure{at, end})
						break
					}
				}
			}
			at++
		}
	}
	return marks, sums
}

// allocated is the bytes allocated so far, freed ones included.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// hang is far above what any file may take, about 10 ms: a busy machine or
// the race detector must not look like a reader that does not end.
const hang = 20 * time.Second

// TestMutatedFiles damages the fixtures in 10,000 ways, a tenth of them where tests are to be
// quick, always the same, and requires each to be read or refused without a panic, without a
// hang and without allocating more than a gigabyte. The slowest is logged.
func TestMutatedFiles(t *testing.T) {
	count := draws.Times(1_000)
	if draws.All() {
		count = 10_000
	}
	type source struct {
		name  string
		data  []byte
		marks []int
		sums  []structure
	}
	var sources []source
	for _, name := range sortedKeys(expectations(t)) {
		b := fixture(t, name)
		if len(b) > 400<<10 || name == "supers_latest.h5" {
			continue // too much to read thousands of times
		}
		marks, sums := landmarks(b)
		require.NotEmpty(t, marks)
		sources = append(sources, source{name, b, marks, sums})
	}
	r := rand.New(rand.NewSource(20))
	refused := 0
	var slowest time.Duration
	var largest uint64
	for i := range count {
		s := sources[i%len(sources)]
		b := mutate(r, s.data, s.marks)
		if r.Intn(4) > 0 {
			repair(b, s.sums)
		}
		before := allocated()
		start := time.Now()
		err := devour(b)
		took := time.Since(start)
		used := allocated() - before
		slowest = max(slowest, took)
		largest = max(largest, used)
		require.Less(t, took, hang, "%s, mutation %d", s.name, i)
		require.Less(t, used, uint64(1<<30), "%s, mutation %d", s.name, i)
		if err != nil {
			refused++
		}
	}
	require.Greater(t, refused, count/10, "the mutations should do harm")
	t.Logf("%d of %d refused, slowest %v, most allocated %d MiB", refused, count, slowest,
		largest>>20)
}

func FuzzFile(f *testing.F) {
	for _, name := range []string{"numbers_earliest.h5", "links_latest.h5", "tree_latest.h5",
		"attributes_earliest.h5", "fills_latest.h5", "userblock_earliest.h5"} {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		// Repaired checksums let the fuzzer see behind them.
		_, sums := landmarks(b)
		repair(b, sums)
		devour(b)
	})
}

func FuzzLZF(f *testing.F) {
	f.Add([]byte{2, 'a', 'b', 'c', 0x20, 2, 0xe0, 9, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := lzf(b, 4096)
		if err == nil {
			require.LessOrEqual(t, len(out), 4096)
		}
	})
}

// FuzzMessages parses the messages that have no checksum of their own.
func FuzzMessages(f *testing.F) {
	f.Add([]byte{1, 2, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0x10, 8, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0})
	f.Add([]byte{4, 2, 0, 2, 1, 3, 4, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, parse := range []func(c *cursor){
			func(c *cursor) { parseDataspace(c) },
			func(c *cursor) { parseDatatype(c, 0) },
			func(c *cursor) { parseLayout(c) },
			func(c *cursor) { parseFilters(c) },
			func(c *cursor) { parseFill(c) },
			func(c *cursor) { parseLink(c) },
		} {
			parse(&cursor{b: b, offsetSize: 8, lengthSize: 8})
		}
	})
}

func TestNotHDF5(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty": {nil, "no signature"},
		"text":  {[]byte(strings.Repeat("text ", 500)), "no signature"},
		"zip":   {[]byte("PK\x03\x04 and so on"), "PyTorch"},
		"only":  {[]byte(signature), "superblock"},
		"version": {[]byte(signature + "\x09" + strings.Repeat("\x00", 100)),
			"superblock version 9"},
		"widths": {[]byte(signature + "\x00\x00\x00\x00\x00\x03\x08" + strings.Repeat("\x00",
			100)), "addresses of 3"},
		"truncated": {fixture(t, "tree_earliest.h5")[:9000], "truncated"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New("x.h5", bytes.NewReader(c.data), int64(len(c.data)))
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "x.h5: ")
		})
	}
	_, err := Open(filepath.Join(t.TempDir(), "none.h5"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
