package tuned

import (
	"math"

	"adder/chip"
	"adder/core"
	"adder/fixedpoint"
	"adder/snn/stdp"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/setting"
)

// rate is 2^-shift, 0 for a rate that is off.
func rate(shift uint8) float64 {
	if shift == core.RateOff {
		return 0
	}
	return math.Ldexp(1, -int(shift))
}

// floatNetwork is a winner-take-all network in real numbers, weights from 0 to 1.
type floatNetwork struct {
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

func newFloatNetwork(cfg *setting.Config, encoder encode.Encoder, inputs int) *floatNetwork {
	s, n := &cfg.Setting, cfg.Neurons
	f := &floatNetwork{
		cfg: cfg, encoder: encoder, source: fixedpoint.NewSource(cfg.Seed), inputs: inputs,
		ltd:     rate(s.LTD),
		weights: make([]float64, inputs*n), v: make([]float64, n), theta: make([]float64, n),
		target:     make([]float64, n),
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
func (f *floatNetwork) targetUnit() float64 {
	if f.cfg.Setting.Norm == setting.ByLength {
		return setting.Unit * setting.Unit
	}
	return setting.StoredUnit
}

// present shows an image and returns the spikes of each neuron, valid until the
// next call.
func (f *floatNetwork) present(key uint64, image []uint8) []int32 {
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
	before := -1 // the winner of the tick before
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
func (f *floatNetwork) integrate(before int) {
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
func (f *floatNetwork) compete(key uint64, t int) int {
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

func (f *floatNetwork) fires(key uint64, t, j int, margin float64) bool {
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
func (f *floatNetwork) learn(t, winner int) {
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
func (f *floatNetwork) endSample() {
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

// normalise scales the weights into neuron j down to their target, and up too if asked.
func (f *floatNetwork) normalise(j int, up bool) {
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
