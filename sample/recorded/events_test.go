package recorded

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/sample"
	"adder/spike/event"
)

// nmnist writes recordings of N-MNIST under a folder: rows of x, y, polarity, time.
func nmnist(t *testing.T, files map[string][][4]int) string {
	t.Helper()
	root := t.TempDir()
	for name, events := range files {
		var b []byte
		for _, e := range events {
			b = append(b, byte(e[0]), byte(e[1]), byte(e[2]<<7|e[3]>>16), byte(e[3]>>8), byte(e[3]))
		}
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, b, 0o600))
	}
	return root
}

func openEvents(t *testing.T, path string, o EventOptions, shape []int) (*Recordings, error) {
	t.Helper()
	set, err := event.OpenSet(path, "test")
	require.NoError(t, err)
	r, err := OpenEvents(set, o)
	if err != nil {
		return nil, err
	}
	return r, r.Fit(shape)
}

// TestRecordings: a folder by class, ticks of 10 us, of which the longer recording has
// three.
func TestRecordings(t *testing.T) {
	root := nmnist(t, map[string][][4]int{
		"a/1.bin": {{0, 0, 1, 100}, {1, 0, 0, 109}, {1, 1, 1, 110}, {0, 1, 1, 131}},
		"b/1.bin": {{1, 1, 0, 5}, {0, 0, 1, 15}},
	})
	r, err := openEvents(t, root, EventOptions{Binning: event.Binning{Nanoseconds: 10000}},
		[]int{2, 2, 2})
	require.NoError(t, err)
	require.Equal(t, 3, r.Ticks())
	require.Equal(t, 8, r.Size())
	require.Equal(t, []int{0, 1}, []int{r.Label(0), r.Label(1)})
	require.Equal(t, 2, r.Classes())
	require.Equal(t, [][]uint8{
		{0, 1, 0, 0, 1, 0, 0, 0 /**/, 0, 0, 0, 0, 0, 0, 0, 1 /**/, 0, 0, 0, 0, 0, 0, 0, 0},
		{0, 0, 0, 1, 0, 0, 0, 0 /**/, 0, 0, 0, 0, 0, 0, 0, 0 /**/, 0, 0, 0, 0, 0, 0, 0, 0},
	}, fed(t, r))
	fed(t, r)
	require.Equal(t,
		[]string{root + ": events later than the last whole tick of their recording: 2, left out"},
		r.Notes(), "once, though asked twice")
	x, err := r.Analog(0, nil)
	require.NoError(t, err)
	require.Equal(t, []float64{0, 1. / 3, 0, 0, 1. / 3, 0, 0, 1. / 3}, x)

	r, err = openEvents(t, root, EventOptions{Binning: event.Binning{Nanoseconds: 10000},
		Length: 5}, []int{2, 2, 2})
	require.NoError(t, err)
	require.Equal(t, 5, r.Ticks())
	require.Len(t, fed(t, r)[0], 40)
}

// TestRecordingsOfSeveralEvents in a tick are refused, clipped, or kept.
func TestRecordingsOfSeveralEvents(t *testing.T) {
	root := nmnist(t,
		map[string][][4]int{"1.bin": {{0, 0, 1, 0}, {0, 0, 1, 1}, {0, 0, 0, 2}, {1, 0, 1, 20}}})
	o := EventOptions{Binning: event.Binning{Ticks: 2},
		View: event.View{Polarity: event.PolarityMerge}}
	r, err := openEvents(t, root, o, []int{1, 2})
	require.NoError(t, err)
	_, err = r.Feed(0, &chip.Sample{})
	require.ErrorContains(t, err, "several events of source 0 in tick 0, and 1 more like these: "+
		"--counts clip")
	_, err = r.Analog(0, nil)
	require.ErrorContains(t, err, "several events of source 0")

	o.Counts = CountsClip
	r, err = openEvents(t, root, o, []int{1, 2})
	require.NoError(t, err)
	require.Equal(t, [][]uint8{{1, 0, 0, 0}}, fed(t, r))
	require.Len(t, r.Notes(), 2)

	o.Counts = CountsKeep
	r, err = openEvents(t, root, o, []int{1, 2})
	require.NoError(t, err)
	_, err = r.Feed(0, &chip.Sample{})
	require.ErrorContains(t, err, "only the reference engine takes counts")
	signal, err := Counted{r}.Signal(0)
	require.NoError(t, err)
	require.Equal(t, [][]float64{{3, 0}, {0, 0}}, signal)
	x, err := Counted{r}.Analog(0, nil)
	require.NoError(t, err)
	require.Equal(t, []float64{1.5, 0}, x)
	var _ sample.Signals = Counted{r}
}

// TestFramesThatDoNotFit the network are refused with what to give.
func TestFramesThatDoNotFit(t *testing.T) {
	root := nmnist(t, map[string][][4]int{"1.bin": {{0, 0, 1, 0}, {5, 3, 1, 90}}})
	o := EventOptions{Binning: event.Binning{Ticks: 3}}
	for _, c := range []struct {
		change func(*EventOptions)
		shape  []int
		want   string
	}{
		{nil, []int{2, 3, 3}, "its events reach column 5 and row 3 of frames of 3 x 3 pixels: " +
			"crop or downsample"},
		{nil, []int{1, 4, 6}, "its frames have 2 channels of 4 rows and 6 columns, and the model " +
			"takes an input of shape [1 4 6]: --polarity keep gives two channels"},
		{nil, []int{48}, "the file does not say how large the sensor is: give a crop of its size"},
		{func(o *EventOptions) {
			o.Crop = event.Crop{Width: 6, Height: 4}
		}, []int{2, 3, 3}, "[2 3 3]: --crop and --downsample change the size"},
		{func(o *EventOptions) {
			o.Binning.Ticks = 91
		}, []int{2, 4, 6}, "1.bin: it lasts 90 us, less than a microsecond for each of 91 ticks"},
		{func(o *EventOptions) {
			o.Crop = event.Crop{Width: 2, Height: 2, X: 2}
		}, []int{2, 2, 2}, "1.bin: no event of it is seen"},
		{func(o *EventOptions) { o.Length = 1 << 40 }, []int{2, 4, 6}, "take"},
	} {
		o := o
		if c.change != nil {
			c.change(&o)
		}
		_, err := openEvents(t, root, o, c.shape)
		require.ErrorContains(t, err, c.want)
	}
	o.Crop = event.Crop{Width: 6, Height: 4}
	r, err := openEvents(t, root, o, []int{48})
	require.NoError(t, err, "a flat input")
	require.Equal(t, 48, r.Size())
}
