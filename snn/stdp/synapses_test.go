package stdp

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestRulesByHand learns in one synapse, with rates and traces that are powers of two.
func TestRulesByHand(t *testing.T) {
	rule := func(r Rule) RuleConfig {
		return RuleConfig{Rule: r, NuPre: 0.25, NuPost: 0.5, WMin: 0, WMax: 1}
	}
	for _, c := range []struct {
		name      string
		rule      RuleConfig
		w0        float32
		pre, post []int
		want      []float32
	}{
		// the trace of a spike is 1 in its tick, 1/2 in the next
		{"postpre", rule(PostPre), 0.25, []int{1, 0, 0}, []int{0, 1, 0}, []float32{0.25, 0.5, 0.5}},
		{"postpre, order reversed", rule(PostPre), 0.25, []int{0, 1, 0}, []int{1, 0, 0},
			[]float32{0.25, 0.125, 0.125}},
		{"postpre, together", rule(PostPre), 0.25, []int{1}, []int{1}, []float32{0.5}},
		{"postpre, clipped above", rule(PostPre), 0.75, []int{1}, []int{1}, []float32{1}},
		{"postpre, clipped below", rule(PostPre), 0.0625, []int{0, 1}, []int{1, 0},
			[]float32{0.0625, 0}},
		{"hebbian", rule(Hebbian), 0.25, []int{0, 1, 0}, []int{1, 0, 0},
			[]float32{0.25, 0.375, 0.375}},
		{"hebbian, together", rule(Hebbian), 0.125, []int{1}, []int{1}, []float32{0.875}},
		{"weight dependent, up", rule(WeightDependentPostPre), 0.5, []int{1, 0}, []int{0, 1},
			[]float32{0.5, 0.625}},
		{"weight dependent, down", rule(WeightDependentPostPre), 0.5, []int{0, 1}, []int{1, 0},
			[]float32{0.5, 0.4375}},
		{"weight dependent, together", rule(WeightDependentPostPre), 0.5, []int{1}, []int{1},
			[]float32{0.625}},
		{"weight decay", RuleConfig{Rule: PostPre, WMax: 1, WeightDecay: 0.5}, 0.5, []int{0, 0},
			[]int{0, 0}, []float32{0.25, 0.125}},
		{"above the bound", rule(PostPre), 1.5, []int{0}, []int{0}, []float32{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := NewSynapses(c.rule, 1, 1)
			require.NoError(t, err)
			require.NoError(t, s.SetWeights([]float32{c.w0}))
			pre, post := newActivity(1, 1), newActivity(1, 1)
			for tick := range c.pre {
				step(pre, [][]int{{c.pre[tick]}})
				step(post, [][]int{{c.post[tick]}})
				s.Learn(pre, post)
				require.Equal(t, c.want[tick], s.Weights()[0], "tick %d", tick)
			}
		})
	}
}

// newActivity is a silent population with traces that halve.
func newActivity(n, batch int) *Activity {
	a := &Activity{Traces: NewTraces(TraceConfig{TimeConstant: half}, n)}
	a.Traces.Reset(batch)
	return a
}

// step makes the neurons spike whose entry, shape [batch][n], is not 0.
func step(a *Activity, spikes [][]int) {
	a.Spikes = a.Spikes[:0]
	for _, row := range spikes {
		list := []int32{}
		for i, s := range row {
			if s != 0 {
				list = append(list, int32(i))
			}
		}
		a.Spikes = append(a.Spikes, list)
	}
	a.Traces.Step(a.Spikes)
}

// TestBatchIsSummed checks that two samples' events add up before the rule.
func TestBatchIsSummed(t *testing.T) {
	s, err := NewSynapses(RuleConfig{Rule: WeightDependentPostPre, NuPost: 0.25, WMax: 1}, 1, 1)
	require.NoError(t, err)
	pre, post := newActivity(1, 2), newActivity(1, 2)
	step(pre, [][]int{{1}, {1}})
	step(post, [][]int{{1}, {1}})
	s.Learn(pre, post)
	require.Equal(t, float32(0.5), s.Weights()[0], "0.25*(1+1)*(1-0), not 0.25+0.25*0.75")
}

func TestNormalize(t *testing.T) {
	s, err := NewSynapses(RuleConfig{Rule: PostPre, WMin: -1, WMax: 1, Norm: 3}, 2, 3)
	require.NoError(t, err)
	require.NoError(t, s.SetWeights([]float32{0.5, -0.5, 0, 0.25, 0.25, 0}))
	s.Normalize()
	require.Equal(t, []float32{2, -2, 0, 1, 1, 0}, s.Weights(),
		"by column, with magnitudes, beyond the bounds; silence stays")
	quiet, other := newActivity(2, 1), newActivity(3, 1)
	step(quiet, [][]int{{0, 0}})
	step(other, [][]int{{0, 0, 0}})
	s.Learn(quiet, other)
	require.Equal(t, []float32{1, -1, 0, 1, 1, 0}, s.Weights(), "the next tick of learning clips")
}

// TestLearnIsDense holds the sparse sums to the rule written out over all pairs, for
// few and for many spikes, to the bit.
func TestLearnIsDense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const pre, post, batch = 7, 20, 3
		config := RuleConfig{
			Rule: rapid.SampledFrom(Rules()).Draw(t, "rule"), NuPre: 0.05, NuPost: 0.2, WMax: 1,
			WeightDecay: rapid.SampledFrom([]float32{0, 0.01}).Draw(t, "decay"), Norm: 2,
		}
		additive := rapid.Bool().Draw(t, "additive")
		s, err := NewSynapses(config, pre, post)
		require.NoError(t, err)
		s.Randomize(rapid.Uint64().Draw(t, "seed"), 0.3)
		o := newDenseRule(config, s.Weights(), pre, post, batch, additive)
		traces := TraceConfig{TimeConstant: 3, Additive: additive}
		in, out := &Activity{Traces: NewTraces(traces, pre)}, &Activity{Traces: NewTraces(traces,
			post)}
		density := rapid.IntRange(1, 9).Draw(t, "density")
		raster := rapid.SliceOfN(rapid.IntRange(0, 9), batch*(pre+post), batch*(pre+post))
		for range 2 {
			in.Traces.Reset(batch)
			out.Traces.Reset(batch)
			o.reset()
			for range rapid.IntRange(1, 8).Draw(t, "ticks") {
				drawn := raster.Draw(t, "spikes")
				x, y := make([][]int, batch), make([][]int, batch)
				for b := range batch {
					row := drawn[b*(pre+post):][:pre+post]
					for _, d := range row[:pre] {
						x[b] = append(x[b], flag(d < density))
					}
					for _, d := range row[pre:] {
						y[b] = append(y[b], flag(d < density))
					}
				}
				step(in, x)
				step(out, y)
				s.Learn(in, out)
				o.learn(x, y)
				require.Equal(t, o.w, s.Weights())
			}
			s.Normalize()
			o.normalize()
			require.Equal(t, o.w, s.Weights())
		}
	})
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// denseRule is a learning rule over all pairs, with traces that decay tick by tick.
type denseRule struct {
	config           RuleConfig
	pre, post, batch int
	additive         bool
	decay            float32
	w                []float32
	x, y             []float32
}

func newDenseRule(c RuleConfig, w []float32, pre, post, batch int, additive bool) *denseRule {
	return &denseRule{config: c, pre: pre, post: post, batch: batch, additive: additive,
		decay: decayOf(3), w: append([]float32{}, w...)}
}

func (o *denseRule) reset() {
	o.x, o.y = make([]float32, o.batch*o.pre), make([]float32, o.batch*o.post)
}

func (o *denseRule) trace(traces []float32, n int, spikes [][]int) {
	for b, row := range spikes {
		for i, s := range row {
			x := &traces[b*n+i]
			*x *= o.decay
			switch {
			case s != 0 && o.additive:
				*x++
			case s != 0:
				*x = 1
			}
		}
	}
}

func (o *denseRule) learn(pre, post [][]int) {
	o.trace(o.x, o.pre, pre)
	o.trace(o.y, o.post, post)
	for i := range o.pre {
		for j := range o.post {
			a, c := float32(0), float32(0)
			for b := range o.batch {
				a += float32(float32(pre[b][i]) * o.y[b*o.post+j])
				c += float32(o.x[b*o.pre+i] * float32(post[b][j]))
			}
			w := &o.w[i*o.post+j]
			old := *w
			switch o.config.Rule {
			case PostPre:
				*w -= float32(o.config.NuPre * a)
				*w += float32(o.config.NuPost * c)
			case Hebbian:
				*w += float32(o.config.NuPre * a)
				*w += float32(o.config.NuPost * c)
			case WeightDependentPostPre:
				u := -float32(float32(o.config.NuPre*a) * (old - o.config.WMin))
				u += float32(float32(o.config.NuPost*c) * (o.config.WMax - old))
				*w += u
			}
			*w *= 1 - o.config.WeightDecay
			*w = min(max(*w, o.config.WMin), o.config.WMax)
		}
	}
}

func (o *denseRule) normalize() {
	for j := range o.post {
		sum := float32(0)
		for i := range o.pre {
			sum += float32(math.Abs(float64(o.w[i*o.post+j])))
		}
		if sum == 0 {
			sum = 1
		}
		for i := range o.pre {
			o.w[i*o.post+j] *= o.config.Norm / sum
		}
	}
}

func TestRuleConfigRefused(t *testing.T) {
	inf := float32(math.Inf(1))
	for want, change := range map[string]func(*RuleConfig){
		"learning rule 7 is not known":                func(c *RuleConfig) { c.Rule = 7 },
		"learning rates +Inf and 0.01":                func(c *RuleConfig) { c.NuPre = inf },
		"weights from 2 to 1: must be finite":         func(c *RuleConfig) { c.WMin = 2 },
		"weights from 0 to +Inf: must be finite":      func(c *RuleConfig) { c.WMax = inf },
		"weight decay 1: must be at least 0":          func(c *RuleConfig) { c.WeightDecay = 1 },
		"weight norm -1: must be at least 0":          func(c *RuleConfig) { c.Norm = -1 },
		"weight norm +Inf: must be at least 0 and fi": func(c *RuleConfig) { c.Norm = inf },
	} {
		c := DefaultRule(PostPre)
		change(&c)
		_, err := NewSynapses(c, 2, 2)
		require.ErrorContains(t, err, want)
	}
	_, err := NewSynapses(DefaultRule(PostPre), 0, 2)
	require.EqualError(t, err, "synapses from 0 to 2 neurons: must be at least 1")
	s, err := NewSynapses(DefaultRule(PostPre), 2, 2)
	require.NoError(t, err)
	require.EqualError(t, s.SetWeights(make([]float32, 3)), "3 weights for 2 x 2 synapses")
}
