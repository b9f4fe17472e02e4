package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/survey"
)

// fitsOf runs `fit --json` and gives its results by chip.
func fitsOf(t *testing.T, code int, args ...string) map[string]map[string]any {
	t.Helper()
	r := runCommand(append(append([]string{"fit"}, args...), "--json")...)
	require.Equal(t, code, r.code, r.err)
	out := map[string]map[string]any{}
	for _, one := range decode(t, r.out)["fit"].([]any) {
		f := one.(map[string]any)
		out[f["chip"].(string)] = f
	}
	return out
}

// TestFitAsksEveryChip: a row for each, and what compile says of the emulated ones.
func TestFitAsksEveryChip(t *testing.T) {
	m, dir := model(t), t.TempDir()
	fits := fitsOf(t, exitDone, m)
	require.Len(t, fits, len(profile.Shipped()))
	for name, f := range fits {
		p, err := profile.Load(name)
		require.NoError(t, err)
		require.Equal(t, p.FitOnly == nil, f["exact"], name)
		require.Equal(t, p.FitOnly != nil, f["label"] == survey.FitOnlyLabel, name)
		require.Nil(t, f["accuracy"], "nothing was run")
		limits := f["limits"].([]any)
		require.Equal(t, f["fits"].(bool), len(limits) == 0, name)
		for _, l := range limits {
			for _, key := range []string{"layer", "limit", "need", "have", "help"} {
				require.Contains(t, l, key)
			}
			require.NotEmpty(t, l.(map[string]any)["help"])
		}
	}
	for _, name := range []string{"adder", "loihi"} {
		image := filepath.Join(dir, name+".adder")
		r := runCommand("compile", m, "--calibrate", "digits", "--chip", name, "-o", image,
			"--json")
		compiled := decode(t, r.out)
		require.Equal(t, compiled["fits"], fits[name]["fits"], name)
		if compiled["fits"].(bool) {
			require.Equal(t, compiled["cores_used"], fits[name]["cores"], name)
		}
	}
}

// TestFitRuns: with samples accuracy is that of `run`, and no chip for fit alone has one.
func TestFitRuns(t *testing.T) {
	m := model(t)
	fits := fitsOf(t, exitDone, m, "--chip", "adder,darwin3", "--data", "digits", "--limit", "20")
	ran := decode(t, runCommand("run", m, "--data", "digits", "--limit", "20", "--json").out)
	require.Equal(t, ran["accuracy"], fits["adder"]["accuracy"])
	require.EqualValues(t, 20, fits["adder"]["samples"])
	interval := fits["adder"]["accuracy_interval"].([]any)
	require.Less(t, interval[0], ran["accuracy"].(float64)+1e-9)
	require.Nil(t, fits["darwin3"]["accuracy_interval"])
	require.Positive(t, fits["adder"]["seconds"])
	require.Nil(t, fits["adder"]["energy_pj"], "no table is of that chip")
	require.Equal(t, true, fits["darwin3"]["fits"])
	require.Nil(t, fits["darwin3"]["accuracy"])
	text := runCommand("fit", m, "--chip", "loihi", "--data", "digits", "--limit", "20", "--wide").out
	narrow := runCommand("fit", m, "--chip", "loihi,darwin3", "--data", "digits", "--limit", "20").out
	require.Regexp(t, `ACCURACY +│ TIME +│ ENERGY`, narrow, "what was measured is not cut")
	require.Regexp(t, ` \(\d+\.\d\d-\d+\.\d\d\) │ `, text, "an accuracy has its interval")
	require.Contains(t, text, "Accuracies on 20 samples, with 95 % intervals.")
	require.Regexp(t, `loihi +│ yes .* [nu]J │`, text, "an energy has a readable unit")
	require.Contains(t, text, "loihi: It fits with a second compartment for each of ")
}

// TestFitNamesTheHopelessFirst: what no setting mends stands before what one does, in JSON and
// in text.
func TestFitNamesTheHopelessFirst(t *testing.T) {
	m := model(t)
	limits := fitsOf(t, exitLimit, m, "--chip", "xylo-imu,odin")["odin"]["limits"].([]any)
	mended := false
	for _, l := range limits {
		now := l.(map[string]any)["mendable"].(bool)
		require.False(t, mended && !now, "%v", limits)
		mended = now
	}
	require.True(t, mended)
	text := runCommand("fit", m, "--chip", "xylo-imu,odin").out
	require.Greater(t, strings.Index(text, "mended by"), strings.LastIndex(text, "no setting mends"))
}

// TestFitOnBoards: chips of a board are counted, in the table, in JSON and where it is run.
func TestFitOnBoards(t *testing.T) {
	m := model(t)
	fits := fitsOf(t, exitDone, m, "--chip", "adder,xylo-imu", "--board", "2x3", "--data", "digits",
		"--limit", "4")
	require.Equal(t, map[string]any{"width": 2.0, "height": 3.0}, fits["adder"]["board"])
	require.EqualValues(t, 6*64, fits["adder"]["cores_total"])
	require.EqualValues(t, 1, fits["adder"]["chips"])
	require.NotNil(t, fits["adder"]["accuracy"])
	require.Nil(t, fits["xylo-imu"]["board"])
	r := runCommand("fit", m, "--chip", "adder,xylo-imu", "--board", "2x3")
	require.Contains(t, r.out, "on boards of 2x3 chips")
	require.Contains(t, r.out, "of 384 (1 of 6 chips)")
	require.Contains(t, r.out, "holds one network by itself: xylo-imu")
}

// TestFitOfNone: where no chip fits the status is 1, and every form says what is not emulated.
func TestFitOfNone(t *testing.T) {
	m, dir := model(t), t.TempDir()
	table, picture := filepath.Join(dir, "f.csv"), filepath.Join(dir, "f.svg")
	r := runCommand("fit", m, "--chip", "odin", "--csv", table, "--plot", picture)
	require.Equal(t, exitLimit, r.code, r.err)
	require.Contains(t, r.out, "odin ("+survey.FitOnlyLabel+")")
	require.Contains(t, r.err, "fits none of odin")
	for _, path := range []string{table, picture} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(text), survey.FitOnlyLabel)
	}
	r = runCommand("fit", m, "--chip", "odin", "--markdown")
	require.Equal(t, exitLimit, r.code)
	require.Contains(t, r.out, "`odin` core_classes: core: 1 core of 256 neurons")
}

// TestFitWords: what cannot be asked is said, with what to write.
func TestFitWords(t *testing.T) {
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"fit needs a MODEL", []string{"fit"}},
		{"is an image, which is of one chip", []string{"fit", "x.adder"}},
		{"is a case file", []string{"fit", "x.yaml"}},
		{`profile "lohi" is not shipped`, []string{"fit", "m.onnx", "--chip", "lohi"}},
		{"write it alone", []string{"fit", "m.onnx", "--chip", "all,odin"}},
		{"add --data", []string{"fit", "m.onnx", "--limit", "3"}},
		{"--board: board \"4\": write the chips as WIDTHxHEIGHT",
			[]string{"fit", "m.onnx", "--board", "4"}},
		{"end the name in .svg", []string{"fit", "m.onnx", "--plot", "f.png"}},
		{"chip odin is for fit alone and not emulated",
			[]string{"compile", "m.onnx", "--chip", "odin", "-o", "x.adder", "--calibrate",
				"digits"}},
	} {
		if tt.args[len(tt.args)-1] == "digits" {
			tt.args[1] = model(t)
		}
		r := runCommand(tt.args...)
		require.Equal(t, exitUsage, r.code, "%v", tt.args)
		require.Contains(t, r.err, tt.want, "%v", tt.args)
	}
	require.Contains(t, runCommand("chips", "speck2f").out, "Fit only: not emulated")
	require.Contains(t, strings.Join(strings.Fields(runCommand("chips").out), " "),
		"odin (fit only)")
}
