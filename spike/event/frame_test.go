package event

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// recordingOf reads events back from a form that holds any.
func recordingOf(t testing.TB, events []Event) *Recording {
	b := writeNPY(t, events)
	r, err := newRecording("a.npy", bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return r
}

// TestBinsCutAsTonicDoes holds Cut and Tick to tonic's statement of its slices: the
// events from t[0] + i*window to before t[0] + (i+1)*window, of as many whole windows
// as there are, at least one; or of n windows of (t[-1] - t[0]) // n.
func TestBinsCutAsTonicDoes(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 300 {
		times := make([]int64, 1+r.Intn(60))
		for i := range times {
			times[i] = 5000 + r.Int63n(900)
		}
		slices.Sort(times)
		first, last := times[0], times[len(times)-1]
		b := Binning{Nanoseconds: (1 + r.Int63n(200)) * 1000}
		window := b.Nanoseconds / 1000
		count := max(int((last-first)/window), 1)
		if r.Intn(2) == 0 {
			b = Binning{Ticks: 1 + r.Intn(20)}
			count, window = b.Ticks, (last-first)/int64(b.Ticks)
		}
		bins, err := b.Cut(Extent{Seen: 1, First: first, Last: last})
		if window == 0 {
			require.ErrorContains(t, err, "less than a microsecond for each of")
			continue
		}
		require.NoError(t, err)
		require.Equal(t, count, bins.Ticks)
		for _, at := range times {
			want := -1
			for i := range count {
				if start := first + int64(i)*window; at >= start && at < start+window {
					want = i
				}
			}
			require.Equal(t, want, bins.Tick(at))
		}
	}
}

func TestCutRefuses(t *testing.T) {
	_, err := Binning{Ticks: 3}.Cut(Extent{})
	require.ErrorContains(t, err, "no event of it is seen")
	_, err = Binning{Ticks: 3}.Cut(Extent{Seen: 2, First: -1 << 62, Last: 1 << 62})
	require.ErrorContains(t, err, "such a clock is damaged")
	_, err = Binning{Nanoseconds: 1}.Cut(Extent{Seen: 2, Last: 1 << 40})
	require.ErrorContains(t, err, "give longer ticks")
}

// TestFill works out the frames of four events by hand.
func TestFill(t *testing.T) {
	events := []Event{
		{T: 10, X: 4, Y: 2, On: true}, {T: 15, X: 5, Y: 3}, {T: 20, X: 0, Y: 0, On: true},
		{T: 29, X: 5, Y: 2, On: true},
	}
	for _, c := range []struct {
		name    string
		view    View
		frame   Frame
		window  int64
		outside int64
		want    []string // tick:source
	}{
		{"all", View{}, Frame{2, 4, 6}, 5, 1, []string{"0:40", "1:23", "2:24"}},
		{"merged", View{Polarity: PolarityMerge}, Frame{1, 4, 6}, 5, 1,
			[]string{"0:16", "1:23", "2:0"}},
		{"on alone", View{Polarity: PolarityDrop}, Frame{1, 4, 6}, 9, 1, []string{"0:16", "1:0"}},
		{"a part", View{Crop: Crop{Width: 2, Height: 2, X: 4, Y: 2}}, Frame{2, 2, 2}, 6, 1,
			[]string{"0:4", "0:3"}},
		{"half as fine", View{Downsample: 2, Polarity: PolarityMerge}, Frame{1, 2, 3}, 1000, 0,
			[]string{"0:5", "0:5", "0:0", "0:5"}},
		{"a part, half as fine", View{Downsample: 2, Crop: Crop{Width: 3, Height: 3, X: 3, Y: 1}},
			Frame{2, 2, 2}, 19, 1, []string{"0:4", "0:3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			frame, err := c.view.Frame(6, 4)
			require.NoError(t, err)
			require.Equal(t, c.frame, frame)
			extent, err := c.view.Extent(recordingOf(t, events))
			require.NoError(t, err)
			bins, err := Binning{Nanoseconds: c.window * 1000}.Cut(extent)
			require.NoError(t, err)
			var got []string
			outside, err := c.view.Fill(recordingOf(t, events), frame, bins,
				func(tick, source int) {
					got = append(got, fmt.Sprintf("%d:%d", tick, source))
				})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			require.Equal(t, c.outside, outside)
		})
	}
	_, err := (&View{}).Fill(recordingOf(t, events), Frame{2, 2, 2},
		Bins{Ticks: 1, first: 10, ns: 1}, func(int, int) {})
	require.ErrorContains(t, err, "an event at column 4, row 2 of frames of 2 x 2 pixels")
}

func TestFrameRefuses(t *testing.T) {
	_, err := (&View{Crop: Crop{Width: 5, Height: 4, X: 2}}).Frame(6, 4)
	require.ErrorContains(t, err, "the crop 5x4+2+0 is not within the sensor's 6 x 4 pixels")
	_, err = (&View{}).Frame(0, 0)
	require.ErrorContains(t, err, "give a crop of its size, --crop WxH+0+0")
	frame, err := (&View{Downsample: 4}).Frame(34, 34)
	require.NoError(t, err)
	require.Equal(t, Frame{2, 9, 9}, frame)
}

func TestParse(t *testing.T) {
	c, err := ParseCrop("32x16+1+2")
	require.NoError(t, err)
	require.Equal(t, Crop{Width: 32, Height: 16, X: 1, Y: 2}, c)
	for _, bad := range []string{"", "32x16", "32x16+1", "0x16+1+1", "-1x16+1+1", "32x16+-1+1",
		"32x16+1+1 ", "032x16+1+1", "99999x1+0+0"} {
		_, err := ParseCrop(bad)
		require.ErrorContains(t, err, "write WxH+X+Y", bad)
	}
	for p, name := range polarityNames() {
		got, err := ParsePolarity(name)
		require.NoError(t, err)
		require.Equal(t, Polarity(p), got)
		require.Equal(t, name, got.String())
	}
	_, err = ParsePolarity("both")
	require.ErrorContains(t, err, `polarity "both": write keep, merge, drop`)
}

// TestOpenSet: classes are numbered by name, samples in turn, and a folder of a split is
// gone into.
func TestOpenSet(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"Test/b/1.bin", "Test/b/2.bin", "Test/a/9.bin",
		"Test/a/readme.txt", "Test/.x/1.bin", "Train/a/1.dat", "flat/2.raw", "flat/1.raw",
		"none/x.txt"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), nil, 0o644))
	}
	at := func(names ...string) []string {
		for i := range names {
			names[i] = filepath.Join(root, names[i])
		}
		return names
	}
	s, err := OpenSet(root, "test")
	require.NoError(t, err)
	require.Equal(t, &Set{Name: root, Files: at("Test/a/9.bin", "Test/b/1.bin", "Test/b/2.bin"),
		Labels: []int{0, 1, 1}, Classes: []string{"a", "b"}}, s)
	require.Equal(t, at("Test/a/9.bin"), s.Head(1).Files)
	require.Equal(t, []int{0}, s.Head(1).Labels)
	s, err = OpenSet(filepath.Join(root, "flat"), "test")
	require.NoError(t, err)
	require.Equal(t, at("flat/1.raw", "flat/2.raw"), s.Files)
	require.Nil(t, s.Head(1).Labels)
	s, err = OpenSet(at("Train/a/1.dat")[0], "test")
	require.NoError(t, err)
	require.Equal(t, at("Train/a/1.dat"), s.Files)
	_, err = OpenSet(filepath.Join(root, "none"), "test")
	require.ErrorContains(t, err, "no recordings")
	require.NoError(t, os.RemoveAll(filepath.Join(root, "Test")))
	_, err = OpenSet(root, "test")
	require.ErrorContains(t, err, "none of the split test")
}
