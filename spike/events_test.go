package spike

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// readEvents reads all samples of an event file with trains of a size.
func readEvents(text string, sources, ticks int) (samples []uint64, trains []*Train, err error) {
	r, err := NewEventReader(strings.NewReader(text), "in.csv")
	if err != nil {
		return nil, nil, err
	}
	for {
		train := NewTrain(sources, ticks)
		sample, err := r.Next(train)
		if errors.Is(err, io.EOF) {
			return samples, trains, nil
		}
		if err != nil {
			return nil, nil, err
		}
		samples, trains = append(samples, sample), append(trains, train)
	}
}

func TestEventFile(t *testing.T) {
	train := NewTrain(100, 5)
	train.Set(0, 3)
	train.Set(4, 99)
	train.Set(4, 0)
	var file bytes.Buffer
	w, err := NewEventWriter(&file)
	require.NoError(t, err)
	require.NoError(t, w.Write(0, train))
	require.NoError(t, w.Write(1, NewTrain(100, 5)))
	require.NoError(t, w.Write(12, train))
	require.ErrorContains(t, w.Write(12, train), "sample 12 after sample 12")
	require.NoError(t, w.Flush())
	require.Equal(t, "sample,tick,source\n0,0,3\n0,4,0\n0,4,99\n12,0,3\n12,4,0\n12,4,99\n",
		file.String())

	samples, trains, err := readEvents(file.String(), 100, 5)
	require.NoError(t, err)
	require.Equal(t, []uint64{0, 12}, samples)
	require.True(t, trains[0].Equal(train))
	require.True(t, trains[1].Equal(train))
}

func TestEventFileRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		train, _ := anyTrain(t)
		var file bytes.Buffer
		w, err := NewEventWriter(&file)
		require.NoError(t, err)
		require.NoError(t, w.Write(7, train))
		require.NoError(t, w.Flush())
		samples, trains, err := readEvents(file.String(), train.Sources(), train.Ticks())
		require.NoError(t, err)
		if train.Count() == 0 {
			require.Empty(t, samples)
			return
		}
		require.Equal(t, []uint64{7}, samples)
		require.True(t, train.Equal(trains[0]))
	})
}

func TestEventFileRefuses(t *testing.T) {
	const header = "sample,tick,source\n"
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", `in.csv:1: want the header "sample,tick,source", have ""`},
		{"other header", "tick,source\n",
			`in.csv:1: want the header "sample,tick,source", have "tick,source"`},
		{"two numbers", header + "0,1\n", `in.csv:2: want three numbers`},
		{"four numbers", header + "0,1,2,3\n", `in.csv:2: want three numbers`},
		{"blank line", header + "0,1,2\n\n0,2,2\n", `in.csv:3: want three numbers`},
		{"not a number", header + "0,x,2\n", `in.csv:2: "x" is not a number`},
		{"negative", header + "0,-1,2\n", `in.csv:2: "-1" is not a number`},
		{"too large", header + "0,1,18446744073709551616\n",
			`in.csv:2: "18446744073709551616" is not a number`},
		{"late tick", header + "0,5,2\n", `in.csv:2: tick 5, but a sample has 5 ticks (0 to 4)`},
		{"unknown source", header + "0,4,100\n",
			`in.csv:2: source 100, but there are 100 sources (0 to 99)`},
		{"twice", header + "0,1,2\n0,1,2\n", `in.csv:3: 0,1,2 does not come after 0,1,2`},
		{"tick falls", header + "0,2,2\n0,1,2\n", `in.csv:3: 0,1,2 does not come after 0,2,2`},
		{"sample falls", header + "1,0,0\n0,1,2\n", `in.csv:3: 0,1,2 does not come after 1,0,0`},
		{"long line", header + strings.Repeat("0", 1000), `in.csv:2: line longer than 256 bytes`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := readEvents(test.text, 100, 5)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestEventFileLineEnds(t *testing.T) {
	samples, trains, err := readEvents("sample,tick,source\r\n3,1,2\r\n3,1,4", 10, 5)
	require.NoError(t, err)
	require.Equal(t, []uint64{3}, samples)
	require.Equal(t, []int32{2, 4}, trains[0].AppendTick(1, nil))
}

func TestEventFileExtent(t *testing.T) {
	const header = "sample,tick,source\n"
	for _, test := range []struct {
		text         string
		sample, tick uint64
		want         string
	}{
		{header + "3,1,2", 3, 1, ""},
		{header + "0,7,1\n2,1,2\n2,4,0\n", 2, 7, ""},
		{header, 0, 0, "EOF"},
		{"sample,tick,source", 0, 0, "EOF"},
		{header + "0,1,2\n0,1,1\n", 0, 0, "in.csv:3: 0,1,1 does not come after 0,1,2"},
		{header + "0,1\n", 0, 0, "in.csv:2: want three numbers"},
	} {
		r, err := NewEventReader(strings.NewReader(test.text), "in.csv")
		require.NoError(t, err)
		sample, tick, err := r.Extent()
		if test.want != "" {
			require.ErrorContains(t, err, test.want)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, []uint64{test.sample, test.tick}, []uint64{sample, tick})
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("broken disk") }

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("full disk") }

func TestEventFileErrorsOfTheDisk(t *testing.T) {
	_, err := NewEventReader(failingReader{}, "in.csv")
	require.ErrorContains(t, err, "in.csv:1: read events: broken disk")
	w, err := NewEventWriter(failingWriter{})
	require.NoError(t, err)
	require.ErrorContains(t, w.Flush(), "full disk")
}

// FuzzEventReader checks that whatever is accepted comes back when it is written.
func FuzzEventReader(f *testing.F) {
	f.Add("sample,tick,source\n0,0,3\n0,4,0\n12,4,99\n")
	f.Add("sample,tick,source\r\n1,1,1")
	f.Add("sample,tick,source\n0,0,03\n0,0,3\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		samples, trains, err := readEvents(text, 100, 5)
		if err != nil {
			return
		}
		var file bytes.Buffer
		w, err := NewEventWriter(&file)
		require.NoError(t, err)
		for i, train := range trains {
			require.NoError(t, w.Write(samples[i], train))
		}
		require.NoError(t, w.Flush())
		againSamples, again, err := readEvents(file.String(), 100, 5)
		require.NoError(t, err)
		require.Equal(t, samples, againSamples)
		for i := range trains {
			require.True(t, trains[i].Equal(again[i]))
		}
	})
}
