// Package split makes layers fit whose fan-in exceeds the axons of a core: a neuron becomes
// several, each with a part of its sources, and one that adds up their sums. A sum is sent as a
// code word of proven width, by radix, with an offset that makes it nonnegative; the neuron that
// adds subtracts the offset (docs/mapping.md). The resulting network has the same activations.
package split
