// Package stdp owns the float reference of the unsupervised network of spiking
// neurons: an input population, a layer of neurons that inhibit each other, the
// plastic synapses between them, and the labels that neurons earn by when they
// spike.
//
// It follows the BindsNET simulator (Hazan et al., "BindsNET: A Machine Learning-Oriented Spiking
// Neural Networks Library in Python", Frontiers in Neuroinformatics 12:89, 2018) to the bit in all
// that a neuron computes: state is float32, every product and sum is rounded separately, and
// constants are the float32 nearest to the exponential of the float64 argument. Several samples,
// the batch, are presented at once to one set of weights and thresholds.
//
// A tick of [Network.Run] is, in this order:
//
//  1. every neuron gathers the weights of the spikes of the tick before: an input
//     spike takes one tick to arrive, and those of the last tick never do;
//  2. the input spikes, and the input traces follow;
//  3. the neurons advance ([Layer.Step]) and their traces follow;
//  4. in learning mode the rule changes the weights ([Synapses.Learn]): events of
//     all samples of the batch are summed, and the weights clipped.
//
// At the end of a run the weights of each neuron are scaled to their norm, in learning mode or not,
// and the state of neurons and traces is forgotten at the start of the next. Weights and adaptive
// thresholds are kept.
//
// The work follows the spikes: a silent input costs nothing, a trace is the tick
// of its owner's last spike, and a rule touches the pairs that met. Sums run in the
// order of samples and of inputs, so that results are those of the seed alone.
//
// The package does not encode images (spike/encode), runs no experiment (train) and has no
// integers: the chip's rules are in package core.
//
//	network.go            Config, Network, and the tick
//	layer.go, neuron.go   neurons: models, state, competition
//	synapses.go, rule.go  weights, and the rules that change them
//	trace.go              traces
//	label.go              labels of neurons
//	chance.go             draws
package stdp
