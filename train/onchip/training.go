// Package onchip owns learning on an emulated chip: a winner-take-all network that learns
// without a teacher, an image at a time, by nothing but what a core does.
//
// A [Training] can be stopped between two images and resumed. [Order] is the order of its images,
// and [Labeller] gives its neurons classes.
//
//	training.go    Training: one image after the other
//	feed.go        encoded images
//	order.go       the order of the images
//	labeller.go    classes of neurons
//	checkpoint.go  checkpoints
package onchip

import (
	"context"
	"fmt"

	"adder/chip"
	"adder/internal/dataset"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/setting"
)

// windowImages is the number of images that progress is judged by.
const windowImages = 1000

// Training is a training that can be stopped between two images and resumed from a checkpoint.
type Training struct {
	cfg     setting.Config
	set     *dataset.Set
	encoder encode.Encoder
	net     *learned.Network
	// next is the number of images learned from, total that of all.
	next, total int
	phase       int
	engine      *chip.Fast
	state       chip.Learned
	counts      chip.Counts
	window      window
	order       Order
	progress    func(learned.Progress)
}

// New starts a training.
func New(cfg setting.Config, set *dataset.Set) (*Training, error) {
	r, err := prepare(cfg, set)
	if err != nil {
		return nil, fmt.Errorf("train stdp: %w", err)
	}
	return r, nil
}

func prepare(cfg setting.Config, set *dataset.Set) (*Training, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if err := learned.CheckImages(set); err != nil {
		return nil, err
	}
	cfg.Encoder.Seed = cfg.Seed
	encoder, err := encode.New(cfg.Encoder)
	if err != nil {
		return nil, err
	}
	cfg.Encoder = encoder.Config()
	net, err := learned.New(&cfg, learned.InputShape(set, encoder))
	if err != nil {
		return nil, err
	}
	net.Data, net.Classes = set.Name, set.Classes
	r := &Training{cfg: cfg, set: set, encoder: encoder, net: net, total: cfg.Epochs * set.Len(),
		phase: -1}
	r.window = newWindow(cfg.Neurons, set.Classes)
	r.order = NewOrder(cfg.Seed, set.Len(), cfg.Epochs)
	return r, nil
}

// Done is the number of images learned from, Total that of the whole training.
func (r *Training) Done() int { return r.next }

// Total is the number of images of the whole training.
func (r *Training) Total() int { return r.total }

// Watch has progress called after every so many images, from the goroutine that calls
// Learn or Finish.
func (r *Training) Watch(progress func(learned.Progress)) { r.progress = progress }

// phaseAt is the phase of the training that an image belongs to.
func (r *Training) phaseAt(image int) int { return image * len(r.cfg.Setting.LTP) / r.total }

// load puts the network in its present state on a chip that learns at the rates
// of the next image.
func (r *Training) load() error {
	phase := r.phaseAt(r.next)
	if phase == r.phase {
		return nil
	}
	if r.engine != nil {
		r.state = r.engine.Learned()
	}
	img, err := r.net.LearningImage(r.cfg.Chip, phase)
	if err != nil {
		return err
	}
	loaded, err := chip.Load(img)
	if err != nil {
		return err
	}
	r.engine, r.phase = loaded.NewFast(chip.Options{Learn: true, Seed: r.cfg.Seed}), phase
	if r.state != nil {
		return r.engine.SetLearned(r.state)
	}
	return nil
}

// Learn trains until the training is done. If ctx is done before, it returns an error that is
// ErrStopped, with the run between two images.
func (r *Training) Learn(ctx context.Context) error {
	return r.LearnTo(ctx, r.total)
}

// LearnTo is Learn until so many images are done.
func (r *Training) LearnTo(ctx context.Context, images int) error {
	feed := newFeed(r)
	defer feed.stop()
	for r.next < images {
		if ctx.Err() != nil {
			return fmt.Errorf("train stdp: %w after %d of %d images: %w", learned.ErrStopped,
				r.next, r.total, ctx.Err())
		}
		if err := r.load(); err != nil {
			return fmt.Errorf("train stdp: %w", err)
		}
		r.engine.SetBar(r.bar())
		sample := feed.next()
		// An image is learned from whole: what is kept is the state between two.
		out, err := r.engine.Run(context.WithoutCancel(ctx), &sample.Sample)
		if err != nil {
			return fmt.Errorf("train stdp: %w", err)
		}
		out.AddHost(sample.work.Adds, sample.work.Draws, sample.work.MACs)
		r.counts.Add(&out.Counts)
		r.window.add(out.Output, int(r.set.Labels[r.order.At(r.next)]))
		r.next++
		if r.progress != nil && (r.next%100 == 0 || r.next == r.total) {
			r.progress(learned.Progress{Done: r.next, Total: r.total, Accuracy: r.window.accuracy})
		}
	}
	return nil
}

// bar is the number of images that a winner is barred for.
func (r *Training) bar() uint16 {
	return uint16(int(r.cfg.Setting.Bar) * (r.total - r.next) / r.total)
}

// Network copies what the chip has learned so far into the network of the training, and
// returns it: without labels, until Finish.
func (r *Training) Network() *learned.Network {
	r.readBack()
	return r.net
}

// Finish labels the neurons of a training that is done.
func (r *Training) Finish(ctx context.Context) (*learned.Result, error) {
	r.readBack()
	last := r.order.Last(r.set, r.cfg.LabelImages)
	l := NewLabeller(r.net.Neurons, r.net.Classes)
	r.net.Labels, r.net.Proportions = nil, nil
	err := r.net.Each(ctx, r.cfg.Chip, last, r.cfg.Seed, r.cfg.Workers,
		func(i int, o *chip.Outcome) error {
			l.Add(o.Output, int(last.Labels[i]))
			if r.progress != nil && (i%100 == 99 || i+1 == last.Len()) {
				r.progress(learned.Progress{Done: i + 1, Total: last.Len(),
					Accuracy:  r.window.accuracy,
					Labelling: true})
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("train stdp: labels: %w", err)
	}
	r.net.Labels, r.net.Proportions = l.Assign()
	out := &learned.Result{Network: r.net, Counts: r.counts}
	for _, label := range r.net.Labels {
		if label < 0 {
			out.Silent++
		}
	}
	return out, nil
}

// readBack copies what the chip has learned into the network.
func (r *Training) readBack() {
	if r.engine != nil {
		r.state = r.engine.Learned()
	}
	if r.state == nil {
		return
	}
	learned := &r.state[0]
	copy(r.net.Weights, learned.Weights)
	copy(r.net.Theta, learned.Theta)
	copy(r.net.Target, learned.Target)
	r.net.Images = r.next
}
