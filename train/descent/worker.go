package descent

import (
	"context"
	"math/rand/v2"

	"golang.org/x/sync/errgroup"

	"adder/sample"
	"adder/train/layer"
)

// worker learns from the samples of shards.
type worker struct {
	t       *Training
	learner Learner
	real    []float64
	x       []float32
}

func (t *Training) worker() *worker {
	return &worker{t: t, learner: t.model.Learner(), x: make([]float32, t.shape.Size())}
}

// learn sets a shard to what some samples say.
func (w *worker) learn(s *shard, samples []int) error {
	for _, g := range s.grads {
		clear(g)
	}
	s.score = Score{}
	for _, i := range samples {
		if err := w.load(i); err != nil {
			return err
		}
		s.score.add(w.learner.Learn(w.x, w.t.samples.Label(i), w.key(i), s.grads))
	}
	return nil
}

// key identifies sample and epoch.
func (w *worker) key(i int) uint64 { return uint64(w.t.state.Epoch+1)<<32 | uint64(i) }

// load reads a sample, moved at random where that is asked for.
func (w *worker) load(i int) (err error) {
	if w.real, err = w.t.samples.Analog(i, w.real); err != nil {
		return err
	}
	layer.FromPlanes(w.t.shape, w.real, w.x)
	if s := w.t.cfg.Shift; s > 0 {
		draw := rand.NewPCG(w.t.cfg.Seed, w.key(i))
		side := uint64(2*s + 1)
		w.x = shift(w.t.shape, w.x, int(draw.Uint64()%side)-s, int(draw.Uint64()%side)-s)
	}
	return nil
}

// shift returns a picture moved down and to the right, zeros where there was nothing.
func shift(s layer.Shape, x []float32, down, right int) []float32 {
	out := make([]float32, len(x))
	for y := range s.Height {
		for q := range s.Width {
			fy, fx := y-down, q-right
			if fy >= 0 && fy < s.Height && fx >= 0 && fx < s.Width {
				copy(out[(y*s.Width+q)*s.Channels:][:s.Channels], x[(fy*s.Width+fx)*s.Channels:])
			}
		}
	}
	return out
}

// evaluationPart is the number of samples that a worker takes at a time.
const evaluationPart = 64

// Evaluate scores a model, which is ready, on samples with labels.
func Evaluate(ctx context.Context, m Model, s sample.Samples, shape layer.Shape,
	workers int) (Score, error) {
	parts := (s.Len() + evaluationPart - 1) / evaluationPart
	scores := make([]Score, parts)
	group, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		group.Go(func() error {
			learner, x, real := m.Learner(), make([]float32, shape.Size()), []float64(nil)
			for p := w; p < parts; p += workers {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				for i := p * evaluationPart; i < min((p+1)*evaluationPart, s.Len()); i++ {
					var err error
					if real, err = s.Analog(i, real); err != nil {
						return err
					}
					layer.FromPlanes(shape, real, x)
					scores[p].add(learner.Score(x, s.Label(i), uint64(i)))
				}
			}
			return nil
		})
	}
	err := group.Wait()
	var total Score
	for _, score := range scores {
		total.add(score)
	}
	return total, err
}
