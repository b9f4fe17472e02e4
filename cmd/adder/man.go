package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newManCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write manual pages of all commands into a folder",
		Long: `Write a manual page per command, adder.1, adder-run.1 and so on, into a folder, which is
made if need be. Pages of the same names are replaced.`,
		Example: `  adder man ./man && man ./man/adder-bench.1`,
		Args:    one("DIR, a folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // no line that names the day
			header := &doc.GenManHeader{Title: "ADDER", Section: "1", Source: "adder",
				Manual: "Adder"}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("write manual pages to %s: %w", args[0], err)
			}
			fmt.Fprintf(a.err, "wrote the manual pages to %s\n", args[0])
			if a.json {
				return a.printJSON(map[string]any{"dir": args[0]})
			}
			return nil
		},
	}
}
