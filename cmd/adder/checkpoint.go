package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"adder/bench"
	"adder/internal/checkpoint"
	"adder/internal/dataset"
	"adder/layout"
	"adder/sample"
	"adder/sweep"
)

// checkpointFlags are those of an emulation that resumes where it ended (docs/checkpoints.md).
type checkpointFlags struct {
	checkpoint, every string
	// facts are the identity of the run by the flags.
	facts []checkpoint.Fact
}

// defaultEvery is the number of samples between two checkpoints.
const defaultEvery = "1000"

func (f *checkpointFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.checkpoint, "checkpoint", "", "file to keep the state of the run in, and "+
		"to go on from")
	flags.StringVar(&f.every, "every", defaultEvery, "samples between checkpoints, or ticks with "+
		"a t behind, such as 500t, for long samples")
	writes(cmd, "checkpoint")
}

// apart are the flags that no checkpoint depends on: for output after all samples are done, and
// those whose files are identified by content.
var apart = []string{
	"checkpoint", "every", "workers", "json", "wide", "help", "by", "energy", "margin",
	"allow-drops", "out", "plot", "plot-bill",
	"plot-map", "csv", "sample", "data", "spikes", "events", "ann", "calibrate", "chip",
	"placement",
}

// readFacts records the flags of a command, before defaults are set.
func (f *checkpointFlags) readFacts(cmd *cobra.Command) error {
	if f.checkpoint == "" {
		if cmd.Flags().Changed("every") {
			return errors.New("--every says how often --checkpoint FILE is written: give that, too")
		}
		return nil
	}
	if _, _, err := f.interval(); err != nil {
		return err
	}
	program, err := programHash()
	if err != nil {
		return err
	}
	f.facts = []checkpoint.Fact{{Name: "program", Value: short(program)},
		{Name: "command", Value: cmd.Name()}}
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if err == nil && !slices.Contains(apart, flag.Name) {
			value := flag.Value.String()
			if flag.Name == "fault" {
				value, err = contentOf(value)
			}
			f.note("--"+flag.Name, value)
		}
	})
	return err
}

// contentOf is a value, or what is in the file that it names.
func contentOf(value string) (string, error) {
	info, err := os.Stat(value)
	if value == "" || err != nil || !info.Mode().IsRegular() {
		return value, nil
	}
	sum, err := sweep.FileHash(value)
	return short(sum), err
}

func (f *checkpointFlags) note(name, value string) {
	if value == "" || value == "[]" {
		value = "not given"
	}
	f.facts = append(f.facts, checkpoint.Fact{Name: name, Value: value})
}

// short is enough of a hash to tell one from another.
func short(sum string) string { return "sha256:" + sum[:16] }

// interval reads --every.
func (f *checkpointFlags) interval() (samples, ticks int, err error) {
	digits, inTicks := strings.CutSuffix(f.every, "t")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 {
		return 0, 0, fmt.Errorf("--every %s: write a number of samples, such as 1000, or of "+
			"ticks, such as 500t", f.every)
	}
	if inTicks {
		return 0, n, nil
	}
	return n, 0, nil
}

// noteImage records the image of a run.
func (f *checkpointFlags) noteImage(img *layout.Image) error {
	if f.checkpoint == "" {
		return nil
	}
	h := sha256.New()
	if err := layout.Write(h, img); err != nil {
		return err
	}
	f.noteSum("image", h)
	return nil
}

// noteModel records the model of a file.
func (f *checkpointFlags) noteModel(name, path string) error {
	if f.checkpoint == "" || path == "" {
		return nil
	}
	beside, err := besideModel(path)
	if err != nil {
		return err
	}
	h := sha256.New()
	for _, file := range append([]string{path}, beside...) {
		sum, err := sweep.FileHash(file)
		if err != nil {
			return err
		}
		fmt.Fprintln(h, sum)
	}
	f.noteSum(name, h)
	return nil
}

func (f *checkpointFlags) noteSum(name string, h hash.Hash) {
	f.note(name, short(hex.EncodeToString(h.Sum(nil))))
}

// noteSamples records the samples of a run.
func (f *runFlags) noteSamples(name string, s sample.Source) error {
	if f.checkpoint == "" || s == nil {
		return nil
	}
	if encoded, ok := s.(*sample.Encoded); ok {
		h := sha256.New()
		sumSet(h, encoded.Set)
		f.noteSum(name, h)
		return nil
	}
	path := f.spikes + f.events // one of them is set
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return fmt.Errorf("--checkpoint: the samples of %s cannot be read again: give a file", path)
	}
	sum, err := sweep.FileHash(path)
	f.note(name, short(sum))
	return err
}

// sumSet hashes the samples of a set and their classes.
func sumSet(h hash.Hash, set *dataset.Set) {
	fmt.Fprintln(h, set.Name, set.Shape)
	_, _ = h.Write(set.Bytes)
	for _, list := range []any{set.Reals, set.Labels} {
		_ = binary.Write(h, binary.LittleEndian, list)
	}
}

// keep opens the checkpoint; nil without one.
func (a *app) keep(f *checkpointFlags) (*bench.Keep, error) {
	if f.checkpoint == "" {
		return nil, nil
	}
	file, err := checkpoint.Open(f.checkpoint, f.facts)
	if err != nil {
		return nil, err
	}
	samples, ticks, err := f.interval()
	a.finish() // a checkpoint follows progress
	return &bench.Keep{Store: file, Every: samples, Ticks: ticks,
		Resumed: func(stage string, done, within, total int) {
			if done == total {
				return
			}
			behind := ""
			if within > 0 {
				behind = fmt.Sprintf(", and in the middle of %s", count(within, "sample"))
			}
			a.warn("%s: going on from %s after %s of %s samples%s", stage, f.checkpoint,
				thousands(int64(done)), thousands(int64(total)), behind)
		}}, err
}

// keepRun opens the checkpoint of a run on a chip.
func (a *app) keepRun(r *bench.Run, f *runFlags) (*bench.Keep, error) {
	if err := errors.Join(f.noteImage(r.Chip.Image()),
		f.noteSamples("samples", r.Source)); err != nil {
		return nil, err
	}
	f.noteRecords()
	return a.keep(&f.checkpointFlags)
}

// noteRecords says what is recorded of each sample beside its counts: with --probe and --probe-v,
// which are facts of their own, the form of --out decides that.
func (f *runFlags) noteRecords() {
	f.note("the ending of --out", filepath.Ext(f.out))
}

// keepReference opens the checkpoint of a run in real numbers.
func (a *app) keepReference(r *bench.ReferenceRun, path string, f *runFlags) (*bench.Keep, error) {
	if err := errors.Join(f.noteModel("model", path),
		f.noteSamples("samples", r.Source)); err != nil {
		return nil, err
	}
	f.noteRecords()
	return a.keep(&f.checkpointFlags)
}

// keepBench opens the checkpoint of a comparison.
func (a *app) keepBench(source, training sample.Source, f *benchFlags) (*bench.Keep, error) {
	if err := errors.Join(f.noteSamples("samples", source),
		f.noteSamples("training samples", training)); err != nil {
		return nil, err
	}
	return a.keep(&f.checkpointFlags)
}

// goesOn says how to resume an interrupted command that keeps a checkpoint.
func goesOn(ctx context.Context, checkpoint string, err error) error {
	if err == nil || ctx.Err() == nil || checkpoint == "" {
		return err
	}
	return limitError{fmt.Errorf("%w; the same command goes on from %s", err, checkpoint)}
}
