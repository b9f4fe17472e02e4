// Package casefile reads case files: small networks of explicit integers, in the terms of Loihi,
// for testing a core by hand and against recorded vectors (docs/case-files.md). It makes an integer
// network of one; package compiler places it.
//
//	case.go     the format
//	decode.go   from YAML
//	model.go    neuron models
//	network.go  populations, with the chip's limits
//	weights.go  connections, and weights as stored
//
// Nothing is scaled, trained or converted here: networks of real numbers are models (snn).
package casefile

// Case is a case file. Fields that are left out are zero.
type Case struct {
	// Name is the network's; the file's name without its ending by default.
	Name string `yaml:"name"`
	// Chip is the profile the integers are meant for.
	Chip string `yaml:"chip"`
	// Ticks is the default length of a sample.
	Ticks int `yaml:"ticks"`
	// Input is the host's input.
	Input Input `yaml:"input"`
	// Populations and Connections are the network, Output the population
	// that is read, the last one by default.
	Populations []Population `yaml:"populations"`
	Connections []Connection `yaml:"connections"`
	Output      string       `yaml:"output"`

	// folder is the folder of the file: paths of other files are relative to it.
	folder string
}

// InputName is the name of the host's input in connections.
const InputName = "input"

// Input is the shape of the host's spikes; Size is short for one side.
type Input struct {
	Size  int   `yaml:"size"`
	Shape []int `yaml:"shape"`
}

// Population is a layer of neurons with equal decays.
type Population struct {
	Name string `yaml:"name"`
	Size int    `yaml:"size"`
	// Model is the neuron model.
	Model `yaml:",inline"`
	// VTh is the threshold in units of 2^6 on Loihi, of
	// 2^threshold_shift on any chip. A neuron spikes above it.
	VTh Integers `yaml:"vth"`
	// Bias is added in every tick: Mantissa * 2^Exponent.
	Bias Bias `yaml:"bias"`
	// V0 is the potential before a sample, and Reset that after a spike, in
	// least significant bits.
	V0    Integers `yaml:"v0"`
	Reset Integers `yaml:"reset"`
	// Depth is the first tick in which the population takes part.
	Depth int `yaml:"depth"`
}

// Bias is a bias as Loihi stores it.
type Bias struct {
	Mantissa Integers `yaml:"mantissa"`
	Exponent Integers `yaml:"exponent"`
}

// Connection is a bundle of synapses.
type Connection struct {
	// From is a population or "input", To a population.
	From string `yaml:"from"`
	To   string `yaml:"to"`
	// Weights are the integers by target and source, [targets][sources]; or
	// else File is an .npz with the array Array, or an .npy.
	Weights [][]int64 `yaml:"weights"`
	File    string    `yaml:"file"`
	Array   string    `yaml:"array"`
	// Bits is the width of a weight, 8 by default, and Sign is mixed, excitatory or inhibitory; by
	// default the signs of the weights decide.
	Bits int    `yaml:"bits"`
	Sign string `yaml:"sign"`
	// Exponent multiplies the summed weights by 2^Exponent. All connections
	// into a population have the same.
	Exponent int `yaml:"exponent"`
	// Delay is in ticks: 0 is the next tick for a spike, and the same tick
	// for the host's.
	Delay int `yaml:"delay"`
}

// Integers are one value for all neurons or one per neuron.
type Integers []int64

// at is the value of neuron n, or a default if there is none.
func (v Integers) at(n int, otherwise int64) int64 {
	switch len(v) {
	case 0:
		return otherwise
	case 1:
		return v[0]
	}
	return v[n]
}
