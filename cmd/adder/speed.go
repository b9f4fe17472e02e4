package main

import (
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/bench"
)

func newBenchSpeedCommand(a *app) *cobra.Command {
	o := bench.SpeedOptions{}
	cmd := &cobra.Command{
		Use:   "speed",
		Short: "Measure the emulator's own speed beside the bare kernel's",
		Long: `Run generated networks on the fast engine and, in the same run, a plain loop that
adds rows of int8 weights to int32 accumulators in the first-level cache: the speed
that a program without neurons, routes and counters would have. Both are wall time.`,
		Example: `  adder bench speed
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
			rows, err := bench.Speed(cmd.Context(), o)
			if err != nil {
				return err
			}
			return a.printSpeed(rows)
		},
	}
	cmd.Flags().DurationVar(&o.Duration, "duration", time.Second, "least time of each measurement")
	cmd.Flags().IntSliceVar(&o.Threads, "threads", nil, "numbers of threads; default 1 and all")
	return cmd
}

func (a *app) printSpeed(rows []bench.SpeedRow) error {
	if a.json {
		return a.printJSON(map[string]any{"rows": rows})
	}
	var lines []table.Row
	for _, r := range rows {
		lines = append(lines, table.Row{
			r.Workload, r.Threads, fmt.Sprintf("%.0f M", r.KernelAddsPerSecond/1e6), fmt.Sprintf("%.0f M", r.SynopsPerSecond/1e6),
			fmt.Sprintf("%.2f", r.Ratio), fmt.Sprintf("%.1f", r.BytesPerSynapse),
		})
	}
	a.printTable(table.Row{"workload", "threads", "kernel adds/s", "synops/s", "ratio", "bytes/synapse"}, lines)
	return nil
}
