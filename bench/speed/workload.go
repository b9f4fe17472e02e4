package speed

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"adder/chip"
	"adder/spike"
)

// workload is a network with a spike train to run it on. It is generated and always the
// same.
type workload struct {
	name string
	// batch is the number of samples that one thread runs in a row.
	batch int
	// learns has the chip learn, clocked takes the cycle engine.
	learns, clocked bool
	build           func(ctx context.Context) (*chip.Chip, *spike.Train, error)
}

// Names lists the workloads.
func Names() []string {
	var names []string
	for _, w := range workloads() {
		names = append(names, w.name)
	}
	return names
}

func workloads() []workload {
	layered := func(density, active float64,
		widths ...int) func(context.Context) (*chip.Chip, *spike.Train, error) {
		return layers{widths: widths, density: density, active: active}.build
	}
	return []workload{
		{name: "mlp-784-128-10", batch: 64, build: layered(1, 0.13, 784, 128, 10)},
		{name: "dense-784-400-10", batch: 64, build: layered(1, 0.1, 784, 400, 10)},
		{name: "dense-784-400-10-4bit", batch: 64, build: layers{widths: []int{784, 400, 10},
			density: 1, active: 0.1, bits: 4}.build},
		{name: "cnn-8-16", batch: 4, build: convolutions{side: 28, channels: []int{8, 16},
			active: 0.13}.build},
		{name: "sparse-784-1000-10", batch: 64, build: layered(0.05, 0.1, 784, 1000, 10)},
		{name: "sparse-10000-10000", batch: 1, build: grid{cores: 10, neurons: 1000, inputs: 10_000,
			active: 0.1, fan: 10}.build},
		{name: "ring-1e3", batch: 16, build: grid{cores: 1, neurons: 1000, period: 10,
			fan: 64}.build},
		{name: "ring-1e6", batch: 1, build: grid{cores: 1000, neurons: 1000, period: 10,
			fan: 64}.build},
		{name: "packets-32x256", batch: 4, build: grid{cores: 32, neurons: 256, period: 1,
			fan: 1}.build},
		{name: "idle-16384", batch: 1, build: grid{cores: 1 << 14, neurons: 8}.build},
		{name: "stdp-784-100", batch: 16, learns: true, build: learners{sources: 784, neurons: 100,
			active: 0.016}.build},
		{name: "cycle-64", batch: 1, clocked: true, build: grid{cores: 64, neurons: 8, period: 1,
			fan: 1, scattered: true}.build},
		{name: "cycle-16384", batch: 1, clocked: true,
			build: grid{cores: 1 << 14, neurons: 2, period: 4, fan: 1, scattered: true,
				ticks: 8}.build},
		{name: "cycle-idle-16384", batch: 1, clocked: true,
			build: grid{cores: 1 << 14, neurons: 8}.build},
	}
}

// choose looks workloads up by name.
func choose(names []string) ([]workload, error) {
	all := workloads()
	if names == nil {
		return all, nil
	}
	var chosen []workload
	for _, name := range names {
		at := slices.IndexFunc(all, func(w workload) bool { return w.name == name })
		if at < 0 {
			return nil, fmt.Errorf("no workload %q: there are %s", name,
				strings.Join(Names(), ", "))
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}
