// Package quantised is the ANN in integers, with activations of a few bits, which radix and level
// codes compute exactly. (Spiking networks are quantised by compiler/quantise.) The sum of a neuron
// is that of weights times activations; its activation is the number of boundaries that the sum
// reaches. The package owns the network, its invariants and its evaluation on the host, with
// ordinary products. It does not own the codes by which spikes carry it.
//
//	network.go, text.go       the network, and as text
//	validate*.go, bounds.go   the invariants of a network
//	evaluator.go              the evaluation
package quantised
