package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"adder/serve"
)

func newServeCommand(a *app) *cobra.Command {
	var stdio bool
	cmd := &cobra.Command{
		Use:   "serve --stdio",
		Short: "Answer the requests of another program on standard input and output",
		Long: `Hold images and sessions for another program, which starts this one as its child and
sends requests as frames on standard input: a length, an operation, a JSON header and
raw arrays. docs/serve.md is the contract; the Python package speaks it. The end of the
input ends everything.`,
		Example: "  adder serve --stdio",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !stdio {
				return errors.New("serve needs --stdio: requests come on standard input, and " +
					"there is no other way in")
			}
			s := serve.Server{Program: version(), Command: func(ctx context.Context, args []string,
				out, errOut io.Writer) int {
				return executeWith(ctx, a.read, args, out, errOut)
			}}
			return s.Serve(cmd.Context(), cmd.InOrStdin(), a.out)
		},
	}
	cmd.Flags().BoolVar(&stdio, "stdio", false, "take requests on standard input and answer on "+
		"standard output")
	return cmd
}
