// Package split makes layers fit whose fan-in exceeds the axons of a core: a neuron becomes
// several, each with a part of its sources, and one that adds up their sums. A sum travels as a
// word of proven width, in the radix code, raised by its least value so that it has no sign on its
// way; the neuron that adds takes off what was added (docs/mapping.md). The network that comes out
// has the same activations.
package split
