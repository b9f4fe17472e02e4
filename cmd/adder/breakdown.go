package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"adder/bench"
)

// registerBy adds the flags that break counts and energies down.
func (f *runFlags) registerBy(cmd *cobra.Command, tables []string, usage string) {
	cmd.Flags().StringVar(&f.by, "by", "",
		"print counts and energy by core, layer, tick or part as well")
	cmd.Flags().StringSliceVar(&f.tables, "energy", tables, usage)
	offer(cmd, "by", bench.BreakdownKinds()...)
	must(cmd.RegisterFlagCompletionFunc("energy",
		func(c *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
			return completeTables(c, nil, word)
		}))
}

// checkBy refuses what cannot be broken down.
func (f *runFlags) checkBy() error {
	if f.by == "" {
		return nil
	}
	if f.engine == "reference" {
		return fmt.Errorf("--by %s: the reference engine has no chip to count on; the engines "+
			"that do are %s", f.by, strings.Join(engineNames(), ", "))
	}
	return bench.CheckBreakdown(f.by)
}

// breaksDown reports whether somebody sees a breakdown.
func (a *app) breaksDown(f *runFlags) bool { return a.json || f.by != "" }

// tellsTicks reports whether counts by tick are printed, or may be when the run resumes from its
// checkpoint with other output flags.
func (a *app) tellsTicks(f *runFlags) bool { return f.by == "tick" || a.tellsLinks(f) }

// tellsLinks is tellsTicks of what each link carried.
func (a *app) tellsLinks(f *runFlags) bool { return a.json || f.checkpoint != "" }
