// Package descent trains a network by gradient descent: the order of the samples, batches
// whose gradient is summed over several workers, Adam's steps, and checkpoints.
//
// A [Model] has the parameters and the gradient of its loss for a sample. A seed gives the same
// parameters to the bit on one architecture, whatever the number of workers: a batch is cut into a
// fixed number of shards, each of which one worker sums in order, and the shards are added in
// order.
//
// The steps are Adam's (Kingma and Ba, ICLR 2015) with a learning rate that falls linearly to
// 0, so that a network ends where its last steps are small.
package descent

import (
	"context"
	"errors"
	"fmt"
	"math"

	"golang.org/x/sync/errgroup"

	"adder/sample"
	"adder/train/layer"
	"adder/train/random"
)

// Model is a network under training.
type Model interface {
	// Params are the arrays that are trained, always the same ones.
	Params() [][]float32
	// Ready updates what the model derives from its parameters. It is called before the first
	// sample and after each step, with the share of the training that is done, 0 to 1.
	Ready(share float64)
	// Learner returns a learner for one goroutine.
	Learner() Learner
}

// Learner computes gradients and scores of single samples.
type Learner interface {
	// Learn adds the gradient of the loss of a sample to grads, shaped as the parameters. x has
	// channels last; key identifies sample and epoch, for draws.
	Learn(x []float32, label int, key uint64, grads [][]float32) Score
	// Score is Learn without the gradient.
	Score(x []float32, label int, key uint64) Score
}

// Score is the loss and the accuracy of a network on samples.
type Score struct {
	// Loss is the cross-entropy in nats, summed; Right and Samples are counts.
	Loss           float64
	Right, Samples int
}

func (s *Score) add(other Score) {
	s.Loss += other.Loss
	s.Right += other.Right
	s.Samples += other.Samples
}

// Accuracy is the share of samples that were classed right.
func (s Score) Accuracy() float64 { return float64(s.Right) / float64(max(s.Samples, 1)) }

// Config is the configuration of a descent.
type Config struct {
	// Epochs is the number of passes over the samples and Batch that of samples per step.
	Epochs, Batch int
	// LearningRate is Adam's learning rate at the start.
	LearningRate float64
	// Shift moves each picture by up to so many pixels to each side, anew in each epoch.
	Shift int
	// Seed keys the order of the samples and the shifts.
	Seed uint64
	// Workers is the number of goroutines; it changes no result.
	Workers int
}

// Check returns an error that names the first setting that cannot be used.
func (c Config) Check() error {
	switch {
	case c.Epochs < 1:
		return fmt.Errorf("%d epochs: must be at least 1", c.Epochs)
	case c.Batch < 1:
		return fmt.Errorf("batches of %d: must be at least 1", c.Batch)
	case !(c.LearningRate > 0) || c.LearningRate > 1:
		return fmt.Errorf("learning rate %v: must be above 0 and at most 1", c.LearningRate)
	case c.Shift < 0 || c.Shift > 64:
		return fmt.Errorf("shifts by %d pixels: must be 0 to 64", c.Shift)
	case c.Workers < 1:
		return fmt.Errorf("%d workers: must be at least 1", c.Workers)
	}
	return nil
}

// shards is the number of parts of a batch: as many workers have work at once.
const shards = 8

// Progress is the progress of a training.
type Progress struct {
	// Epoch counts from 1; Done and Total are samples of the whole training.
	Epoch, Epochs, Done, Total int
	// Score is that of this epoch so far, each sample as it was before its step.
	Score Score
}

// ErrDiverged is wrapped by the error of a training whose loss is no longer a number.
var ErrDiverged = errors.New("training diverged")

// Training is a descent that can be stopped between two steps and resumed.
type Training struct {
	cfg      Config
	model    Model
	samples  sample.Samples
	shape    layer.Shape
	progress func(Progress)

	// state is the state in a checkpoint, with the parameters.
	state         state
	first, second [][]float32

	order  []int
	shards []shard
	tasks  []task
}

// state is how far a training is.
type state struct {
	// Step counts steps, Epoch whole epochs, Next samples of the epoch that runs.
	Step, Epoch, Next int
	Score             Score
}

// shard is a part of a batch.
type shard struct {
	grads [][]float32
	score Score
}

// New starts a training of a model on samples with labels, of a shape channels last.
func New(cfg Config, model Model, s sample.Samples, shape layer.Shape) (*Training, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if s.Len() == 0 || !sample.Labelled(s) {
		return nil, errors.New("the training set holds no samples with labels")
	}
	if n := sample.Size(s.Shape()); n != shape.Size() {
		return nil, fmt.Errorf("samples of shape %v for a network whose input is %s", s.Shape(),
			shape)
	}
	t := &Training{cfg: cfg, model: model, samples: s, shape: shape, progress: func(Progress) {}}
	t.first, t.second = zeros(model.Params()), zeros(model.Params())
	t.shards = make([]shard, shards)
	for i := range t.shards {
		t.shards[i].grads = zeros(model.Params())
	}
	t.order = make([]int, s.Len())
	t.tasks = tasks(model.Params())
	return t, nil
}

func zeros(like [][]float32) [][]float32 {
	out := make([][]float32, len(like))
	for i, p := range like {
		out[i] = make([]float32, len(p))
	}
	return out
}

// Watch has progress called after each step, from the goroutine that calls Run.
func (t *Training) Watch(progress func(Progress)) { t.progress = progress }

// Done is the number of samples learned from, repetitions included.
func (t *Training) Done() int { return t.state.Epoch*t.samples.Len() + t.state.Next }

// Total is the number of samples of the whole training.
func (t *Training) Total() int { return t.cfg.Epochs * t.samples.Len() }

// Run trains to the end. A done context ends it after the step that runs with the context's
// cause; a loss that is not finite with [ErrDiverged].
func (t *Training) Run(ctx context.Context) error {
	t.model.Ready(t.share())
	learners := make([]*worker, min(t.cfg.Workers, shards))
	for i := range learners {
		learners[i] = t.worker()
	}
	for t.state.Epoch < t.cfg.Epochs {
		random.Shuffle(t.order, random.New(t.cfg.Seed, random.Order, t.state.Epoch+1))
		for t.state.Next < len(t.order) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := t.step(learners); err != nil {
				return fmt.Errorf("epoch %d of %d: %w", t.state.Epoch+1, t.cfg.Epochs, err)
			}
		}
		t.state.Epoch++
		t.state.Next = 0
	}
	return nil
}

// share is the part of the training that is done.
func (t *Training) share() float64 { return float64(t.Done()) / float64(t.Total()) }

// step learns from a batch.
func (t *Training) step(workers []*worker) error {
	if t.state.Next == 0 {
		t.state.Score = Score{}
	}
	batch := t.order[t.state.Next:min(t.state.Next+t.cfg.Batch, len(t.order))]
	if err := t.learn(workers, batch); err != nil {
		return err
	}
	for i := range t.shards {
		t.state.Score.add(t.shards[i].score)
	}
	if loss := t.state.Score.Loss; math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("%w after %d samples: lower the learning rate (%v)", ErrDiverged,
			t.Done(), t.cfg.LearningRate)
	}
	t.descend(len(batch))
	t.state.Next += len(batch)
	t.model.Ready(t.share())
	t.progress(Progress{
		Epoch: t.state.Epoch + 1, Epochs: t.cfg.Epochs, Done: t.Done(), Total: t.Total(),
		Score: t.state.Score,
	})
	return nil
}

// learn sums the gradients of a batch, shard by shard.
func (t *Training) learn(workers []*worker, batch []int) error {
	var group errgroup.Group
	for w, worker := range workers {
		group.Go(func() error {
			for i := w; i < shards; i += len(workers) {
				lo, hi := i*len(batch)/shards, (i+1)*len(batch)/shards
				if err := worker.learn(&t.shards[i], batch[lo:hi]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}
