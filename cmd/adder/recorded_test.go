package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// pair is a network of two inputs, the off and on events of one pixel.
const pair = `name: pair
chip: loihi
input: {size: 2}
populations:
  - {name: out, size: 1, du: 4095, dv: 163, vth: 25}
connections:
  - {from: input, to: out, weights: [[10, 10]]}
`

// digitsOfEvents writes two recordings of one pixel by class: 4 events on, 2 off, and
// 2 on, in N-MNIST's form.
func digitsOfEvents(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, b := range map[string][]byte{
		"zero/1.bin": {0, 0, 0x80, 0, 0, 0, 0, 0x80, 0, 10, 0, 0, 0x80, 0, 20, 0, 0, 0, 0, 21, 0, 0,
			0, 0, 30, 0, 0, 0x80, 0, 40},
		"one/1.bin": {0, 0, 0x80, 0, 0, 0, 0, 0x80, 0, 40},
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), b, 0o600))
	}
	return root
}

func TestEventsRun(t *testing.T) {
	net, root := saveText(t, "pair.yaml", pair), digitsOfEvents(t)
	doc := requireCounts(t, "run", net, "--events", root, "--event-dt", "0.00001", "--crop",
		"1x1+0+0")
	require.Equal(t, 2.0, doc["samples"])
	require.Equal(t, 4.0, doc["ticks"])
	require.Equal(t, "events", doc["encoder"])
	require.Equal(t, 6.0, doc["counts"].(map[string]any)["input_spikes"],
		"the last of each is after the last tick")
	one := filepath.Join(root, "zero", "1.bin")
	doc = requireCounts(t, "run", net, "--events", one, "--event-ticks", "2", "--crop", "1x1+0+0",
		"--counts", "clip")
	require.Equal(t, 3.0, doc["counts"].(map[string]any)["input_spikes"])
	r := runCommand("bench", net, "--events", root, "--event-dt", "0.00001", "--crop", "1x1+0+0",
		"--json")
	require.Equal(t, exitDone, r.code, r.err)
	require.Contains(t, r.err, "there is no ANN to compare with")
	require.Contains(t, r.err, "events later than the last whole tick of their recording: 2, "+
		"left out")
	doc = decode(t, r.out)
	require.Nil(t, doc["ann"])
	require.Equal(t, 3.0, doc["snn"].(map[string]any)["input_spikes"], "per sample")
	require.NotEmpty(t, doc["energy"])
}

// TestSpikesArePriced: a list of spikes, alone.
func TestSpikesArePriced(t *testing.T) {
	net, list := saveText(t, "pair.yaml", pair), saveText(t, "in.csv",
		"sample,tick,source\n0,0,0\n0,1,1\n1,3,0\n")
	for _, flag := range []string{"--spikes", "--events"} {
		r := runCommand("bench", net, flag, list, "--json")
		require.Equal(t, exitDone, r.code, r.err)
		require.Equal(t, 1.5, decode(t, r.out)["snn"].(map[string]any)["input_spikes"])
	}
}

// TestEventsBesideAnANN: the ANN that a network was converted from takes the rates of
// the recordings, and is calibrated with them.
func TestEventsBesideAnANN(t *testing.T) {
	root := t.TempDir()
	for class := range 2 {
		folder := filepath.Join(root, string(rune('a'+class)))
		require.NoError(t, os.MkdirAll(folder, 0o755))
		var b []byte
		for i := range 60 {
			b = append(b, byte(i%28), byte(7+class), 0x80, 0, byte(i))
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, "1.bin"), b, 0o600))
	}
	args := []string{"--events", root, "--event-ticks", "8", "--polarity", "merge", "--crop",
		"28x28+0+0", "--counts", "clip", "--json"}
	r := runCommand(append([]string{"bench", model(t)}, args...)...)
	require.Equal(t, exitDone, r.code, r.err)
	doc := decode(t, r.out)
	require.NotNil(t, doc["ann"])
	require.NotNil(t, doc["ann"].(map[string]any)["accuracy"])
	require.Less(t, doc["ann"].(map[string]any)["effective_macs"],
		doc["ann"].(map[string]any)["macs"])
	require.Equal(t, 8.0, doc["snn"].(map[string]any)["ticks"])
}

// TestAnANNWithoutLabels has no accuracy, and costs what it costs.
func TestAnANNWithoutLabels(t *testing.T) {
	path := saveText(t, "1.bin", "\x01\x02\x80\x00\x00\x03\x04\x80\x00\x63")
	r := runCommand("bench", model(t), "--events", path, "--event-ticks", "4", "--polarity",
		"merge", "--crop", "28x28+0+0", "--counts", "clip", "--json")
	require.Equal(t, exitDone, r.code, r.err)
	ann := decode(t, r.out)["ann"].(map[string]any)
	require.Nil(t, ann["accuracy"])
	require.Nil(t, ann["accuracy_interval"])
	require.Positive(t, ann["macs"])
}

func TestEventFlagsThatAreRefused(t *testing.T) {
	net, root := saveText(t, "pair.yaml", pair), digitsOfEvents(t)
	events := []string{"run", net, "--events", root}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"say how time becomes ticks: --event-ticks N", events},
		{"--event-ticks and --event-dt both say how long a tick is",
			append(events, "--event-ticks", "3", "--event-dt", "1")},
		{"--encoder: these turn pictures into spikes, and events are spikes already",
			append(events, "--event-ticks", "3", "--encoder", "rate")},
		{"--intensity: these turn pictures into spikes",
			append(events, "--event-ticks", "3", "--intensity", "10")},
		{"--event-ticks -1: write 1 to", append(events, "--event-ticks", "-1")},
		{"--event-dt 1e-12: write seconds, a nanosecond or more",
			append(events, "--event-dt", "1e-12")},
		{`--polarity: polarity "both": write keep, merge, drop`,
			append(events, "--event-ticks", "3", "--polarity", "both")},
		{`--crop: crop "3x3": write WxH+X+Y`, append(events, "--event-ticks", "3", "--crop",
			"3x3")},
		{"--downsample -2: write how many pixels",
			append(events, "--event-ticks", "3", "--downsample", "-2")},
		{"--spike-layout is for arrays of spikes",
			append(events, "--event-ticks", "3", "--spike-layout", "tb")},
		{`--counts: counts "many": write refuse, clip, keep`, append(events, "--counts", "many")},
		{`--spike-layout: layout "x": write bt`, append(events, "--spike-layout", "x")},
		{"--event-ticks: these are for recordings of events: give one with --events",
			[]string{"run", net, "--data", "digits", "--event-ticks", "3"}},
		{"--crop: the spikes of a.csv have ticks already", []string{"run", net, "--events", "a.csv",
			"--crop", "1x1+0+0"}},
		{"--spikes a.npz and --events b.bin: the samples come from one of them",
			[]string{"run", net, "--spikes", "a.npz", "--events", "b.bin", "--event-ticks", "3"}},
		{"bench needs samples: give --data DIR", []string{"bench", net}},
		{"a.bin: this ends as recordings of event cameras do: give it with --events",
			[]string{"run", net, "--spikes", "a.bin"}},
	} {
		r := runCommand(c.args...)
		require.Equal(t, exitUsage, r.code, r.err)
		require.Contains(t, r.err, c.want)
	}
}
