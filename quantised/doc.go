// Package quantised is the ANN in integers, with activations of a few bits, which radix and
// level codes compute exactly. (Spiking networks are quantised by compiler/quantise.) A neuron
// adds weights times activations, and its own activation is how many boundaries its sum
// reaches. The package owns the network, its rules and its evaluation on the host, with
// ordinary products; how spikes carry it is no part of it.
//
//	network.go, text.go       the network, and as text
//	validate*.go, bounds.go   what everyone may rely on
//	evaluator.go              its meaning
package quantised
