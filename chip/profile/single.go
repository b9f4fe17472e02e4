package profile

// Single holds the limits of a chip whose one core holds one network: inputs, a reservoir of
// recurrent hidden neurons, and outputs, which read the hidden neurons and feed nothing.
type Single struct {
	// Inputs, Hidden and Outputs are the largest number of each.
	Inputs, Hidden, Outputs int
	// FanOut is the number of neurons that one hidden neuron reaches at most, and
	// HiddenWeights that of the weights between hidden neurons.
	FanOut, HiddenWeights int
	// InputsReach is the number of hidden neurons that inputs reach, OutputsRead that of those
	// which feed outputs.
	InputsReach, OutputsRead int
	// HiddenSpikes and OutputSpikes are the largest numbers of spikes of a neuron in a tick.
	HiddenSpikes, OutputSpikes int
}

func singleSchema(s *Single) []field {
	return []field{
		integer("inputs", &s.Inputs, 1, maxEntries, "inputs"),
		integer("hidden", &s.Hidden, 1, maxNeurons, "neurons"),
		integer("outputs", &s.Outputs, 1, maxNeurons, "neurons"),
		integer("fan_out", &s.FanOut, 1, maxEntries, "neurons"),
		integer("hidden_weights", &s.HiddenWeights, 1, maxEntries, "weights"),
		integer("inputs_reach", &s.InputsReach, 1, maxNeurons, "neurons"),
		integer("outputs_read", &s.OutputsRead, 1, maxNeurons, "neurons"),
		integer("hidden_spikes", &s.HiddenSpikes, 1, 31, "spikes"),
		integer("output_spikes", &s.OutputSpikes, 1, 31, "spikes"),
	}
}

// checkSingle checks the limits of a network against those of the core.
func (d *decoder) checkSingle(p *Profile) error {
	s := p.Single
	switch {
	case s == nil:
		return nil
	case p.Cores() != 1:
		return d.fail(d.at["single"],
			"the chip has %d cores: these are the limits of a chip of one",
			p.Cores())
	case s.Hidden+s.Outputs > p.Core.Neurons:
		return d.fail(d.at["single"],
			"%d hidden and %d outputs are more than the core's %d neurons",
			s.Hidden, s.Outputs, p.Core.Neurons)
	}
	return nil
}
