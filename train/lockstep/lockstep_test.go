package lockstep

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn/stdp"
	"adder/spike"
	"adder/train/setting"
)

// scaledByHost is a setting that a lock-step run takes and a chip does not.
func scaledByHost() setting.Setting {
	return setting.Setting{
		Arbiter: setting.ArbiterFair, Threshold: 3315, Decay: 4055, LTP: []uint16{7}, LTD: 13,
		Trace: 4,
		Norm:  setting.ByHost, Target: 78 * setting.StoredUnit,
	}
}

// TestRefused checks what a lock-step run says it does not have.
func TestRefused(t *testing.T) {
	for want, change := range map[string]func(*setting.Setting){
		"a lock-step run scales weights on the host": func(s *setting.Setting) {
			s.Norm = setting.BySum
		},
		"a lock-step run has one rate, direct inhibition": func(s *setting.Setting) {
			s.Relay = true
		},
		"no rate of potentiation": func(s *setting.Setting) { s.LTP = nil },
		`arbiter "loudest"`: func(s *setting.Setting) {
			s.Arbiter = "loudest"
		},
	} {
		fixed := scaledByHost()
		change(&fixed)
		_, err := New(&setting.Config{Neuron: stdp.DiehlCook, Rule: stdp.PostPre,
			Preset: setting.Preset{Setting: fixed}, Neurons: 3}, 4)
		require.ErrorContains(t, err, want)
	}
}

// TestSums checks a batch by hand: two equal images change weights by twice
// what one does, but for rounding.
func TestSums(t *testing.T) {
	fixed := setting.Setting{Arbiter: setting.ArbiterNone, Threshold: 10, Decay: 4096,
		LTP: []uint16{4}, LTD: 255, Trace: 4}
	var changes []int
	for _, batch := range []int{1, 2} {
		n, err := New(&setting.Config{Neuron: stdp.IF, Rule: stdp.PostPre,
			Preset: setting.Preset{Setting: fixed}, Neurons: 1, Seed: 9}, 2)
		require.NoError(t, err)
		n.setWeight(0, 0, 20<<8)
		before := int(n.Weights()[0])
		train := spike.NewTrain(2, 1)
		train.Set(0, 0)
		_, err = n.Run([]uint64{7, 8}[:batch], []*spike.Train{train, train}[:batch])
		require.NoError(t, err)
		changes = append(changes, int(n.Weights()[0])-before)
	}
	require.Equal(t, []int{255 << 8 >> 4, 2 * 255 << 8 >> 4}, changes)
}

// TestScaleByHost checks sums after scaling, and the work.
func TestScaleByHost(t *testing.T) {
	fixed := scaledByHost()
	fixed.Target = 2 * setting.StoredUnit
	n, err := New(&setting.Config{Neuron: stdp.LIF, Rule: stdp.PostPre,
		Preset: setting.Preset{Setting: fixed}, Neurons: 3, Seed: 1}, 50)
	require.NoError(t, err)
	n.scaleByHost()
	weights := n.Weights()
	for j := range 3 {
		sum := 0
		for i := range 50 {
			sum += int(weights[i*3+j])
		}
		require.InDelta(t, 2*setting.StoredUnit, sum, 25, "half a bit for each of 50 weights")
	}
	require.EqualValues(t, 2*50*3, n.HostOperations())
}
