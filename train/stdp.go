package train

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/core"
	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/spike/encode"
)

// STDPConfig says how a network learns on the emulated chip: one image after the
// other, each changing the weights for the next.
type STDPConfig struct {
	Neuron stdp.Model
	Rule   stdp.Rule
	// Preset holds the integers, the encoder, whose seed is not looked at, and the
	// number of images that label the neurons.
	Preset
	Neurons int
	// Epochs is the number of passes over the training images.
	Epochs int
	// Seed chooses the initial weights, the order and the spikes of images and
	// the draws of the chip.
	Seed uint64
	// Chip is where the network learns; it must fit one core.
	Chip *profile.Profile
	// Workers is the number of chips that label side by side. It changes no
	// result.
	Workers int
}

// STDPProgress says how far a training is.
type STDPProgress struct {
	// Done and Total are training images.
	Done, Total int
	// Accuracy is that on the last thousand images, by labels from those
	// before; 0 before there are any.
	Accuracy float64
	// Labelling says that learning is over and labels are assigned.
	Labelling bool
}

// STDPResult is the outcome of a training.
type STDPResult struct {
	Network *SNN
	// Counts are the events of learning.
	Counts chip.Counts
	// Silent is the number of neurons without a label.
	Silent int
}

// trainKeys separates the keys of training images from those of images that
// label or test a network, which go by their index.
const trainKeys = 1 << 40

// windowImages is the number of images that progress is judged by.
const windowImages = 1000

// ErrStopped is what [STDPRun.Learn] returns when its context ended a training, after
// the last checkpoint was written.
var ErrStopped = errors.New("training stopped")

// check returns an error that names the first setting that cannot be used.
func (c *STDPConfig) check() error {
	if c.Chip == nil {
		return errors.New("no chip to learn on")
	}
	return c.checkNetwork()
}

// checkNetwork is check for who needs no chip.
func (c *STDPConfig) checkNetwork() error {
	switch {
	case c.Neurons < 1 || c.Neurons > core.MaxNeurons:
		return fmt.Errorf("%d neurons: must be 1 to %d", c.Neurons, core.MaxNeurons)
	case c.Epochs < 1:
		return fmt.Errorf("%d epochs: must be at least 1", c.Epochs)
	case c.LabelImages < 1:
		return fmt.Errorf("%d images to label the neurons: must be at least 1", c.LabelImages)
	case c.Encoder.Kind == encode.KindDirect:
		return fmt.Errorf("encoder %s makes no spikes: use another", c.Encoder.Kind)
	}
	if c.Setting.Norm == byHost {
		return fmt.Errorf("normalisation by the host: a chip divides nothing; take the sum or the length")
	}
	return c.Setting.check()
}

// STDPRun is a training that can be stopped between two images and taken up
// again: its Checkpoint is all there is to know.
type STDPRun struct {
	cfg     STDPConfig
	set     *dataset.Set
	encoder encode.Encoder
	net     *SNN
	// next is the number of images learned from, total that of all.
	next, total int
	phase       int
	engine      *chip.Fast
	state       chip.Learned
	counts      chip.Counts
	window      window
	order       imageOrder
	progress    func(STDPProgress)
}

// NewSTDPRun starts a training.
func NewSTDPRun(cfg STDPConfig, set *dataset.Set) (*STDPRun, error) {
	r, err := prepareSTDP(cfg, set)
	if err != nil {
		return nil, fmt.Errorf("train stdp: %w", err)
	}
	return r, nil
}

func prepareSTDP(cfg STDPConfig, set *dataset.Set) (*STDPRun, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if err := checkImages(set); err != nil {
		return nil, err
	}
	cfg.Encoder.Seed = cfg.Seed
	encoder, err := encode.New(cfg.Encoder)
	if err != nil {
		return nil, err
	}
	cfg.Encoder = encoder.Config()
	net, err := newSNN(&cfg, inputShape(set, encoder))
	if err != nil {
		return nil, err
	}
	net.Data, net.Classes = set.Name, set.Classes
	r := &STDPRun{cfg: cfg, set: set, encoder: encoder, net: net, total: cfg.Epochs * set.Len(), phase: -1}
	r.window = newWindow(cfg.Neurons, set.Classes)
	r.order = newImageOrder(cfg.Seed, set.Len(), cfg.Epochs)
	return r, nil
}

// maxClasses is more than a neuron's label tells apart.
const maxClasses = 256

// checkImages refuses a set that no spikes can be learned from.
func checkImages(set *dataset.Set) error {
	switch {
	case set.Len() == 0:
		return errors.New("the training set holds no images")
	case !set.IsBytes():
		return fmt.Errorf("%s has real numbers, and encoders take bytes: give pixels as uint8", set.Name)
	case set.Classes > maxClasses:
		return fmt.Errorf("%s has %d classes: at most %d can be labelled", set.Name, set.Classes, maxClasses)
	}
	return nil
}

// inputShape is the shape of a sample as a network hears it: the set's, and the sources
// of a pixel where it has several.
func inputShape(set *dataset.Set, encoder encode.Encoder) []int {
	shape := slices.Clone(set.Shape)
	if perPixel := encoder.Sources(set.Size()) / max(set.Size(), 1); perPixel > 1 {
		shape = append(shape, perPixel)
	}
	return shape
}

// Done is the number of images learned from, Total that of the whole training.
func (r *STDPRun) Done() int { return r.next }

// Total is the number of images of the whole training.
func (r *STDPRun) Total() int { return r.total }

// Watch has progress called after every so many images, from the goroutine that calls
// Learn or Finish.
func (r *STDPRun) Watch(progress func(STDPProgress)) { r.progress = progress }

// phaseAt is the phase of the training that an image belongs to.
func (r *STDPRun) phaseAt(image int) int { return image * len(r.cfg.Setting.LTP) / r.total }

// load puts the network in its present state on a chip that learns at the rates
// of the next image.
func (r *STDPRun) load() error {
	phase := r.phaseAt(r.next)
	if phase == r.phase {
		return nil
	}
	if r.engine != nil {
		r.state = r.engine.Learned()
	}
	result, err := compiler.CompileWinner(r.net.winner(true, phase), r.cfg.Chip)
	if err != nil {
		return err
	}
	loaded, err := chip.Load(result.Image)
	if err != nil {
		return err
	}
	r.engine, r.phase = loaded.NewFast(chip.Options{Learn: true, Seed: r.cfg.Seed}), phase
	if r.state != nil {
		return r.engine.SetLearned(r.state)
	}
	return nil
}

// Learn goes on until the training is done or ctx is; then it returns an error
// that is ErrStopped, with the run between two images.
func (r *STDPRun) Learn(ctx context.Context) error {
	return r.learnTo(ctx, r.total)
}

// learnTo learns until so many images are done.
func (r *STDPRun) learnTo(ctx context.Context, images int) error {
	feed := newFeed(r)
	defer feed.stop()
	for r.next < images {
		if ctx.Err() != nil {
			return fmt.Errorf("train stdp: %w after %d of %d images: %w", ErrStopped, r.next, r.total, ctx.Err())
		}
		if err := r.load(); err != nil {
			return fmt.Errorf("train stdp: %w", err)
		}
		r.engine.SetBar(r.bar())
		sample := feed.next()
		out, err := r.engine.Run(&sample.Sample)
		if err != nil {
			return fmt.Errorf("train stdp: %w", err)
		}
		out.AddHost(sample.work.Adds, sample.work.Draws, sample.work.MACs)
		r.counts.Add(&out.Counts)
		r.window.add(out.Output, int(r.set.Labels[r.order.at(r.next)]))
		feed.reuse(sample)
		r.next++
		if r.progress != nil && (r.next%100 == 0 || r.next == r.total) {
			r.progress(STDPProgress{Done: r.next, Total: r.total, Accuracy: r.window.accuracy})
		}
	}
	return nil
}

// bar is the number of images that a winner is barred for.
func (r *STDPRun) bar() uint16 {
	return uint16(int(r.cfg.Setting.Bar) * (r.total - r.next) / r.total)
}

// Finish labels the neurons of a training that is done.
func (r *STDPRun) Finish(ctx context.Context) (*STDPResult, error) {
	r.settle()
	last := r.order.last(r.set, r.cfg.LabelImages)
	l := newLabeller(r.net.Neurons, r.net.Classes)
	r.net.Labels, r.net.Proportions = nil, nil
	err := r.net.each(ctx, r.cfg.Chip, last, r.cfg.Seed, r.cfg.Workers, func(i int, o *chip.Outcome) error {
		l.add(o.Output, int(last.Labels[i]))
		if r.progress != nil && (i%100 == 99 || i+1 == last.Len()) {
			r.progress(STDPProgress{Done: i + 1, Total: last.Len(), Accuracy: r.window.accuracy, Labelling: true})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("train stdp: labels: %w", err)
	}
	r.net.Labels, r.net.Proportions = l.assign()
	out := &STDPResult{Network: r.net, Counts: r.counts}
	for _, label := range r.net.Labels {
		if label < 0 {
			out.Silent++
		}
	}
	return out, nil
}

// settle copies what the chip has learned into the network.
func (r *STDPRun) settle() {
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
