package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"adder/internal/dataset"
)

// Exit codes of the contract.
const (
	exitDone  = 0 // done
	exitLimit = 1 // the run ended but a limit was hit, a disk was full, or it was interrupted
	exitUsage = 2 // the words or the files given were wrong
)

// app is shared by the commands: the writers of results and messages.
type app struct {
	out, err io.Writer
	json     bool
	// wide lets tables be wider than a screen.
	wide bool
	// ending is set when a command writes output that must be complete.
	ending atomic.Bool
	// warned are the warnings of warnOnce.
	warned []string
	// read opens data sets. Tests set it, to cache what many commands load.
	read opener
	// shelf, if not nil, is shared with other commands of the process.
	shelf *shelf
}

// opener opens the first limit samples of a split of a data set, as dataset.OpenHead does.
type opener func(name string, split dataset.Split, limit int) (*dataset.Set, error)

// limitError ends a command with exitLimit: what was asked for was done,
// and a limit was hit.
type limitError struct{ error }

func (e limitError) Unwrap() error { return e.error }

// execute runs the command line and returns the exit code.
func execute(ctx context.Context, args []string, out, errOut io.Writer) int {
	return executeWith(ctx, dataset.OpenHead, args, out, errOut)
}

// executeWith is execute with another way to data sets.
func executeWith(ctx context.Context, read opener, args []string, out, errOut io.Writer) int {
	results := &noticed{to: out}
	a := &app{out: results, err: errOut, read: read}
	root := newRootCommand(a)
	root.SetArgs(append([]string{}, args...)) // for nil, cobra reads the program's own words
	root.SetOut(results)
	root.SetErr(errOut)
	err, left := a.until(ctx, func() error { return root.ExecuteContext(ctx) })
	if err == nil {
		err = results.failure()
	}
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil {
		err = limitError{fmt.Errorf("interrupted: %w", err)}
	}
	fmt.Fprintln(errOut, "adder:", err)
	code := exitCode(err)
	// Flags after one that is wrong are not read, and a command that was left may
	// read them still.
	asked := slices.Contains(args, "--json") || !left && a.json
	if asked && results.close() {
		last := &app{out: out}
		_ = last.printJSON(map[string]any{"error": err.Error(), "exit_status": code})
	}
	return code
}

// exitCode is that of a command that failed.
func exitCode(err error) int {
	var limit limitError
	if errors.As(err, &limit) || cannotWrite(err) {
		return exitLimit
	}
	return exitUsage
}

// noticed remembers whether anything was written.
type noticed struct {
	to              io.Writer
	mu              sync.Mutex
	written, closed bool
	failed          error
}

// Write implements io.Writer.
func (n *noticed) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return 0, os.ErrClosed
	}
	n.written = true
	written, err := n.to.Write(b)
	if err != nil && n.failed == nil {
		n.failed = err
	}
	return written, err
}

// failure is the error of a result that was not written.
func (n *noticed) failure() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.failed == nil {
		return nil
	}
	return limitError{fmt.Errorf("the result was not written whole: %w", n.failed)}
}

// close ends what can be written and reports whether nothing was.
func (n *noticed) close() (empty bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	return !n.written
}

func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "adder",
		Short: "Emulate trained networks on neuromorphic hardware and price them",
		Long: `adder takes a trained network and a neuromorphic chip and answers: does it fit,
does it still classify, how long does an inference take, where does the energy
go, and does it beat the ANN?

Results go to standard output, progress and warnings to standard error. Exit
status 0: done; 1: a limit was hit, nothing more could be written, or the run was
interrupted; 2: the words or files given were wrong. With --json the one document
on standard output is the result, or {"error": ..., "exit_status": ...} where there
is none.`,
		Example: `  adder demo
  adder train ann --data digits --hidden 64 --epochs 3 -o m.onnx
  adder run m.onnx --data digits
  adder bench m.onnx --ann m.onnx --data digits`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print exactly one JSON document on "+
		"standard output")
	root.PersistentFlags().BoolVar(&a.wide, "wide", false, "let tables be wider than 100 columns")
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		if err := requireFlags(cmd, args); err != nil {
			return err
		}
		return requireOutputs(cmd, args)
	}
	root.SetHelpCommand(newHelpCommand())
	parent(root,
		newDemoCommand(a),
		newManCommand(a),
		newDataCommand(a),
		newTrainCommand(a),
		newCompileCommand(a),
		newInspectCommand(a),
		newRunCommand(a),
		newRTLCommand(a),
		newBenchCommand(a),
		newDiagnoseCommand(a),
		newReportCommand(a),
		newSweepCommand(a),
		newFaultsCommand(a),
		newFitCommand(a),
		newReproduceCommand(a),
		newChipsCommand(a),
		newEnergiesCommand(a),
		newServeCommand(a),
	)
	root.InitDefaultCompletionCmd()
	exampleOfCompletion(root)
	// Alone, the program says what it can do.
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return root
}

// exampleOfCompletion says how the shell gets the script that cobra makes for it.
func exampleOfCompletion(root *cobra.Command) {
	cmd, _, err := root.Find([]string{"completion"})
	must(err)
	cmd.Short = "Write the script by which a shell completes commands and flags"
	cmd.Long = "Write the script by which a shell completes commands, flags and their values."
	cmd.Example = `  source <(adder completion bash)
  source <(adder completion zsh)
  adder completion bash > ~/.local/share/bash-completion/completions/adder
  adder completion fish > ~/.config/fish/completions/adder.fish
  adder completion powershell | Out-String | Invoke-Expression`
}

// released is the version of a program that was built as a release; the linker sets it.
var released string

// version is that of the release, or else what the go command recorded of the source, "(devel)"
// where it knew nothing.
func version() string {
	if released != "" {
		return released
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
