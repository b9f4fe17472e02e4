package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"adder/chip"
	"adder/core"
	"adder/fixedpoint"
	"adder/internal/dataset"
	"adder/layout"
	"adder/snn/stdp"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/onchip"
	"adder/train/paper"
	"adder/train/setting"
)

// FloatSTDP trains and tests the network of a configuration in float64, as the
// reference that the chip's integers are measured against: the same spikes from
// the encoder, the same setting read as real numbers, weights without steps,
// exponential traces and leaks, exact normalisation, no random rounding. It runs on
// no chip; cfg.Chip is not looked at. Where progress is not nil it is called now and
// then.
func FloatSTDP(ctx context.Context, cfg setting.Config, trainSet, testSet *dataset.Set, progress func(paper.Progress)) (*paper.Result, error) {
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

// floatRun is a training and a test under way.
type floatRun struct {
	*floatNet
	trainSet, testSet *dataset.Set
	order             onchip.Order
	progress          func(paper.Progress)
	state             paper.Progress
}

func newFloatRun(cfg setting.Config, trainSet, testSet *dataset.Set, progress func(paper.Progress)) (*floatRun, error) {
	if err := cfg.CheckNetwork(); err != nil {
		return nil, err
	}
	if s := &cfg.Setting; s.Arbiter != setting.ArbiterMargin || s.ThetaDecay != 0 || s.Start != 0 || s.InputDelay != 0 || s.Norm == setting.ByHost {
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
		floatNet: newFloatNet(&cfg, encoder, encoder.Sources(trainSet.Size())), trainSet: trainSet, testSet: testSet,
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
		test.Note(spikes, chip.Class(&read, spikes, 0), int(r.testSet.Labels[i]))
		if err := r.step(ctx); err != nil {
			return nil, fmt.Errorf("after %d test images: %w", i, err)
		}
	}
	test.Counts = r.counts
	network := &learned.Network{Neurons: r.cfg.Neurons, Classes: r.trainSet.Classes, Labels: read.Labels, Images: r.cfg.Epochs * r.trainSet.Len()}
	out := tunedResult(&learned.Result{Network: network, Counts: counts}, test)
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

// rate is 2^-shift, 0 for a rate that is off.
func rate(shift uint8) float64 {
	if shift == core.RateOff {
		return 0
	}
	return math.Ldexp(1, -int(shift))
}

// floatNet is a winner-take-all network in real numbers, weights from 0 to 1.
type floatNet struct {
	cfg      *setting.Config
	encoder  encode.Encoder
	source   fixedpoint.Source
	learning bool
	inputs   int
	ltp, ltd float64
	trace    []float64 // by age in ticks
	// weights are [inputs][neurons].
	weights           []float64
	v, theta, target  []float64
	refractory        []int
	lastPre, lastPost []int
	won               map[int]bool
	winners           []int // of this image, in the order of their first win
	pool, samples     float64
	train             spike.Train
	active            []int32
	spikes            []int32 // of each neuron, for this image
	// counts are the spikes, the input's spikes and the synops so far.
	counts chip.Counts
}

func newFloatNet(cfg *setting.Config, encoder encode.Encoder, inputs int) *floatNet {
	s, n := &cfg.Setting, cfg.Neurons
	f := &floatNet{
		cfg: cfg, encoder: encoder, source: fixedpoint.NewSource(cfg.Seed), inputs: inputs, ltd: rate(s.LTD),
		weights: make([]float64, inputs*n), v: make([]float64, n), theta: make([]float64, n), target: make([]float64, n),
		refractory: make([]int, n), lastPre: make([]int, inputs), lastPost: make([]int, n),
	}
	for age := range cfg.Encoder.Ticks + 1 {
		x := math.Pow(1-math.Ldexp(1, -int(s.Trace)), float64(age))
		if s.Box {
			x = 0
			if age < int(s.Trace) {
				x = 1
			}
		}
		f.trace = append(f.trace, x)
	}
	limit := float64(learned.InitialLimit(s, inputs)) / setting.StoredUnit
	stream := f.source.Stream(0, 0, fixedpoint.PurposeInit)
	for i := range f.weights {
		f.weights[i] = limit * math.Ldexp(float64(stream.Draw(uint64(i))>>11), -53)
	}
	for j := range f.target {
		f.target[j] = float64(s.Target) / f.targetUnit()
	}
	return f
}

// targetUnit is a target of 1 in the chip's integers.
func (f *floatNet) targetUnit() float64 {
	if f.cfg.Setting.Norm == setting.ByLength {
		return setting.Unit * setting.Unit
	}
	return setting.StoredUnit
}

// present shows an image and returns the spikes of each neuron, valid until the
// next call.
func (f *floatNet) present(key uint64, image []uint8) []int32 {
	f.encoder.Encode(key, image, &f.train)
	clear(f.v)
	clear(f.refractory)
	for i := range f.lastPre {
		f.lastPre[i] = -1
	}
	for j := range f.lastPost {
		f.lastPost[j] = -1
	}
	f.won, f.winners = map[int]bool{}, f.winners[:0]
	f.spikes = append(f.spikes[:0], make([]int32, f.cfg.Neurons)...)
	before := -1 // who won in the tick before
	for t := range f.train.Ticks() {
		f.active = f.train.AppendTick(t, f.active[:0])
		f.integrate(before)
		before = f.compete(key, t)
		if before >= 0 {
			f.spikes[before]++
			f.counts.Core.Spikes++
		}
		if f.learning {
			f.learn(t, before)
		}
	}
	return f.spikes
}

// integrate adds the spikes of a tick and the inhibition of the win before.
func (f *floatNet) integrate(before int) {
	s, n := &f.cfg.Setting, f.cfg.Neurons
	f.counts.InputSpikes += int64(len(f.active))
	input := make([]float64, n)
	for _, i := range f.active {
		row := f.weights[int(i)*n:][:n]
		for j, w := range row {
			input[j] += w
			if w != 0 {
				f.counts.Core.Synops++
			}
		}
	}
	inhibition, floor := float64(s.TestInhibition)/setting.Unit, s.TestFloor
	if f.learning {
		inhibition, floor = float64(s.Inhibition)/setting.Unit, s.Floor
	}
	keep := float64(s.Decay) / 4096
	for j := range f.v {
		f.v[j] *= keep
		if f.refractory[j] > 0 {
			f.refractory[j]--
		} else {
			f.v[j] += input[j]
			if before >= 0 && j != before {
				f.v[j] -= inhibition
			}
		}
		if floor {
			f.v[j] = max(f.v[j], 0)
		}
	}
}

// compete returns the neuron that wins a tick, or -1, and resets all.
func (f *floatNet) compete(key uint64, t int) int {
	s := &f.cfg.Setting
	winner, widest := -1, 0.0
	for j, v := range f.v {
		threshold := float64(s.Threshold)/setting.Unit + f.theta[j]
		if !f.learning && s.TestCut > 0 {
			threshold -= threshold * math.Ldexp(1, -int(s.TestCut))
		}
		margin := v - threshold
		if !f.fires(key, t, j, margin) {
			continue
		}
		if winner < 0 || margin > widest {
			winner, widest = j, margin
		}
	}
	if winner < 0 {
		return winner
	}
	clear(f.v)
	f.v[winner], f.refractory[winner] = float64(s.Reset)/setting.Unit, int(s.Refractory)
	if f.learning {
		f.theta[winner] += float64(s.ThetaPlus) / setting.Unit
	}
	return winner
}

func (f *floatNet) fires(key uint64, t, j int, margin float64) bool {
	s := &f.cfg.Setting
	if s.Escape == 0 {
		return margin >= 0
	}
	x := margin * setting.Unit / float64(s.Escape)
	if x < -setting.EscapeBelow {
		return false
	}
	draw := f.source.Draw(key, uint64(j), uint64(t), fixedpoint.PurposeEscape)
	return math.Ldexp(float64(draw>>11), -53) < -math.Expm1(-math.Exp(x))
}

// learn applies the rule for the spikes of a tick and its winner.
func (f *floatNet) learn(t, winner int) {
	n := f.cfg.Neurons
	for _, i := range f.active {
		f.lastPre[i] = t
	}
	if winner >= 0 {
		f.lastPost[winner] = t
		if !f.won[winner] {
			f.won[winner] = true
			f.winners = append(f.winners, winner)
		}
	}
	dependent := f.cfg.Rule == stdp.WeightDependentPostPre
	for _, j := range f.winners {
		y := f.trace[t-f.lastPost[j]]
		for _, i := range f.active {
			w := &f.weights[int(i)*n+j]
			change := -f.ltd * y
			if f.cfg.Rule == stdp.Hebbian {
				change = -change
			}
			if dependent {
				change *= *w
			}
			*w = min(max(*w+change, 0), 1)
		}
	}
	if winner < 0 {
		return
	}
	offset := float64(f.cfg.Setting.Offset) / 255
	for i, last := range f.lastPre {
		x := -offset
		if last >= 0 {
			x += f.trace[t-last]
		}
		w := &f.weights[i*n+winner]
		change := f.ltp * x
		if dependent && x > 0 {
			change *= 1 - *w
		} else if dependent {
			change *= *w
		}
		*w = min(max(*w+change, 0), 1)
	}
}

// endSample scales, normalises and lets thetas fall.
func (f *floatNet) endSample() {
	s := &f.cfg.Setting
	step, scaling := float64(s.ScaleStep)/f.targetUnit(), s.ScaleEvery > 0
	for _, j := range f.winners {
		if scaling {
			f.target[j] = max(f.target[j]-step, 0)
			f.pool++
		}
		f.normalise(j, false)
	}
	if f.samples++; scaling && f.samples == float64(s.ScaleEvery) {
		rise := step * f.pool / float64(f.cfg.Neurons)
		f.samples, f.pool = 0, 0
		for j := range f.target {
			f.target[j] += rise
			f.normalise(j, true)
		}
	}
	if s.Adaptive() {
		least, fall := float64(s.ThetaMin)/setting.Unit, float64(s.ThetaFall)/65536/setting.Unit
		for j, theta := range f.theta {
			f.theta[j] = max(theta-fall, min(theta, least))
		}
	}
}

// normalise brings the weights into neuron j down to their target, and up too if
// asked.
func (f *floatNet) normalise(j int, up bool) {
	kind := f.cfg.Setting.Norm
	if kind == 0 {
		return
	}
	n, sum := f.cfg.Neurons, 0.0
	for i := range f.inputs {
		w := f.weights[i*n+j]
		if kind == setting.ByLength {
			w = float64(w * w)
		}
		sum += w
	}
	if sum == 0 || sum <= f.target[j] && !up {
		return
	}
	factor := f.target[j] / sum
	if kind == setting.ByLength {
		factor = math.Sqrt(factor)
	}
	for i := range f.inputs {
		w := &f.weights[i*n+j]
		*w = min(*w*factor, 1)
	}
}
