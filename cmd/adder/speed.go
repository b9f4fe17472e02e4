package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/bench/speed"
)

func newBenchSpeedCommand(a *app) *cobra.Command {
	o := speed.Options{}
	cmd := &cobra.Command{
		Use:   "speed",
		Short: "Measure the emulator's own speed beside the bare kernel's",
		Long: `Run generated networks, each of which strains one part of the emulator, and in the same
run the bare kernel of this processor: rows of weights summed in registers, by its widest
instructions, without neurons, routes and counters. Speeds are per second of processor
time; --json has wall time too. docs/performance.md says what the workloads are.

Workloads: ` + strings.Join(speed.Names(), ", ") + ".",
		Example: `  adder bench speed
  adder bench speed --workloads ring-1e3,ring-1e6 --threads 1
  adder bench speed --duration 5s --threads 1 --json`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Duration <= 0 {
				return fmt.Errorf("--duration %s: give a time above 0, such as 1s", o.Duration)
			}
			for _, n := range o.Threads {
				if n < 1 || n > 1024 {
					return fmt.Errorf("--threads %d: give 1 to 1024", n)
				}
			}
			rows, err := speed.Measure(cmd.Context(), o)
			if err != nil {
				return err
			}
			return a.printSpeed(rows)
		},
	}
	cmd.Flags().DurationVar(&o.Duration, "duration", time.Second, "least time of each measurement")
	cmd.Flags().IntSliceVar(&o.Threads, "threads", nil, "numbers of threads; default 1 and all")
	cmd.Flags().StringSliceVar(&o.Workloads, "workloads", nil, "workloads to measure; default all")
	return cmd
}

func (a *app) printSpeed(rows []speed.Row) error {
	if a.json {
		return a.printJSON(map[string]any{"rows": rows})
	}
	var lines []table.Row
	for _, r := range rows {
		lines = append(lines, table.Row{
			r.Workload, r.Threads, millions(r.KernelAddsPerCPUSecond),
			millions(r.SynopsPerCPUSecond), fmt.Sprintf("%.2f", r.Ratio),
			fmt.Sprintf("%.4g", r.SamplesPerCPUSecond), millions(r.SpikesPerCPUSecond),
			millions(r.HopsPerCPUSecond),
			fmt.Sprintf("%.1f", r.BytesPerSynapse),
		})
	}
	a.printTable(table.Row{"workload", "threads", "kernel adds", "synops", "ratio", "samples",
		"spikes", "hops", "bytes/synapse"}, lines)
	fmt.Fprint(a.out,
		"kernel adds, synops, samples, spikes and hops per second of processor time\n")
	return nil
}

// millions writes a speed in millions, and nothing for none.
func millions(x float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf("%.3g M", x/1e6)
}
