package tuned

import (
	"context"
	"errors"
	"fmt"
	"time"

	"adder/chip"
	"adder/internal/dataset"
	"adder/layout"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/onchip"
	"adder/train/paper"
	"adder/train/setting"
)

// runFloat trains and tests the network of a configuration in float64, as the reference that the
// chip's integers are measured against: the same spikes from the encoder, the same setting read as
// real numbers, weights without steps, exponential traces and leaks, exact normalisation, no random
// rounding. It runs on no chip; cfg.Chip is ignored. If progress is not nil, it is called from time
// to time.
func runFloat(ctx context.Context, cfg setting.Config, trainSet, testSet *dataset.Set,
	progress func(paper.Progress)) (*paper.Result, error) {
	r, err := newFloatRun(cfg, trainSet, testSet, progress)
	if err != nil {
		return nil, fmt.Errorf("float stdp: %w", err)
	}
	start := time.Now()
	if err := r.learn(ctx); err != nil {
		return nil, fmt.Errorf("float stdp: %w", err)
	}
	labels := r.label()
	tested := time.Now()
	out, err := r.test(ctx, labels)
	if err != nil {
		return nil, fmt.Errorf("float stdp: %w", err)
	}
	out.TrainSeconds, out.TestSeconds = tested.Sub(start).Seconds(), time.Since(tested).Seconds()
	return out, nil
}

// floatRun is the state of a training and its test.
type floatRun struct {
	*floatNetwork
	trainSet, testSet *dataset.Set
	order             onchip.Order
	progress          func(paper.Progress)
	state             paper.Progress
}

func newFloatRun(cfg setting.Config, trainSet, testSet *dataset.Set,
	progress func(paper.Progress)) (*floatRun, error) {
	if err := cfg.CheckNetwork(); err != nil {
		return nil, err
	}
	if s := &cfg.Setting; s.Arbiter != setting.ArbiterMargin || s.ThetaDecay != 0 || s.Start != 0 ||
		s.InputDelay != 0 || s.Norm == setting.ByHost {
		return nil, errors.New("the setting is not one of preset tuned, which this reference knows")
	}
	if trainSet.Len() == 0 || testSet.Len() == 0 {
		return nil, errors.New("the training set or the test set holds no images")
	}
	cfg.Encoder.Seed = cfg.Seed
	encoder, err := encode.New(cfg.Encoder)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(paper.Progress) {}
	}
	return &floatRun{
		floatNetwork: newFloatNetwork(&cfg, encoder, encoder.Sources(trainSet.Size())),
		trainSet:     trainSet, testSet: testSet,
		order: onchip.NewOrder(cfg.Seed, trainSet.Len(), cfg.Epochs), progress: progress,
		state: paper.Progress{Total: cfg.Epochs*trainSet.Len() + testSet.Len()},
	}, nil
}

// step notes an image that is done, and ends a run that was cancelled.
func (r *floatRun) step(ctx context.Context) error {
	r.state.Done++
	if r.state.Done%100 == 0 || r.state.Done == r.state.Total {
		r.progress(r.state)
	}
	return ctx.Err()
}

func (r *floatRun) learn(ctx context.Context) error {
	rates := r.cfg.Setting.LTP
	total := r.cfg.Epochs * r.trainSet.Len()
	r.learning = true
	for i := range total {
		r.ltp = rate(uint8(rates[i*len(rates)/total]))
		r.present(setting.TrainKeys+uint64(i), r.trainSet.Image(r.order.At(i)))
		r.endSample()
		if err := r.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// label reads the classes of neurons from the images seen last, as the chip does.
func (r *floatRun) label() layout.Readout {
	r.learning = false
	counts := r.counts
	labels := onchip.NewLabeller(r.cfg.Neurons, r.trainSet.Classes)
	last := r.order.Last(r.trainSet, r.cfg.LabelImages)
	for i := range last.Len() {
		labels.Add(r.present(uint64(i), last.Image(i)), int(last.Labels[i]))
	}
	read := layout.Readout{Kind: layout.ReadoutLabels, Classes: int32(r.trainSet.Classes)}
	read.Labels, read.Proportions = labels.Assign()
	r.counts = counts
	return read
}

// test runs the test set.
func (r *floatRun) test(ctx context.Context, read layout.Readout) (*paper.Result, error) {
	r.state.Testing = true
	test := learned.NewTest(r.testSet.Len(), r.trainSet.Classes, read.Labels)
	counts := r.counts
	r.counts = chip.Counts{}
	for i := range test.Images {
		spikes := r.present(uint64(i), r.testSet.Image(i))
		test.Add(spikes, chip.Class(&read, spikes, 0), int(r.testSet.Labels[i]))
		if err := r.step(ctx); err != nil {
			return nil, fmt.Errorf("after %d test images: %w", i, err)
		}
	}
	test.Counts = r.counts
	network := &learned.Network{Neurons: r.cfg.Neurons, Classes: r.trainSet.Classes,
		Labels: read.Labels, Images: r.cfg.Epochs * r.trainSet.Len()}
	out := newResult(&learned.Result{Network: network, Counts: counts}, test)
	out.TrainImages, out.TestImages = network.Images, test.Images
	if r.cfg.Setting.Adaptive() {
		out.Theta = paper.ThetaOf(narrowed(r.theta))
	}
	return out, nil
}

// narrowed is x in float32.
func narrowed(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}
