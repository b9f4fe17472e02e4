package core

import "iter"

// Counts are the events of a core, as docs/neurocore.md, section 10, defines them. The zero Counts
// is of a core without activity.
type Counts struct {
	// Synops are the nonzero weights that delivered spikes reached, SynapticAdds the additions for
	// them, zeros of dense rows included.
	Synops, SynapticAdds int64
	// AxonReads are the spikes delivered to an axon entry, SynapseBits the
	// bits of synapse memory they read.
	AxonReads, SynapseBits int64
	// NeuronUpdates are the neurons inside their window, summed over ticks. ActiveUpdates are those
	// that changed u or v or fired, IdleUpdates the others.
	NeuronUpdates, ActiveUpdates, IdleUpdates int64
	// DecayAdds are the adder operations of decays, MembraneAdds the
	// additions into u and v and the subtractions at resets.
	DecayAdds, MembraneAdds int64
	// Comparisons are threshold and refractory tests, arbitrations and those of a
	// maximum; BoundaryReads are the words of tables of boundaries that tests read.
	Comparisons, BoundaryReads int64
	// StateReads and StateWrites are the words of u, v, r and theta that
	// updates read and wrote, ResetWrites the words written before samples.
	StateReads, StateWrites, ResetWrites int64
	// Spikes are the spikes that left neurons.
	Spikes int64
	// Saturations are sums that did not fit their register, Discards inputs that refractory neurons
	// discarded, Merges spikes that a chip merged.
	Saturations, Discards, Merges int64
	// Draws are the random draws used, LearningUpdates the plastic weights
	// written.
	Draws, LearningUpdates int64
}

// counter is one field of Counts with its name in reports.
type counter struct {
	name  string
	value *int64
}

// counters lists the fields in the order of docs/neurocore.md. Everything that goes over all
// counters goes over this list, or a test compares it with the list.
func (c *Counts) counters() [20]counter {
	return [...]counter{
		{"synops", &c.Synops},
		{"synaptic_adds", &c.SynapticAdds},
		{"axon_reads", &c.AxonReads},
		{"synapse_bits", &c.SynapseBits},
		{"neuron_updates", &c.NeuronUpdates},
		{"active_updates", &c.ActiveUpdates},
		{"idle_updates", &c.IdleUpdates},
		{"decay_adds", &c.DecayAdds},
		{"membrane_adds", &c.MembraneAdds},
		{"comparisons", &c.Comparisons},
		{"boundary_reads", &c.BoundaryReads},
		{"state_reads", &c.StateReads},
		{"state_writes", &c.StateWrites},
		{"reset_writes", &c.ResetWrites},
		{"spikes", &c.Spikes},
		{"saturations", &c.Saturations},
		{"discards", &c.Discards},
		{"merges", &c.Merges},
		{"draws", &c.Draws},
		{"learning_updates", &c.LearningUpdates},
	}
}

// Add adds other's counts to c's. It adds field by field for speed, since engines add for each tick
// and population; a test compares it with the list of counters.
func (c *Counts) Add(other *Counts) {
	c.Synops += other.Synops
	c.SynapticAdds += other.SynapticAdds
	c.AxonReads += other.AxonReads
	c.SynapseBits += other.SynapseBits
	c.NeuronUpdates += other.NeuronUpdates
	c.ActiveUpdates += other.ActiveUpdates
	c.IdleUpdates += other.IdleUpdates
	c.DecayAdds += other.DecayAdds
	c.MembraneAdds += other.MembraneAdds
	c.Comparisons += other.Comparisons
	c.BoundaryReads += other.BoundaryReads
	c.StateReads += other.StateReads
	c.StateWrites += other.StateWrites
	c.ResetWrites += other.ResetWrites
	c.Spikes += other.Spikes
	c.Saturations += other.Saturations
	c.Discards += other.Discards
	c.Merges += other.Merges
	c.Draws += other.Draws
	c.LearningUpdates += other.LearningUpdates
}

// Sub subtracts other's counts from c's.
func (c *Counts) Sub(other *Counts) {
	from := other.counters()
	for i, counter := range c.counters() {
		*counter.value -= *from[i].value
	}
}

// All yields every counter by its name in reports, zeros included, always in
// the same order.
func (c Counts) All() iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		for _, counter := range c.counters() {
			if !yield(counter.name, *counter.value) {
				return
			}
		}
	}
}
