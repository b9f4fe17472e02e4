package stdp

import (
	"testing"

	"adder/internal/draws"
	"adder/spike"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// smallConfig is a network in which weights of an input or two make a neuron fire.
func smallConfig(m Model, r Rule) Config {
	c := DefaultConfig(m, r, 9)
	c.Inputs = 12
	c.InitialScale = 10
	c.Rule.WMax = 10
	c.Rule.NuPost = 0.5
	c.Rule.Norm = 60
	c.Inhibition = 3
	c.Neuron.Refractory = 2
	return c
}

// randomTrains draws a batch.
func randomTrains(t *rapid.T, inputs, ticks, batch int) ([]uint64, []*spike.Train) {
	var samples []uint64
	var trains []*spike.Train
	for b := range batch {
		train := spike.NewTrain(inputs, ticks)
		for _, at := range rapid.SliceOfN(rapid.IntRange(0, inputs*ticks-1), 0,
			inputs*ticks/3).Draw(t, "spikes") {
			train.Set(at/inputs, at%inputs)
		}
		samples, trains = append(samples, uint64(100+b)), append(trains, train)
	}
	return samples, trains
}

// denseNetwork is the network written out: every neuron, every pair, every tick.
type denseNetwork struct {
	config Config
	chance Keyed
	rule   *denseRule
	theta  []float32
}

func (o *denseNetwork) run(samples []uint64, trains []*spike.Train, learning bool) []int32 {
	c, batch := o.config, len(trains)
	n, ticks := c.Neurons, trains[0].Ticks()
	o.rule.batch = batch
	o.rule.reset()
	counts := make([]int32, batch*n)
	v, r := make([]float32, batch*n), make([]float32, batch*n)
	for i := range v {
		v[i] = c.Neuron.start()
	}
	pre, post := table(batch, c.Inputs), table(batch, n)
	for tick := range ticks {
		current := make([]float32, batch*n)
		for b := range batch {
			for j := range n {
				sum, inhibition := float32(0), float32(0)
				for i := range c.Inputs {
					sum += float32(float32(pre[b][i]) * o.rule.w[i*n+j])
				}
				for k := range n {
					if k != j {
						inhibition -= float32(float32(post[b][k]) * c.Inhibition)
					}
				}
				current[b*n+j] = sum + inhibition
			}
		}
		post = o.step(samples, tick, v, r, current, learning)
		for b, train := range trains {
			for i := range c.Inputs {
				pre[b][i] = flag(train.Get(tick, i))
			}
			for j := range n {
				counts[b*n+j] += int32(post[b][j])
			}
		}
		if learning {
			o.rule.learn(pre, post)
		}
	}
	o.rule.normalize()
	return counts
}

// step advances all neurons and returns which spike, shape [batch][n].
func (o *denseNetwork) step(samples []uint64, tick int, v, r, current []float32,
	learning bool) [][]int {
	c := o.config.Neuron
	n := o.config.Neurons
	fired := table(len(samples), n)
	for j := range n {
		adaptive := c.Model == DiehlCook
		if adaptive && learning {
			o.theta[j] *= decayOf(c.ThetaLeak)
		}
		level := c.Threshold + o.theta[j]
		crossed := float32(0)
		for b := range samples {
			at := b*n + j
			if c.Model != IF {
				v[at] = float32(decayOf(c.Leak)*(v[at]-c.Rest)) + c.Rest
			}
			if r[at] <= 0 {
				v[at] += current[at]
			}
			r[at]--
			spike := v[at] >= level
			if c.Model == SRM0 {
				spike = o.chance.Escape(samples[b], tick, j) < c.escape(v[at])
			}
			if !spike {
				continue
			}
			v[at], r[at] = c.Reset, c.Refractory
			fired[b][j] = 1
			crossed++
		}
		if adaptive && learning {
			o.theta[j] += float32(c.ThetaPlus * crossed)
		}
	}
	if c.Model == DiehlCook && c.OneSpike {
		o.arbitrate(samples, tick, fired)
	}
	return fired
}

func (o *denseNetwork) arbitrate(samples []uint64, tick int, fired [][]int) {
	for b, row := range fired {
		var candidates []int32
		for j, f := range row {
			if f != 0 {
				candidates = append(candidates, int32(j))
			}
		}
		if len(candidates) < 2 {
			continue
		}
		winner := candidates[o.chance.Pick(samples[b], tick, candidates)]
		clear(row)
		row[winner] = 1
	}
}

func table(rows, cols int) [][]int {
	t := make([][]int, rows)
	for i := range t {
		t[i] = make([]int, cols)
	}
	return t
}

// TestNetworkIsDense holds the event-driven network to the one written out, to the
// bit, in training and after it.
func TestNetworkIsDense(t *testing.T) {
	spiked := map[Model]bool{}
	rapid.Check(t, func(t *rapid.T) {
		c := smallConfig(rapid.SampledFrom(Models()).Draw(t, "model"),
			rapid.SampledFrom(Rules()).Draw(t, "rule"))
		c.Seed = rapid.Uint64().Draw(t, "seed")
		c.Neuron.ThetaPlus, c.Neuron.ThetaLeak = 0.25, half
		c.InputTraces.TimeConstant, c.Neuron.Traces.TimeConstant = 3, 3
		n, err := New(c)
		require.NoError(t, err)
		o := &denseNetwork{
			config: c, chance: NewKeyed(c.Seed), theta: make([]float32, c.Neurons),
			rule: newDenseRule(c.Rule, n.Synapses().Weights(), c.Inputs, c.Neurons, 0, false),
		}
		for run := range 3 {
			samples, trains := randomTrains(t, c.Inputs, 25, rapid.IntRange(1, 4).Draw(t, "batch"))
			n.SetLearning(run < 2)
			counts, err := n.Run(samples, trains)
			require.NoError(t, err)
			require.Equal(t, o.run(samples, trains, run < 2), counts)
			require.Equal(t, o.rule.w, n.Synapses().Weights())
			require.Equal(t, o.theta, n.Layer().Theta())
			spiked[c.Neuron.Model] = spiked[c.Neuron.Model] || nonzero(counts) > 0
		}
	})
	if draws.Number() < 100 { // too few to meet every model
		return
	}
	for _, model := range Models() {
		require.True(t, spiked[model], "%v never spiked: the test shows nothing", model)
	}
}

// TestBatchesAreIndependent checks that outside of learning a sample's spikes do not
// depend on what it is presented with.
func TestBatchesAreIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := smallConfig(rapid.SampledFrom(Models()).Draw(t, "model"), PostPre)
		c.Rule.Norm = 0
		n, err := New(c)
		require.NoError(t, err)
		n.SetLearning(false)
		samples, trains := randomTrains(t, c.Inputs, 20, 4)
		counts, err := n.Run(samples, trains)
		require.NoError(t, err)
		want := append([]int32{}, counts...)
		for b := range samples {
			alone, err := n.Run(samples[b:b+1], trains[b:b+1])
			require.NoError(t, err)
			require.Equal(t, want[b*c.Neurons:][:c.Neurons], alone)
		}
	})
}

// TestTally counts by hand: two inputs, two neurons, one weight of 0.
func TestTally(t *testing.T) {
	c := DefaultConfig(IF, PostPre, 2)
	c.Inputs, c.Rule.Norm, c.Rule.WMax = 2, 0, 100
	n, err := New(c)
	require.NoError(t, err)
	require.NoError(t, n.Synapses().SetWeights([]float32{100, 0, 1, 1}))
	n.SetLearning(false)
	trains := []*spike.Train{spike.NewTrain(2, 4), spike.NewTrain(2, 4)}
	trains[0].Set(0, 0) // arrives in tick 1, where neuron 0 fires; its inhibition arrives in tick 2
	trains[0].Set(1, 1)
	trains[0].Set(3, 1) // never arrives
	counts, err := n.Run([]uint64{0, 1}, trains)
	require.NoError(t, err)
	require.Equal(t, []int32{1, 0, 0, 0}, counts)
	require.Equal(t, Tally{Samples: 2, InputSpikes: 3, Spikes: 1, Synops: 1 + 2 + 1, Silent: 1},
		n.Tally())
	require.Equal(t, Tally{}, n.Tally())
}

func TestRunRefused(t *testing.T) {
	n, err := New(DefaultConfig(LIF, Hebbian, 5))
	require.NoError(t, err)
	for want, trains := range map[string][]*spike.Train{
		"a batch of 1 samples and 0 spike trains":              nil,
		"spike train 0 of the batch has 3 sources and 2 ticks": {spike.NewTrain(3, 2)},
	} {
		_, err := n.Run([]uint64{1}, trains)
		require.ErrorContains(t, err, want)
	}
	_, err = n.Run([]uint64{1, 2}, []*spike.Train{spike.NewTrain(784, 2), spike.NewTrain(784, 3)})
	require.ErrorContains(t, err, "spike train 1 of the batch has 784 sources and 3 ticks: the "+
		"network has 784 inputs and the batch 2 ticks")
}

func TestConfigRefused(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"inhibition of -1":              func(c *Config) { c.Inhibition = -1 },
		"inputs: trace time constant 0": func(c *Config) { c.InputTraces.TimeConstant = 0 },
		"synapses from 0 to 100":        func(c *Config) { c.Inputs = 0 },
		"synapses: learning rule 0":     func(c *Config) { c.Rule.Rule = 0 },
		"layer of Model(0) neurons":     func(c *Config) { c.Neuron.Model = 0 },
	} {
		c := DefaultConfig(DiehlCook, PostPre, 100)
		change(&c)
		_, err := New(c)
		require.ErrorContains(t, err, want)
	}
}

// TestInitialWeights checks range, mean and key of the initial weights.
func TestInitialWeights(t *testing.T) {
	n, err := New(DefaultConfig(DiehlCook, PostPre, 100))
	require.NoError(t, err)
	sum := 0.0
	for _, w := range n.Synapses().Weights() {
		require.True(t, w >= 0 && w < 0.3)
		sum += float64(w)
	}
	require.InDelta(t, 117.6, sum/100, 0.5, "weights of a neuron before the first run")
	c := DefaultConfig(DiehlCook, PostPre, 100)
	c.Seed = 1
	other, err := New(c)
	require.NoError(t, err)
	require.NotEqual(t, n.Synapses().Weights(), other.Synapses().Weights())
}
