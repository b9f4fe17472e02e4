package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"adder/internal/dataset"
	"adder/sample"
	"adder/train/descent"
	"adder/train/layer"
)

// descentFlags are the flags of trainings by gradient descent that can be stopped and taken
// up again.
type descentFlags struct {
	config     descent.Config
	checkpoint string
	every      int
}

func (f *descentFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.config.Shift, "shift", 0, "move each training picture by up to so many "+
		"pixels to each side")
	flags.IntVar(&f.config.Workers, "workers", runtime.GOMAXPROCS(0),
		"samples learned from side by side; changes no result")
	flags.StringVar(&f.checkpoint, "checkpoint", "", "file to keep the state of the training in, "+
		"and to go on from")
	flags.IntVar(&f.every, "every", 5000, "samples between checkpoints")
	writes(cmd, "checkpoint")
}

func (f *descentFlags) check() error {
	if f.every < 1 {
		return fmt.Errorf("--every %d: write 1 sample or more", f.every)
	}
	return errors.Join(checkWorkers(f.config.Workers), checkOutput("--checkpoint", f.checkpoint),
		f.config.Check())
}

// labelled are the two parts of a data set as numbers.
type labelled struct {
	trainSet, testSet *dataset.Set
	train, test       *sample.Values
	shape             layer.Shape
}

// openLabelled opens the parts of a data set as a training pipeline makes them.
func (a *app) openLabelled(dir string, limit int, f *pipelineFlags) (*labelled, error) {
	var d labelled
	var err error
	if d.trainSet, d.testSet, err = a.openSplits(dir, limit); err != nil {
		return nil, err
	}
	if d.train, err = sample.NewValues(d.trainSet, f.pipeline(nil), nil); err != nil {
		return nil, err
	}
	if d.test, err = sample.NewValues(d.testSet, f.pipeline(nil), nil); err != nil {
		return nil, err
	}
	d.shape, err = layer.ShapeOf(d.train.Shape())
	return &d, err
}

// descend trains a model to the end, from where a checkpoint is or from the start. run has all that
// the result depends on, except the descent and the samples.
func (a *app) descend(ctx context.Context, f *descentFlags, m descent.Model, d *labelled,
	run any) (*descent.Training, error) {
	t, err := descent.New(f.config, m, d.train, d.shape)
	if err != nil {
		return nil, err
	}
	id := descent.Identity{Run: run, Set: d.trainSet}
	if f.checkpoint != "" {
		if err := t.Resume(f.checkpoint, id); err != nil {
			return nil, err
		}
		if t.Done() > 0 {
			a.warn("going on from %s after %s of %s samples", f.checkpoint,
				thousands(int64(t.Done())), thousands(int64(t.Total())))
		}
		a.finish() // a checkpoint follows the step that runs
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p := a.newProgress("train")
	defer p.end()
	saved := t.Done()
	t.Watch(func(s descent.Progress) {
		p.set(s.Done, s.Total)
		if s.Epochs > 1 && s.Done == s.Epoch*(s.Total/s.Epochs) {
			a.noteEpoch(s)
		}
		if err == nil && f.checkpoint != "" && s.Done-saved >= f.every {
			saved = s.Done
			if err = t.SaveCheckpoint(f.checkpoint, id); err != nil {
				stop()
			}
		}
	})
	stopped := t.Run(ctx)
	if err != nil {
		return nil, err
	}
	if f.checkpoint != "" && (stopped == nil || ctx.Err() != nil) {
		if err := t.SaveCheckpoint(f.checkpoint, id); err != nil {
			return nil, err
		}
	}
	return t, stopped
}

// noteEpoch writes how an epoch went to standard error.
func (a *app) noteEpoch(s descent.Progress) {
	fmt.Fprintf(a.err, "adder: epoch %d of %d: loss %.4f, %s of the training samples\n", s.Epoch,
		s.Epochs,
		s.Score.Loss/float64(max(s.Score.Samples, 1)), percent(s.Score.Accuracy()))
}
