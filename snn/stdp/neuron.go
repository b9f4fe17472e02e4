package stdp

import (
	"fmt"
	"math"
	"strings"
)

// Model is a neuron model.
type Model uint8

// The neuron models.
const (
	// IF integrates and fires: no leak, no rest.
	IF Model = iota + 1
	// LIF leaks toward rest.
	LIF
	// SRM0 is LIF with escape noise: it fires with a probability that rises with
	// the potential.
	SRM0
	// DiehlCook is LIF with an adaptive threshold, of which at most one fires per
	// tick (Diehl and Cook, Frontiers in Computational Neuroscience 9:99, 2015).
	DiehlCook
)

// Models returns the neuron models in the order of their constants.
func Models() []Model { return []Model{IF, LIF, SRM0, DiehlCook} }

// String returns the model's name: if, lif, srm0 or dc.
func (m Model) String() string {
	switch m {
	case IF:
		return "if"
	case LIF:
		return "lif"
	case SRM0:
		return "srm0"
	case DiehlCook:
		return "dc"
	}
	return fmt.Sprintf("Model(%d)", uint8(m))
}

// ParseModel returns the model of a name that [Model.String] gives.
func ParseModel(name string) (Model, error) {
	var names []string
	for _, m := range Models() {
		if name == m.String() {
			return m, nil
		}
		names = append(names, m.String())
	}
	return 0, fmt.Errorf("neuron model %q is not known: use one of %s", name,
		strings.Join(names, ", "))
}

// NeuronConfig holds the constants of a layer's neurons. Potentials are in
// millivolts; times are in ticks, which are milliseconds here.
type NeuronConfig struct {
	// Model selects the equations; what a model does not use is ignored.
	Model Model
	// Threshold is the potential from which on (>=) a neuron fires.
	Threshold float32
	// Rest is the potential that the leak approaches, and the initial one of LIF, SRM0 and
	// DiehlCook.
	Rest float32
	// Reset is the potential after a spike, and where IF starts.
	Reset float32
	// Refractory is the number of ticks after a spike in which input is ignored. The leak and the
	// test continue.
	Refractory float32
	// Leak is the time constant of the potential.
	Leak float64
	// ThetaPlus is added to the adaptive threshold by a crossing, per sample of the batch;
	// DiehlCook only.
	ThetaPlus float32
	// ThetaLeak is the time constant of the adaptive threshold.
	ThetaLeak float64
	// OneSpike keeps one of the DiehlCook neurons of a sample that cross in a tick,
	// drawn fairly; the others are reset and adapt, but do not spike.
	OneSpike bool
	// EscapeRate is rho in p = 1 - exp(-rho*exp((v-Threshold)/EscapeWidth)), the
	// probability that an SRM0 neuron fires in a tick.
	EscapeRate float32
	// EscapeWidth is the width of the escape noise in millivolts.
	EscapeWidth float32
	// Gain multiplies the input of an SRM0 neuron.
	Gain float32
	// Traces describes the neurons' spike traces.
	Traces TraceConfig
}

// DefaultNeuron returns the constants of the published experiment (Shears and
// Yazdani, "Spiking Neural Networks for Image Classification", table 2), and where
// the article says nothing those of its published software: an SRM0 leak of 10
// ticks, its escape noise, and traces of 20 ticks.
func DefaultNeuron(m Model) NeuronConfig {
	c := NeuronConfig{
		Model: m, Threshold: -52, Rest: -65, Reset: -60, Refractory: 5, Leak: 100,
		ThetaPlus: 0.05, ThetaLeak: 1e7, OneSpike: true,
		EscapeRate: 1, EscapeWidth: 5, Gain: 1,
		Traces: DefaultTraces(),
	}
	if m == SRM0 {
		c.Leak = 10
	}
	return c
}

// Check returns an error that names the first constant that cannot be used.
func (c NeuronConfig) Check() error {
	if c.Model < IF || c.Model > DiehlCook {
		return fmt.Errorf("neuron model %d is not known", c.Model)
	}
	for _, value := range []struct {
		name string
		v    float32
	}{
		{"threshold", c.Threshold}, {"rest", c.Rest}, {"reset", c.Reset},
		{"refractory period", c.Refractory},
		{"threshold increase", c.ThetaPlus}, {"escape rate", c.EscapeRate}, {"gain", c.Gain},
	} {
		if !finite(value.v) {
			return fmt.Errorf("%s %v: must be finite", value.name, value.v)
		}
	}
	switch {
	case c.Model != IF && !(c.Leak > 0):
		return fmt.Errorf("membrane time constant %v: must be above 0", c.Leak)
	case c.Model == DiehlCook && !(c.ThetaLeak > 0):
		return fmt.Errorf("threshold time constant %v: must be above 0", c.ThetaLeak)
	case c.Model == SRM0 && !(c.EscapeWidth > 0):
		return fmt.Errorf("escape width %v mV: must be above 0", c.EscapeWidth)
	case c.EscapeRate < 0:
		return fmt.Errorf("escape rate %v: must be at least 0", c.EscapeRate)
	}
	return c.Traces.Check()
}

// start is the potential before the first tick.
func (c NeuronConfig) start() float32 {
	if c.Model == IF {
		return c.Reset
	}
	return c.Rest
}

// escape is the probability that an SRM0 neuron with potential v fires in a tick.
func (c NeuronConfig) escape(v float32) float32 {
	rho := float32(c.EscapeRate * exp32(float64((v-c.Threshold)/c.EscapeWidth)))
	return 1 - exp32(float64(-rho))
}

// exp32 is the float32 nearest to exp(x).
func exp32(x float64) float32 { return float32(math.Exp(x)) }

// decayOf is the factor by which a quantity with a time constant falls in a tick.
func decayOf(timeConstant float64) float32 { return exp32(-1 / timeConstant) }

// finite says whether x is a number.
func finite(x float32) bool { return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0) }
