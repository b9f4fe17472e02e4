package paper

import (
	"context"
	"time"

	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/random"
)

// testKeys keeps the random draws of test images apart from those of training: the
// number of a training image has its epoch in bits 32 to 61.
const testKeys = 1 << 62

// experiment is the state of a run.
type experiment struct {
	cfg      Config
	trainSet *dataset.Set
	testSet  *dataset.Set
	report   func(Progress)
	state    Progress
	encoder  encode.Encoder
	network  batchNetwork
	labels   *stdp.Labels

	// counts and classes hold what was seen since the last assignment.
	counts  []int32
	classes []uint8

	out    Result
	active []bool
}

func newExperiment(cfg Config, trainSet, testSet *dataset.Set,
	report func(Progress)) (*experiment, error) {
	if err := learned.CheckImages(trainSet); err != nil {
		return nil, err
	}
	encoder, err := encode.New(encode.Config{Kind: cfg.Encoder, Ticks: cfg.Ticks,
		Intensity: cfg.Intensity, Seed: cfg.Seed})
	if err != nil {
		return nil, err
	}
	network, err := newNetwork(cfg, encoder.Sources(trainSet.Size()))
	if err != nil {
		return nil, err
	}
	images := trainSet.Len() * cfg.Epochs
	if cfg.LabelEvery == 0 {
		cfg.LabelEvery = max(1, min(labelEvery, images/9))
	}
	return &experiment{
		cfg: cfg, trainSet: trainSet, testSet: testSet, report: report, encoder: encoder,
		network: network,
		labels:  stdp.NewLabels(cfg.Neurons, trainSet.Classes), active: make([]bool, cfg.Neurons),
		state: Progress{Total: images + testSet.Len()},
		out:   Result{TrainImages: trainSet.Len(), TestImages: testSet.Len()},
	}, nil
}

// train runs all epochs with learning on, from the images that are done.
func (p *experiment) train(ctx context.Context) error {
	start := time.Now()
	size := p.trainSet.Len()
	order := make([]int, size)
	for epoch := range p.cfg.Epochs {
		done := min(p.state.Done-epoch*size, size)
		random.Shuffle(order, random.New(p.cfg.Seed, random.Order, epoch))
		feed := newFeed(p.encoder, p.trainSet, order[max(done, 0):], p.cfg.Batch, uint64(epoch)<<32,
			p.cfg.Workers > 1)
		err := p.present(ctx, feed, func(b batch, counts []int32) error {
			p.counts = append(p.counts, counts...)
			p.classes = append(p.classes, b.classes...)
			return nil
		})
		if err != nil {
			return err
		}
	}
	if p.out.Assignments == 0 {
		if err := p.assign(); err != nil {
			return err
		}
	}
	p.out.TrainSeconds = time.Since(start).Seconds()
	return nil
}

// present runs the batches of a feed and calls see for each with its spike counts.
func (p *experiment) present(ctx context.Context, feed *feed,
	see func(batch, []int32) error) error {
	defer feed.stop()
	for {
		b, ok := feed.next()
		if !ok {
			return nil
		}
		if len(p.classes) >= p.cfg.LabelEvery {
			if err := p.assign(); err != nil {
				return err
			}
		}
		counts, err := p.network.Run(b.samples, b.trains)
		if err != nil {
			return err
		}
		if err := see(b, counts); err != nil {
			return err
		}
		p.state.Done += len(b.samples)
		p.report(p.state)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// assign measures the images since the last assignment by the labels so far, then
// adds them to the labels.
func (p *experiment) assign() error {
	right := 0
	for i, class := range p.classes {
		if p.labels.AllActivity(p.counts[i*p.cfg.Neurons:][:p.cfg.Neurons]) == int(class) {
			right++
		}
	}
	if p.out.Assignments > 0 {
		p.state.Accuracy = float64(right) / float64(len(p.classes))
	}
	err := p.labels.Assign(p.counts, p.classes)
	p.out.Assignments++
	p.counts, p.classes = p.counts[:0], p.classes[:0]
	return err
}

// test presents the test set with learning off.
func (p *experiment) test(ctx context.Context) error {
	start := time.Now()
	trained := p.network.Tally()
	p.out.TrainSpikes = float64(trained.Spikes) / float64(trained.Samples)
	p.state.Testing = true
	p.counts, p.classes = nil, nil
	p.network.SetLearning(false)
	order := make([]int, p.testSet.Len())
	for i := range order {
		order[i] = i
	}
	all, proportion := 0, 0
	feed := newFeed(p.encoder, p.testSet, order, p.cfg.TestBatch, testKeys, p.cfg.Workers > 1)
	err := p.present(ctx, feed, func(b batch, counts []int32) error {
		for i, class := range b.classes {
			sample := counts[i*p.cfg.Neurons:][:p.cfg.Neurons]
			if p.labels.AllActivity(sample) == int(class) {
				all++
			}
			if p.labels.ProportionWeighting(sample) == int(class) {
				proportion++
			}
			for j, count := range sample {
				p.active[j] = p.active[j] || count > 0
			}
		}
		return nil
	})
	p.out.AccuracyAll = float64(all) / float64(p.testSet.Len())
	p.out.AccuracyProportion = float64(proportion) / float64(p.testSet.Len())
	p.out.TestSeconds = time.Since(start).Seconds()
	return err
}

// result sums up a run that is over.
func (p *experiment) result() *Result {
	r := p.out
	tally := p.network.Tally()
	samples := float64(tally.Samples)
	r.Test = Inference{
		InputSpikes: float64(tally.InputSpikes) / samples, Spikes: float64(tally.Spikes) / samples,
		Synops: float64(tally.Synops) / samples, Silent: float64(tally.Silent) / samples,
	}
	r.Theta = ThetaOf(p.network.Theta())
	r.HostOperations = p.network.HostOperations()
	r.Labelled = make([]int, p.trainSet.Classes)
	for j, class := range p.labels.Assigned() {
		r.Labelled[class]++
		if p.active[j] {
			r.Active++
		}
	}
	return &r
}

// ThetaOf summarises adaptive thresholds, at least one, in millivolts.
func ThetaOf(theta []float32) Theta {
	t := Theta{Min: float64(theta[0]), Max: float64(theta[0])}
	sum := 0.0
	for _, x := range theta {
		sum += float64(x)
		t.Min, t.Max = min(t.Min, float64(x)), max(t.Max, float64(x))
	}
	t.Mean = sum / float64(len(theta))
	return t
}
