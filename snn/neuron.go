package snn

// Model is a neuron model. The discrete step of each is written in
// docs/neurocore.md, section "Trained models".
type Model uint8

// The neuron models. The output of models without a threshold (I, LI, CubaLI) is the potential,
// that of the others a spike (0 or 1).
const (
	ModelI         Model = iota // v += k r x
	ModelLI                     // tau v' = (vleak - v) + r x
	ModelIF                     // v += k r x, spikes
	ModelLIF                    // LI, spikes
	ModelCubaLI                 // current-based LI: tausyn u' = -u + win x
	ModelCubaLIF                // CubaLI, spikes
	ModelThreshold              // spikes where x > threshold, no state
)

var modelNames = [...]string{"I", "LI", "IF", "LIF", "CubaLI", "CubaLIF", "Threshold"}

// String is the model's name as the field and NIR write it.
func (m Model) String() string {
	if int(m) < len(modelNames) {
		return modelNames[m]
	}
	return "unknown"
}

// Spikes reports whether the model has a threshold.
func (m Model) Spikes() bool {
	return m == ModelIF || m == ModelLIF || m == ModelCubaLIF || m == ModelThreshold
}

// Neuron is a population of equal models. Every parameter slice has one
// entry for all neurons or one per neuron; time constants are in seconds.
// Slices that a model does not use are nil.
type Neuron struct {
	Model      Model
	Tau        []float64 // membrane time constant; LI, LIF, CubaLI, CubaLIF
	TauSyn     []float64 // synaptic time constant; CubaLI, CubaLIF
	R          []float64 // gain of the input (I, LI, IF, LIF) or current
	WIn        []float64 // gain of the input into u; CubaLI, CubaLIF
	VLeak      []float64 // resting potential
	VThreshold []float64
	VReset     []float64
	// V0 is the potential before the first tick; nil means 0, also where
	// VLeak is not 0 (as every tool starts).
	V0    []float64
	Reset ResetMode
	// UnitStep makes I and IF integrate x per tick instead of dt x.
	UnitStep bool
	// AtLeast makes the comparison v >= threshold instead of v >
	// threshold; converted networks use it.
	AtLeast bool
}

// Kind implements Op.
func (*Neuron) Kind() string { return "neuron" }

// At returns entry i of a parameter slice, its only entry where it has
// one, or def where it is nil.
func At(p []float64, i int, def float64) float64 {
	switch len(p) {
	case 0:
		return def
	case 1:
		return p[0]
	default:
		return p[i]
	}
}
