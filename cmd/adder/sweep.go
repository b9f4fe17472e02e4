package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"adder/compiler/onnx"
	"adder/sweep"
)

// sweepFlags are the flags of `sweep`.
type sweepFlags struct {
	workers, budget, shards int
	shard, emit             string
	nats                    natsFlags
}

func newSweepCommand(a *app) *cobra.Command {
	f := &sweepFlags{}
	cmd := &cobra.Command{
		Use:   "sweep sweep.yaml",
		Short: "Run a command at many settings, and go on where it stopped",
		Long: `Run bench, run or compile at every point of a grid, or at points drawn from it, and
make a table, a Pareto front and a page of what they gave (docs/sweep.md). Values may be
those of any flag, of the model, the data, and of fields inside of a chip's profile:

  command: bench
  model: m.onnx
  data: digits
  flags: {limit: 500, energy: 45nm}
  grid:
    bits: [2, 4, 8]
    ticks: [8, 16, 32]
    chip.core.neurons: [64, 256]
  objectives: {accuracy: max, energy: min}
  where: accuracy > 0.9

The folder of sweep.yaml is the sweep's: results/ has a file for each point that has run.
The same command goes on where it was stopped, and runs what a wider grid adds alone.`,
		Example: `  adder sweep sweep.yaml
  adder sweep sweep.yaml --budget 20
  adder sweep sweep.yaml --shard 0/4
  adder sweep sweep.yaml --emit slurm --shards 16 > job.sh
  adder sweep show sweep.yaml --where 'accuracy > 0.97' --sort energy`,
		Args: one("sweep.yaml"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.sweep(cmd.Context(), args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0), "points run side by side; changes "+
		"no result")
	flags.IntVar(&f.budget, "budget", 0, "spend what `N` points with all samples cost: few "+
		"samples for all points, more for the promising")
	flags.StringVar(&f.shard, "shard", "", "run one part of the points, `i/n`; all parts share "+
		"the folder")
	flags.StringVar(&f.emit, "emit", "", "print a job script instead: "+
		strings.Join(sweep.Schedulers(), " or "))
	flags.IntVar(&f.shards, "shards", 8, "parts of the script of --emit")
	f.nats.register(cmd)
	offer(cmd, "emit", sweep.Schedulers()...)
	cmd.AddCommand(newSweepShowCommand(a), newSweepWorkerCommand(a))
	return cmd
}

// sweepJSON is the JSON of `sweep`.
type sweepJSON struct {
	Points   int                  `json:"points"`
	Ran      int                  `json:"ran"`
	Found    int                  `json:"found"`
	ByStatus map[sweep.Status]int `json:"by_status"`
	Front    []map[string]any     `json:"front"`
}

func (a *app) sweep(ctx context.Context, path string, f *sweepFlags) error {
	if f.emit != "" {
		return a.emitSweep(path, f)
	}
	shard, err := parseShard(f.shard)
	switch {
	case err != nil:
		return err
	case f.workers < 1:
		return fmt.Errorf("--workers %d: give one at least", f.workers)
	case f.budget < 0:
		return fmt.Errorf("--budget %d: give a number of points", f.budget)
	case f.budget > 0 && f.shard != "":
		return errors.New(
			"--budget chooses points by the results of all of them: leave out --shard")
	}
	spec, err := sweep.Open(path)
	if err != nil {
		return err
	}
	spec.Beside = besideModel
	if f.nats.url == "" && (f.nats.tokenFile != "" || f.nats.credentials != "" ||
		f.nats.authority != "") {
		return errors.New(
			"a token, credentials or a certificate are for a server: name it with --nats")
	}
	if err := errors.Join(checkSweepFlags(spec), checkSweepFiles(spec),
		checkSweepChips(spec)); err != nil {
		return fmt.Errorf("sweep %s: %w", path, err)
	}
	program, err := programHash()
	if err != nil {
		return err
	}
	workers, runner, end, err := a.sweepRunner(ctx, program, f)
	if err != nil {
		return err
	}
	defer end()
	bar := a.newProgress("sweep")
	summary, err := spec.Run(ctx, sweep.Options{
		Program: program, Workers: workers, Shard: shard, Budget: f.budget, Runner: runner,
		Progress: func(done, total int, _ *sweep.Point, _ *sweep.Record) { bar.set(done, total) },
	})
	bar.end()
	if summary == nil || summary.Table == nil {
		return err
	}
	return errors.Join(a.printSweep(spec, summary), err)
}

// inQueue is how many points a sweep has in a queue at once.
const inQueue = 1000

// sweepRunner runs points here, or has workers run them; end ends what it began.
func (a *app) sweepRunner(ctx context.Context, program string,
	f *sweepFlags) (workers int, run sweep.Runner, end func(), err error) {
	if f.nats.url == "" {
		return f.workers, a.pointRunner(), func() {}, nil
	}
	client, err := a.connect(ctx, &f.nats)
	if err != nil {
		return 0, nil, nil, err
	}
	d, err := client.Dispatch(ctx, program)
	if err != nil {
		client.Close()
		return 0, nil, nil, err
	}
	fmt.Fprintf(a.err,
		"adder: points go to %s: `adder sweep worker` with the same address runs them\n",
		client.URL())
	return inQueue, d.Run, func() { d.Close(); client.Close() }, nil
}

// checkSweepFlags refuses settings that the command has no flag for, before any point runs.
func checkSweepFlags(spec *sweep.Spec) error {
	cmd, _, err := newRootCommand(&app{}).Find([]string{spec.Command})
	if err != nil {
		return err
	}
	for _, name := range spec.Flags() {
		if cmd.Flag(name) == nil {
			return fmt.Errorf("%s is no flag of %s: see `%s --help`", name, spec.Command,
				cmd.CommandPath())
		}
	}
	return nil
}

// besideModel lists the files of external weights of a model.
func besideModel(path string) ([]string, error) {
	if !isONNX(path) {
		return nil, nil
	}
	return onnx.ExternalFiles(path)
}

func isONNX(path string) bool { return strings.EqualFold(filepath.Ext(path), ".onnx") }

// programHash is that of the executable that runs, which is tens of megabytes.
var programHash = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("sweep: %w", err)
	}
	return sweep.FileHash(path)
})

func (a *app) emitSweep(path string, f *sweepFlags) error {
	if _, err := sweep.Open(path); err != nil {
		return err
	}
	text, err := sweep.Script(f.emit, path, f.shards)
	if err == nil {
		_, err = fmt.Fprint(a.out, text)
	}
	return err
}

// parseShard reads i/n.
func parseShard(text string) (sweep.Shard, error) {
	if text == "" {
		return sweep.Shard{}, nil
	}
	index, of, _ := strings.Cut(text, "/")
	i, errI := strconv.Atoi(index)
	n, errN := strconv.Atoi(of)
	if errI != nil || errN != nil || n < 1 || i < 0 || i >= n {
		return sweep.Shard{}, fmt.Errorf("--shard %s: give i/n with i from 0 to n-1, such as 0/4",
			text)
	}
	return sweep.Shard{Index: i, Of: n}, nil
}

func (a *app) printSweep(spec *sweep.Spec, s *sweep.Summary) error {
	if a.json {
		if err := a.printJSON(sweepJSON{s.Points, s.Ran, s.Found, s.ByStatus,
			frontOf(s.Table)}); err != nil {
			return err
		}
		return checkSweepResults(s)
	}
	a.printf("%s: %d run now, %d found; %s", count(s.Points, "point"), s.Ran, s.Found,
		statuses(s.ByStatus))
	front := *s.Table
	front.Rows = nil
	for _, r := range s.Table.Rows {
		if r.Front {
			front.Rows = append(front.Rows, r)
		}
	}
	a.printf("\npoints that no other beats:")
	a.printSweepTable(&front)
	a.printDoubt(s.Table)
	a.printf("wrote %s in %s", strings.Join(s.Table.Files, ", "), spec.Folder())
	a.printFailures(s.Table)
	return checkSweepResults(s)
}

func statuses(by map[sweep.Status]int) string {
	var parts []string
	for _, s := range []sweep.Status{sweep.Done, sweep.Limited, sweep.Refused, sweep.Failed} {
		if by[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", by[s], s))
		}
	}
	return strings.Join(parts, ", ")
}

// frontOf are the rows of the front by column.
func frontOf(t *sweep.Table) []map[string]any {
	out := []map[string]any{}
	for i := range t.Rows {
		if t.Rows[i].Front {
			out = append(out, rowJSON(t, &t.Rows[i]))
		}
	}
	return out
}

// rowJSON is a row by column, numbers as numbers.
func rowJSON(t *sweep.Table, r *sweep.Row) map[string]any {
	out := map[string]any{"point": r.Number, "hash": r.Hash, "status": r.Status, "front": r.Front,
		"undecided": r.Undecided, "accuracy_interval": r.Interval}
	for i, name := range t.Columns {
		if x, err := strconv.ParseFloat(r.Cells[i], 64); err == nil {
			out[name] = x
		} else if r.Cells[i] != "" {
			out[name] = r.Cells[i]
		}
	}
	return out
}

func newSweepShowCommand(a *app) *cobra.Command {
	var where, sort string
	cmd := &cobra.Command{
		Use:   "show sweep.yaml",
		Short: "Show what a sweep has found so far",
		Long: `Show the results that a sweep's folder holds, without running anything. --where takes
an expression over settings and columns (docs/sweep.md), --sort a column, with "-" before
it for the largest first. --wide shows all columns.`,
		Example: `  adder sweep show sweep.yaml --where 'accuracy > 0.97' --sort energy
  adder sweep show sweep.yaml --where 'front and bits < 8' --sort -accuracy --json`,
		Args: one("sweep.yaml"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.showSweep(args[0], where, sort)
		},
	}
	cmd.Flags().StringVar(&where, "where", "", "only rows that meet this `CONDITION`")
	cmd.Flags().StringVar(&sort, "sort", "", "order by a `COLUMN`, -COLUMN for the largest first")
	return cmd
}

func (a *app) showSweep(path, where, sort string) error {
	spec, err := sweep.Open(path)
	if err != nil {
		return err
	}
	t, err := spec.Show()
	if err != nil {
		return err
	}
	if where != "" {
		condition, err := sweep.NewCondition(where)
		if err == nil {
			err = t.Where(condition)
		}
		if err != nil {
			return fmt.Errorf("--where: %w", err)
		}
	}
	if sort != "" {
		if err := t.Sort(sort); err != nil {
			return err
		}
	}
	if a.json {
		rows := []map[string]any{}
		for i := range t.Rows {
			rows = append(rows, rowJSON(t, &t.Rows[i]))
		}
		return a.printJSON(map[string]any{"rows": rows})
	}
	a.printSweepTable(t)
	a.printDoubt(t)
	return nil
}
