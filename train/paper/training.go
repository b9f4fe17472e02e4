package paper

import (
	"context"
	"errors"
	"fmt"

	"adder/chip"
	"adder/chip/profile"
	"adder/internal/dataset"
	"adder/train/learned"
	"adder/train/lockstep"
)

// Training is a training of the published experiment in a chip's integers, in lock-step, that can
// be stopped between two batches and resumed. The learned network runs on a chip, though no chip
// could have learned it.
type Training struct {
	run      *experiment
	network  *lockstep.Network
	progress func(learned.Progress)
}

// NewTraining starts a training on all images of a set; cfg.Arithmetic and cfg.Limit are ignored.
// It includes no test: the network is tested on a chip.
func NewTraining(cfg Config, set *dataset.Set) (*Training, error) {
	cfg.Arithmetic = Integer
	if err := cfg.Check(); err != nil {
		return nil, fmt.Errorf("train stdp: %w", err)
	}
	if set.Len() == 0 {
		return nil, errors.New("train stdp: the training set holds no images")
	}
	p := &Training{}
	run, err := newExperiment(cfg, set, set.Head(0), func(s Progress) {
		if p.progress != nil {
			p.progress(learned.Progress{Done: s.Done, Total: s.Total, Accuracy: s.Accuracy})
		}
	})
	if err != nil {
		return nil, fmt.Errorf("train stdp: %w", err)
	}
	p.run, p.network = run, run.network.(*lockstep.Network)
	return p, nil
}

// Done is the number of images learned from, Total that of the whole training.
func (p *Training) Done() int { return p.run.state.Done }

// Total is the number of images of the whole training.
func (p *Training) Total() int { return p.run.state.Total }

// Watch has progress called after each batch, from the goroutine that calls Learn.
func (p *Training) Watch(progress func(learned.Progress)) { p.progress = progress }

// Fits returns a *fit.Error if the network to be learned does not fit a chip.
func (p *Training) Fits(chip *profile.Profile) error {
	_, err := p.run.networkOf(p.network).Compile(chip)
	return err
}

// Learn trains until the training is done. If ctx is done before, it returns an error that is
// ErrStopped, with the run between two batches.
func (p *Training) Learn(ctx context.Context) error {
	err := p.run.train(ctx)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("train stdp: %w after %d of %d images: %w", learned.ErrStopped, p.Done(),
			p.Total(), err)
	}
	if err != nil {
		return fmt.Errorf("train stdp: %w", err)
	}
	return nil
}

// Finish returns the network of a training that is done, with the labels assigned during it. Of the
// counts, updates of weights are per tick and batch, and the host's scaling is HostMACs. Silent are
// the neurons that never spiked for a label: the experiment counts them to class 0.
func (p *Training) Finish(context.Context) (*learned.Result, error) {
	state := p.network.State()
	tally, work := &state.Tally, &state.Work
	out := &learned.Result{Network: p.run.networkOf(p.network)}
	out.Counts = chip.Counts{InputSpikes: tally.InputSpikes, HostMACs: work.HostOps}
	out.Counts.Core.Spikes, out.Counts.Core.Synops = tally.Spikes, tally.Synops
	out.Counts.Core.LearningUpdates, out.Counts.Core.Draws = work.Updates, work.Draws
	for _, share := range out.Network.Proportions {
		if share == 0 {
			out.Silent++
		}
	}
	return out, nil
}
