package recorded

import (
	"math/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/internal/npz"
	"adder/internal/outside"
	"adder/sample"
)

// save writes arrays into an npz file.
func save(t *testing.T, write ...func(w *npz.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.npz")
	w, err := npz.Create(path)
	require.NoError(t, err)
	for _, array := range write {
		require.NoError(t, array(w))
	}
	require.NoError(t, w.Close())
	return path
}

func arr[T npz.Number](name string, shape []int, data ...T) func(*npz.Writer) error {
	return func(w *npz.Writer) error { return npz.Write(w, name, shape, data) }
}

// saveNPY writes a bare array.
func saveNPY[T npz.Number](t *testing.T, shape []int, data ...T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.npy")
	file, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, npz.WriteNPY(file, shape, data))
	require.NoError(t, file.Close())
	return path
}

// fed is what a source feeds of each sample, [ticks][sources].
func fed(t *testing.T, s sample.Source) [][]uint8 {
	t.Helper()
	var out [][]uint8
	for i := range s.Len() {
		var c chip.Sample
		_, err := s.Feed(i, &c)
		require.NoError(t, err)
		require.Equal(t, uint64(i), c.Number)
		out = append(out, c.Spikes.AppendBytes(nil))
	}
	return out
}

func notes(s sample.Source) []string { return s.(Noted).Notes() }

// TestTypes: spikes of every type of number are the same spikes, in .npz and .npy.
func TestTypes(t *testing.T) {
	shape, o := []int{2, 3, 2}, Options{Shape: []int{2}}
	bits := []int8{0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1}
	bools, bytes, floats := make([]bool, 12), make([]uint8, 12), make([]float32, 12)
	wide, shorts, doubles := make([]int64, 12), make([]uint16, 12), make([]float64, 12)
	for i, b := range bits {
		bools[i], bytes[i], floats[i], wide[i], shorts[i], doubles[i] = b != 0, uint8(b), float32(
			b), int64(b), uint16(b), float64(b)
	}
	for name, path := range map[string]string{
		"bool":      save(t, arr("spikes", shape, bools...)),
		"uint8":     save(t, arr("spikes", shape, bytes...)),
		"float32":   save(t, arr("spikes", shape, floats...)),
		"int64":     save(t, arr("spikes", shape, wide...)),
		"uint16":    save(t, arr("spikes", shape, shorts...)),
		"input":     save(t, arr("input", shape, doubles...)),
		"int8 .npy": saveNPY(t, shape, bits...), "float64 .npy": saveNPY(t, shape, doubles...),
		"bool .npy": saveNPY(t, shape, bools...),
	} {
		s, err := OpenSpikes(path, o)
		require.NoError(t, err, name)
		require.Equal(t, [][]uint8{{0, 1, 0, 0, 1, 1}, {1, 0, 0, 0, 0, 1}}, fed(t, s), name)
		require.Empty(t, notes(s), name)
		require.Equal(t, -1, s.Label(0))
		require.Equal(t, []int{2}, s.Shape())
		ticks, err := Ticks(path, o)
		require.NoError(t, err)
		require.Equal(t, 3, ticks)
	}
}

// TestCounts: more than one spike in a tick is refused, clipped or kept, and said.
func TestCounts(t *testing.T) {
	path := save(t, arr("spikes", []int{1, 2, 2}, uint8(0), 3, 2, 1))
	o := Options{Shape: []int{2}}
	_, err := OpenSpikes(path, o)
	require.ErrorContains(t, err,
		`sample 0 of "spikes" has 3 at tick 0, source 1: a spike is 1 and silence is 0, `+
			`and elements above 1 are 2: --counts clip`)
	o.Counts = CountsClip
	s, err := OpenSpikes(path, o)
	require.NoError(t, err)
	require.Equal(t, [][]uint8{{0, 1, 1, 1}}, fed(t, s))
	require.Equal(t, []string{path + ": elements above 1: 2, up to 3; each became one spike"},
		notes(s))
	o.Counts = CountsKeep
	_, err = OpenSpikes(path, o)
	require.ErrorContains(t, err, "only the reference engine takes counts")
	o.Graded = true
	s, err = OpenSpikes(path, o)
	require.NoError(t, err)
	signal, err := s.(sample.Signals).Signal(0)
	require.NoError(t, err)
	require.Equal(t, [][]float64{{0, 3}, {2, 1}}, signal)
	require.Equal(t, []string{path + ": elements above 1: 2, up to 3, kept as counts"}, notes(s))
	_, err = s.Feed(0, &chip.Sample{})
	require.ErrorContains(t, err, "use the engine reference")
}

// TestGraded: real numbers are for the reference engine, from "input" and bare arrays.
func TestGraded(t *testing.T) {
	values := []float64{0.5, -1, 2, 0, 0, 7.25}
	for _, path := range []string{save(t, arr("input", []int{1, 3, 2}, values...)),
		saveNPY(t, []int{1, 3, 2}, values...)} {
		s, err := OpenSpikes(path, Options{Shape: []int{2}, Graded: true, Ticks: 4})
		require.NoError(t, err)
		signal, err := s.(sample.Signals).Signal(0)
		require.NoError(t, err)
		require.Equal(t, [][]float64{{0.5, -1}, {2, 0}, {0, 7.25}, {0, 0}}, signal)
		mean, err := s.Analog(0, nil)
		require.NoError(t, err)
		require.Equal(t, []float64{0.625, 1.5625}, mean)
		_, err = OpenSpikes(path, Options{Shape: []int{2}})
		require.ErrorContains(t, err, "sample 0 of ")
	}
}

// TestLayouts: time-first files and files in Fortran's order hold the same spikes.
func TestLayouts(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	const n, ticks = 3, 5
	shape := []int{2, 2}
	bits := make([]uint8, n*ticks*4)
	turned, fortran := make([]uint8, len(bits)), make([]uint8, len(bits))
	for i := range n {
		for k := range ticks {
			for s := range 4 {
				b := uint8(r.Intn(2))
				bits[(i*ticks+k)*4+s] = b
				turned[(k*n+i)*4+s] = b
				fortran[i+n*(k+ticks*(s/2+2*(s%2)))] = b
			}
		}
	}
	want, err := OpenSpikes(save(t, arr("spikes", []int{n, ticks, 2, 2}, bits...)),
		Options{Shape: shape})
	require.NoError(t, err)
	path := save(t, arr("spikes", []int{ticks, n, 4}, turned...))
	got, err := OpenSpikes(path, Options{Shape: shape, Layout: LayoutTB})
	require.NoError(t, err)
	require.Equal(t, fed(t, want), fed(t, got))
	length, err := Ticks(path, Options{Layout: LayoutTB})
	require.NoError(t, err)
	require.Equal(t, ticks, length)
	signals, err := OpenSpikes(path, Options{Shape: shape, Layout: LayoutTB, Counts: CountsKeep,
		Graded: true})
	require.NoError(t, err)
	require.Equal(t, fed(t, want), fed(t, signals), "no count is above 1")

	path = saveNPY(t, []int{n, ticks, 2, 2}, fortran...)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t,
		os.WriteFile(path, []byte(string(b[:20])+replaceOnce(string(b[20:]), "False", "True ")),
			0o600))
	got, err = OpenSpikes(path, Options{Shape: shape})
	require.NoError(t, err)
	require.Equal(t, fed(t, want), fed(t, got))
}

func replaceOnce(s, old, new string) string {
	for i := range s {
		if len(s) >= i+len(old) && s[i:i+len(old)] == old {
			return s[:i] + new + s[i+len(old):]
		}
	}
	return s
}

// TestFilesThatLookTimeFirst are refused with the flag to give, and taken with it.
func TestFilesThatLookTimeFirst(t *testing.T) {
	spikes := arr("spikes", []int{5, 2, 1}, make([]uint8, 10)...)
	for _, c := range []struct {
		name, why string
		path      string
		ticks     int
	}{
		{"labels", "there are 2 labels", save(t, spikes, arr("label", []int{2}, int64(0), 1)), 0},
		{"one tick", "its samples would have a single tick",
			save(t, arr("spikes", []int{5, 1, 1}, make([]uint8, 5)...)), 0},
		{"ticks", "5 ticks are asked for", save(t, spikes), 5},
	} {
		_, err := OpenSpikes(c.path, Options{Shape: []int{1}, Ticks: c.ticks})
		require.ErrorContains(t, err, "looks like [ticks, samples, ...], since "+c.why+
			": say with --spike-layout tb")
		s, err := OpenSpikes(c.path, Options{Shape: []int{1}, Ticks: c.ticks, Layout: LayoutTB})
		require.NoError(t, err, c.name)
		require.Equal(t, 5, s.Ticks())
	}
	s, err := OpenSpikes(save(t, arr("spikes", []int{5, 1, 1}, make([]uint8, 5)...)),
		Options{Shape: []int{1}, Layout: LayoutBT})
	require.NoError(t, err)
	require.Equal(t, 5, s.Len())
	s, err = OpenSpikes(save(t, spikes, arr("label", []int{5}, make([]int64, 5)...)),
		Options{Shape: []int{1}, Ticks: 5})
	require.NoError(t, err, "as many labels as samples decide it")
	require.Equal(t, 5, s.Len())
}

func TestLabels(t *testing.T) {
	spikes := arr("spikes", []int{3, 2, 1}, make([]uint8, 6)...)
	o := Options{Shape: []int{1}}
	for _, name := range labelNames() {
		s, err := OpenSpikes(save(t, spikes, arr(name, []int{3}, uint8(2), 0, 1)), o)
		require.NoError(t, err)
		require.Equal(t, []int{2, 0, 1}, []int{s.Label(0), s.Label(1), s.Label(2)})
		require.Equal(t, 3, s.Classes())
	}
	path := save(t, spikes, arr("y", []int{3, 2}, float32(0), 1, 1, 0, 1, 0))
	s, err := OpenSpikes(path, o)
	require.NoError(t, err)
	require.Equal(t, []int{1, 0, 0}, []int{s.Label(0), s.Label(1), s.Label(2)})
	require.Equal(t,
		[]string{path + `: "y" has rows of 2 columns: the class is the column of the 1`}, notes(s))
	for want, label := range map[string]func(*npz.Writer) error{
		`"y" has 5 classes for 3 samples: write one for each`: arr("y", []int{5},
			make([]int64, 5)...),
		`"y" has 1 classes for 3 samples`:                arr("y", []int{1}, int64(0)),
		`row 1 of "y" is -1: a class is a whole number`:  arr("y", []int{3}, int64(0), -1, 0),
		`row 1 of "y" is 0.5: a class is a whole number`: arr("y", []int{3}, 0, 0.5, 0),
		`row 2 of "y" has no 1 among 2 columns`: arr("y", []int{3, 2}, int64(0), 1, 1,
			0, 0, 0),
		`row 0 of "y" has 1 in column 1: a single 1 among`: arr("y", []int{3, 2}, int64(1), 1, 1,
			0, 1, 0),
		`"y" has shape [3 1 1]: give one class a sample`: arr("y", []int{3, 1, 1},
			make([]int64, 3)...),
	} {
		_, err := OpenSpikes(save(t, spikes, label), o)
		require.ErrorContains(t, err, want)
	}
}

// TestStreamed: samples that are read from the file when they are asked for are those
// that are kept, in any order and from several goroutines.
func TestStreamed(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	const n, ticks, size = 300, 7, 5
	bits := make([]uint8, n*ticks*size)
	for i := range bits {
		bits[i] = uint8(r.Intn(2))
	}
	path := save(t, arr("spikes", []int{n, ticks, size}, bits...))
	o := Options{Shape: []int{size}, Ticks: 9}
	kept, err := OpenSpikes(path, o)
	require.NoError(t, err)
	want := fed(t, kept)
	a, err := openArray(path, o)
	require.NoError(t, err)
	streamed := a.streamedTrains(o.Shape)
	require.Equal(t, want, fed(t, streamed))
	orders := [][]int{r.Perm(n), r.Perm(n)[:50], nil, nil}
	for i := range n / 2 {
		orders[2], orders[3] = append(orders[2], 2*i), append(orders[3], n/2+i)
	}
	var group sync.WaitGroup
	for _, order := range orders {
		group.Go(func() {
			for _, i := range order {
				var c chip.Sample
				_, err := streamed.Feed(i, &c)
				if err != nil || string(c.Spikes.AppendBytes(nil)) != string(want[i]) {
					t.Errorf("sample %d: %v", i, err)
				}
			}
		})
	}
	group.Wait()
	require.LessOrEqual(t, len(streamed.stream.readers), maxReaders)
	x, err := streamed.Analog(3, nil)
	require.NoError(t, err)
	y, err := kept.Analog(3, nil)
	require.NoError(t, err)
	require.Equal(t, y, x)
}

// TestStreamReadsInOrderOnce: workers that ask for neighbours a little out of order cost
// one pass of one reader.
func TestStreamReadsInOrderOnce(t *testing.T) {
	path := saveNPY(t, []int{100, 2, 1}, make([]uint8, 200)...)
	a, err := openArray(path, Options{Shape: []int{1}})
	require.NoError(t, err)
	s := newStream(a, 1, readTrain)
	for i := 0; i+3 < 100; i += 4 {
		for _, k := range []int{2, 0, 3, 1} {
			_, err := s.get(i + k)
			require.NoError(t, err)
		}
	}
	require.Len(t, s.readers, 1)
}

func TestShapes(t *testing.T) {
	path := save(t, arr("spikes", []int{4, 6}, make([]uint8, 24)...))
	_, err := OpenSpikes(path, Options{Shape: []int{6}})
	require.ErrorContains(t, err, "spikes has shape [4 6]; the model takes [samples ticks 6]: "+
		"one sample has an axis of samples too, x[None] in NumPy")
	_, err = OpenSpikes("a.bin", Options{})
	require.ErrorContains(t, err, "a.bin: this ends as recordings of event cameras do: give it "+
		"with --events")
	_, err = OpenSpikes("a.txt", Options{})
	require.ErrorContains(t, err, "a.txt: the ending is not known")
	_, err = Ticks("a.bin", Options{})
	require.ErrorContains(t, err, "give it with --events")
}

// TestNIRData reads a grid that the nir package wrote.
func TestNIRData(t *testing.T) {
	path := filepath.Join(outside.Folder(t, "finds"), "nir", "nirdata_gridded.nir")
	s, err := OpenSpikes(path, Options{Shape: []int{1}, DT: 1e-4})
	require.NoError(t, err)
	require.Equal(t, 2, s.Len())
	require.Equal(t, 50, s.Ticks())
	require.Empty(t, notes(s))
	spikes := 0
	for _, b := range fed(t, s) {
		for _, v := range b {
			spikes += int(v)
		}
	}
	require.Equal(t, 19, spikes)
	s, err = OpenSpikes(path, Options{Shape: []int{1}, DT: 1e-3})
	require.NoError(t, err)
	require.Len(t, notes(s), 1, "the ticks differ")
	_, err = OpenSpikes(path, Options{Shape: []int{6}})
	require.ErrorContains(t, err, "node input has 1 neurons; the model takes 6")
}
