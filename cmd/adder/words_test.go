package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Wrong words end with status 2 and leave standard output alone; the message names the
// word and says what to write.
func TestWordsThatAreNotKnown(t *testing.T) {
	const commands = "bench, chips, compile, data, demo, diagnose, energies, faults, fit, " +
		"inspect, man, report, reproduce, rtl, run, serve, sweep or train"
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"dance is no command of adder: write " + commands + "; see `adder --help`",
			[]string{"dance"}},
		{"fly is no command of adder: write fit;", []string{"fly"}},
		{"dmo is no command of adder: write demo;", []string{"dmo"}},
		{"fly is no command of adder train: write ann, snn or stdp; see `adder train --help`",
			[]string{"train", "fly"}},
		{"fly is no command of adder data: write fetch, inspect or list;", []string{"data", "fly"}},
		{"train needs a command, ann, snn or stdp: see `adder train --help`", []string{"train"}},
		{"data needs a command, fetch, inspect or list", []string{"data"}},
		{"fly is no command of adder", []string{"help", "fly"}},
		{"fly is no command of adder train", []string{"help", "train", "fly"}},
		{`demo takes flags only, and "fast" is one word too many: see ` + "`adder demo --help`",
			[]string{"demo", "fast"}},
		{`bench speed takes flags only, and "now"`, []string{"bench", "speed", "now"}},
		{"adder demo has no flag --fast: see `adder demo --help`", []string{"demo", "--fast"}},
		{"adder run has no flag -x: see `adder run --help`", []string{"run", "-x", "m.onnx"}},
		{"train ann needs --data and --out: see `adder train ann --help`",
			[]string{"train", "ann"}},
		{"train stdp needs --out:", []string{"train", "stdp", "--data", "digits"}},
		{"compile needs --out:", []string{"compile", "m.onnx"}},
		{"bench needs samples: give --data DIR", []string{"bench", "m.onnx"}},
		{"--data needs a value behind it: see `adder run --help`",
			[]string{"run", "m.onnx", "--data"}},
		{"--ticks many: write a whole number", []string{"run", "m.onnx", "--data", "digits",
			"--ticks", "many"}},
		{"--seed -1: write a whole number from 0", []string{"run", "m.onnx", "--data", "digits",
			"--seed", "-1"}},
		{"--percentile high: write a number", []string{"compile", "m.onnx", "-o", "m.adder",
			"--percentile", "high"}},
		{"--hidden wide: write whole numbers with commas between them",
			[]string{"train", "ann", "--hidden", "wide"}},
		{"--duration long: write a time such as 1s", []string{"bench", "speed", "--duration",
			"long"}},
		{"bad flag syntax: --=x: see `adder chips --help`", []string{"chips", "--=x"}},
		{"run needs samples: give --data DIR", []string{"run", "m.onnx"}},
		{"the samples come from one of them", []string{"run", "m.onnx", "--data", "digits",
			"--spikes", "in.npz"}},
	} {
		r := runCommand(tt.args...)
		require.Equal(t, exitUsage, r.code, "%v", tt.args)
		require.Empty(t, r.out, "%v", tt.args)
		require.Contains(t, r.err, tt.want, "%v", tt.args)
		require.NotContains(t, r.err, "strconv", "%v", tt.args)
		require.NotContains(t, r.err, "flag(s)", "%v", tt.args)
	}
}

func TestHelpDescribesACommand(t *testing.T) {
	for _, args := range [][]string{{"help", "train", "ann"}, {"train", "ann", "--help"}} {
		r := runCommand(args...)
		require.Equal(t, exitDone, r.code, r.err)
		require.Contains(t, r.out, "multilayer perceptron")
	}
	require.Contains(t, runCommand().out, "Available Commands")
	require.Contains(t, runCommand("help").out, "Available Commands")
}
