package ir

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
	"adder/spike"
)

// one is a network of one input and one neuron.
func one(g core.Group, threshold, bias, reset, v0 int32, weight int16) *Network {
	g.Count = 1
	return &Network{
		Name: "one", Input: Input{Name: "in", Size: 1},
		Widths: core.Widths{Potential: 8, Current: 8},
		Populations: []Population{{
			Name: "n", Shape: []int{1}, Size: 1, Groups: []core.Group{g},
			Threshold: []int32{threshold}, Bias: []int32{bias}, Reset: []int32{reset},
			V0: []int32{v0},
		}},
		Projections: []Projection{{
			Source: SourceInput, WeightBits: 16,
			Weights: Weights{Sources: 1, Targets: 1, Start: []int64{0, 1}, Target: []int32{0},
				Value: []int16{weight}},
		}},
	}
}

// TestInterpreterByHand holds the interpreter to potentials worked out on
// paper from docs/neurocore.md, section 3. The host spikes in ticks 0, 1, 3.
func TestInterpreterByHand(t *testing.T) {
	tests := []struct {
		name   string
		net    *Network
		v      []int32
		spikes []bool
	}{
		{"integrate and fire, reset by subtraction",
			one(core.Group{DecayV: 4096, ResetMode: core.ResetSubtract}, 9, 1, 10, 2, 5),
			[]int32{8, 4, 5, 1}, []bool{false, true, false, true}},
		{"leak of a half, toward zero, reset to a value",
			one(core.Group{DecayV: 2048}, 9, 0, -3, -5, 9),
			[]int32{7, -3, -1, 9}, []bool{false, true, false, false}},
		{"current of a quarter before the membrane",
			one(core.Group{HasCurrent: true, DecayU: 1024, DecayV: 4096}, 100, 0, 0, 0, 16),
			[]int32{16, 36, 41, 58}, []bool{false, false, false, false}},
		{"input of a refractory neuron is discarded",
			one(core.Group{DecayV: 4096, Refractory: 1}, 4, 0, 0, 0, 5),
			[]int32{0, 0, 0, 0}, []bool{true, false, false, true}},
		{"saturation at the width, weight exponent, an integrator",
			one(core.Group{DecayV: 4096, WeightExp: 3, Integrator: true}, 0, 0, 0, 0, 12),
			[]int32{96, 127, 127, 127}, []bool{false, false, false, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := interpret(t, tt.net, &Sample{Spikes: threeSpikes()})
			require.Equal(t, tt.v, got.Potentials[0])
			for tick, want := range tt.spikes {
				require.Equal(t, want, got.Spikes[0].Get(tick, 0), "tick %d", tick)
			}
			require.Equal(t, tt.v[3], got.Final[0][0])
		})
	}
}

// interpret runs one sample.
func interpret(t *testing.T, net *Network, s *Sample) *Activity {
	t.Helper()
	r, err := NewInterpreter(net, Options{})
	require.NoError(t, err)
	got, err := r.Run(s)
	require.NoError(t, err)
	return got
}

// threeSpikes are those of one source in ticks 0, 1 and 3 of four.
func threeSpikes() *spike.Train {
	in := spike.NewTrain(1, 4)
	for _, tick := range []int{0, 1, 3} {
		in.Set(tick, 0)
	}
	return in
}

// TestInterpreterRegistersByHand is TestInterpreterByHand for registers that
// wrap, align or limit the digits of a decay.
func TestInterpreterRegistersByHand(t *testing.T) {
	for _, tt := range []struct {
		name  string
		width core.Widths
		net   *Network
		v     []int32
	}{
		{"a potential wraps", core.Widths{Potential: 8, Current: 8, WrapPotential: true},
			one(core.Group{DecayV: 4096, Integrator: true}, 0, 0, 0, 0, 100),
			[]int32{100, -56, -56, 44}},
		{"a potential saturates below", core.Widths{Potential: 8, Current: 8},
			one(core.Group{DecayV: 4096, Integrator: true}, 0, 0, 0, 0, -100),
			[]int32{-100, -127, -127, -127}},
		{"a current wraps", core.Widths{Potential: 16, Current: 8, WrapCurrent: true},
			one(core.Group{HasCurrent: true, DecayU: 4096, Integrator: true}, 0, 0, 0, 0, 100),
			[]int32{100, -56, -56, 44}},
		{"a current saturates", core.Widths{Potential: 16, Current: 8},
			one(core.Group{HasCurrent: true, DecayU: 4096, Integrator: true}, 0, 0, 0, 0, 100),
			[]int32{100, 127, 127, 127}},
		{"an exponent rounds down before the input is aligned",
			core.Widths{Potential: 8, Current: 8, Align: 2},
			one(core.Group{DecayV: 4096, WeightExp: -1, Integrator: true}, 0, 0, 0, 0, -5),
			[]int32{-12, -24, -24, -36}},
		{"a half of large numbers", core.Widths{Potential: 24, Current: 8},
			one(core.Group{DecayV: 2048, Integrator: true}, 0, 0, 0, 0, 10000),
			[]int32{10000, 15000, 7500, 13750}},
		{"one digit makes 2176/4096 a half", core.Widths{Potential: 8, Current: 8, DecayDigits: 1},
			one(core.Group{DecayV: 2176, Integrator: true}, 0, 0, 0, 0, 64),
			[]int32{64, 96, 48, 88}},
		{"one digit of a current's decay", core.Widths{Potential: 8, Current: 8, DecayDigits: 1},
			one(core.Group{HasCurrent: true, DecayU: 2176, Integrator: true}, 0, 0, 0, 0, 64),
			[]int32{64, 96, 48, 88}},
		{"what a reset leaves saturates", core.Widths{Potential: 8, Current: 8},
			one(core.Group{DecayV: 4096, ResetMode: core.ResetSubtract}, 50, 0, -100, 0, 100),
			[]int32{127, 127, 127, 127}},
		{"a refractory neuron counts down and fires all the same",
			core.Widths{Potential: 8, Current: 8},
			one(core.Group{DecayV: 4096, Refractory: 2}, 4, 0, 5, 0, 5), []int32{5, 5, 5, 5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.net.Widths = tt.width
			got := interpret(t, tt.net, &Sample{Spikes: threeSpikes()})
			require.Equal(t, tt.v, got.Potentials[0])
		})
	}
}

// TestInterpreterHostByHand adds a current of the host behind the current of
// the neuron, which takes the bias: u is 6, 9, 10 and 11.
func TestInterpreterHostByHand(t *testing.T) {
	net := one(core.Group{HasCurrent: true, BiasToCurrent: true, DecayU: 2048, DecayV: 4096}, 100,
		6, 0, 0, 16)
	net.Host = &Host{Weights: []int16{-7}, WeightExp: -2}
	for _, c := range []struct {
		level, most int32
		v           []int32
	}{
		{0, 9, []int32{6, 15, 25, 36}},
		{4, 3, []int32{4, 11, 19, 28}}, // -7/4 of 4/3 is -2.3
		{6, 7, []int32{4, 11, 19, 28}}, // -1.5, away from zero
		{1, 2, []int32{5, 13, 22, 32}}, // -0.9
	} {
		got := interpret(t, net, &Sample{Levels: []int32{c.level}, MaxLevel: c.most, Ticks: 4,
			Spikes: threeSpikes()})
		require.Equal(t, c.v, got.Potentials[0], "level %d of %d; the spikes count for nothing",
			c.level, c.most)
	}
}

// TestInterpreterPathsByHand sends spikes to two integrators of one layer, over
// neurons and past them: what is on its way in the last tick is forgotten.
func TestInterpreterPathsByHand(t *testing.T) {
	dense := func(w ...int8) Weights { return Weights{Sources: 1, Targets: len(w), Dense: w} }
	for _, c := range []struct {
		name  string
		delay int
		v     []int32 // [ticks][2]
	}{
		{"the paths meet", 0, []int32{13, 20, 26, 30, 26, 15, 39, 27}},
		{"a delay comes on top", 1, []int32{10, 16, 23, 28, 26, 18, 36, 25}},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := one(core.Group{}, 0, 0, 0, 0, 1)
			net.Populations = append(net.Populations, Population{
				Name: "sum", Shape: []int{2}, Size: 2, Depth: 1, V0: []int32{0, 0},
				Threshold: make([]int32, 2), Bias: make([]int32, 2), Reset: make([]int32, 2),
				Groups: []core.Group{
					{Count: 1, Population: 1, Depth: 1, DecayV: 4096, Integrator: true},
					{First: 1, Count: 1, Population: 1, Depth: 1, DecayV: 2048, Integrator: true},
				},
			})
			net.Projections = append(net.Projections,
				Projection{Source: SourceInput, Target: 1, Delay: 1, WeightBits: 8,
					Weights: dense(10, 16)},
				Projection{Source: 0, Target: 1, Delay: c.delay, WeightBits: 8,
					Weights: dense(3, 4)})
			r, err := NewInterpreter(net, Options{})
			require.NoError(t, err)
			for range 2 { // the second run starts anew
				got, err := r.Run(&Sample{Spikes: threeSpikes()})
				require.NoError(t, err)
				require.Equal(t, c.v, got.Potentials[1])
				require.Equal(t, c.v[6:], got.Final[1])
				require.Zero(t, got.Spikes[1].Count())
			}
		})
	}
}

func TestInterpreterRefusesAWrongSize(t *testing.T) {
	r, err := NewInterpreter(one(core.Group{DecayV: 4096}, 1, 0, 0, 0, 1), Options{})
	require.NoError(t, err)
	_, err = r.Run(&Sample{Spikes: spike.NewTrain(2, 4)})
	require.ErrorContains(t, err, "1 inputs")
}
