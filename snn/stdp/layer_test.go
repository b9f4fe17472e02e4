package stdp

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// half is the time constant of a decay by exactly 1/2 per tick.
const half = 1 / math.Ln2

// plain is a neuron in round numbers: threshold 8, rest 0, reset 2, 2 ticks refractory,
// half the potential lost per tick.
func plain(m Model) NeuronConfig {
	return NeuronConfig{
		Model: m, Threshold: 8, Rest: 0, Reset: 2, Refractory: 2, Leak: half, ThetaPlus: 1,
		ThetaLeak: half, OneSpike: true,
		EscapeRate: 1, EscapeWidth: 1, Gain: 2, Traces: TraceConfig{TimeConstant: half},
	}
}

// TestLayerByHand steps one neuron of each model through inputs worked out by hand.
func TestLayerByHand(t *testing.T) {
	for _, c := range []struct {
		name    string
		config  NeuronConfig
		escapes []float32
		input   []float32
		v       []float32
		spikes  []int
	}{
		{
			// starts at reset; fires at 8 exactly; ignores two inputs, hears the third
			name: "if", config: plain(IF),
			input: []float32{3, 3, 5, 5, 5, 1}, v: []float32{5, 2, 2, 2, 7, 2}, spikes: []int{1, 5},
		},
		{
			// starts at rest; leaks while refractory too
			name: "lif", config: plain(LIF),
			input: []float32{4, 6, 9, 9, 1}, v: []float32{4, 2, 1, 0.5, 1.25}, spikes: []int{1},
		},
		{
			// theta halves before the test: 8+0, then 8+0.5 at tick 3, where 8.125 is too little,
			// and 8.25 at tick 4, where 8.0625+0.5 is enough
			name: "dc", config: func() NeuronConfig {
				c := plain(DiehlCook)
				c.Refractory = 0
				return c
			}(),
			input: []float32{8, 7.5, 4, 6, 5}, v: []float32{2, 2, 5, 2, 6}, spikes: []int{0, 1, 3},
		},
		{
			// the gain doubles the input; p = 1-exp(-exp(v-8)) = 0.632 at v = 8, 0.018 at v = 4
			name: "srm0", config: plain(SRM0), escapes: []float32{0.01, 0.5, 0.5, 0.64, 0.62},
			input: []float32{2, 3, 4, 3.875, 2}, v: []float32{2, 1, 0.5, 8, 2}, spikes: []int{0, 4},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := NewLayer(c.config, 1, script{escapes: c.escapes})
			require.NoError(t, err)
			l.Reset([]uint64{7})
			var v []float32
			var spikes []int
			for tick, current := range c.input {
				l.Step([]float32{current}, true)
				v = append(v, l.Potentials()[0])
				if len(l.Activity().Spikes[0]) == 1 {
					spikes = append(spikes, tick)
				}
			}
			require.Equal(t, c.v, v)
			require.Equal(t, c.spikes, spikes)
		})
	}
}

// TestOneSpike checks what the losers of a tick go through, in two samples that share
// theta.
func TestOneSpike(t *testing.T) {
	pick := func(_ uint64, _ int, candidates []int32) int { return len(candidates) - 1 }
	l, err := NewLayer(plain(DiehlCook), 3, script{picks: pick})
	require.NoError(t, err)
	l.Reset([]uint64{4, 5})
	current := []float32{9, 8, 1, 0, 8, 0}
	l.Step(current, true)
	require.Equal(t, [][]int32{{1}, {1}}, l.Activity().Spikes)
	require.Equal(t, []float32{2, 2, 1, 0, 2, 0}, l.Potentials())
	require.Equal(t, []float32{2, 2, -1, -1, 2, -1}, l.RefractoryCounts())
	require.Equal(t, []float32{1, 2, 0}, l.Theta(),
		"a loser's threshold rises, and once per sample")

	l.Reset([]uint64{4, 5})
	require.Equal(t, []float32{1, 2, 0}, l.Theta(), "theta outlives the samples")
	l.Step(current, false)
	require.Equal(t, [][]int32{{0}, {}}, l.Activity().Spikes, "9 reaches 8+1, 8 does not reach 8+2")
	require.Equal(t, []float32{1, 2, 0}, l.Theta(), "theta stands still outside of learning")
}

// TestEscapeIsZeroBelow checks that what is not drawn could not have escaped.
func TestEscapeIsZeroBelow(t *testing.T) {
	c := DefaultNeuron(SRM0)
	l, err := NewLayer(c, 1, NewKeyed(1))
	require.NoError(t, err)
	require.Less(t, l.silentAt, c.Threshold)
	require.Zero(t, c.escape(l.silentAt))
	require.Positive(t, c.escape(l.silentAt+2*c.EscapeWidth))
	require.InDelta(t, 0.0716, c.escape(c.Rest), 1e-4, "at rest: 72 Hz without input")
	require.InDelta(t, 0.183, c.escape(c.Reset), 1e-3)
}

func TestKeyedPicksFairly(t *testing.T) {
	candidates := []int32{3, 8, 40, 99}
	wins := make([]int, len(candidates))
	for tick := range 4000 {
		wins[NewKeyed(5).Pick(9, tick, candidates)]++
	}
	for _, n := range wins {
		require.InDelta(t, 1000, n, 5*math.Sqrt(4000*0.25*0.75))
	}
}

func TestKeyedEscapeIsUniform(t *testing.T) {
	sum, squares := 0.0, 0.0
	const n = 20000
	for i := range n {
		u := float64(NewKeyed(5).Escape(uint64(i/1000), i%1000/10, i%10))
		require.True(t, u >= 0 && u < 1)
		sum += u
		squares += u * u
	}
	require.InDelta(t, 0.5, sum/n, 0.01)
	require.InDelta(t, 1.0/3, squares/n, 0.01)
}

func TestNeuronConfigRefused(t *testing.T) {
	nan := float32(math.NaN())
	for want, change := range map[string]func(*NeuronConfig){
		"neuron model 9 is not known":        func(c *NeuronConfig) { c.Model = 9 },
		"threshold NaN: must be finite":      func(c *NeuronConfig) { c.Threshold = nan },
		"membrane time constant 0":           func(c *NeuronConfig) { c.Leak = 0 },
		"threshold time constant -1":         func(c *NeuronConfig) { c.ThetaLeak = -1 },
		"escape rate -1: must be at least 0": func(c *NeuronConfig) { c.EscapeRate = -1 },
		"escape width 0 mV": func(c *NeuronConfig) {
			c.Model, c.EscapeWidth = SRM0, 0
		},
		"trace time constant NaN": func(c *NeuronConfig) {
			c.Traces.TimeConstant = math.NaN()
		},
	} {
		c := DefaultNeuron(DiehlCook)
		change(&c)
		_, err := NewLayer(c, 4, NewKeyed(0))
		require.ErrorContains(t, err, want)
	}
	_, err := NewLayer(DefaultNeuron(IF), 0, NewKeyed(0))
	require.EqualError(t, err, "layer of 0 neurons: must be at least 1")
}

func TestNames(t *testing.T) {
	for _, m := range Models() {
		got, err := ParseModel(m.String())
		require.NoError(t, err)
		require.Equal(t, m, got)
	}
	for _, r := range Rules() {
		got, err := ParseRule(r.String())
		require.NoError(t, err)
		require.Equal(t, r, got)
	}
	_, err := ParseModel("izhikevich")
	require.EqualError(t, err,
		`neuron model "izhikevich" is not known: use one of if, lif, srm0, dc`)
	_, err = ParseRule("oja")
	require.EqualError(t, err,
		`learning rule "oja" is not known: use one of postpre, weightdependent, hebbian`)
}
