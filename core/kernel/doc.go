// Package kernel holds the loops of a core that take its time: over the rows of the
// spikes of a tick, over the words of a set of spikes, and over the neurons of a group.
// Each has a plain loop in Go, which says what it does, and on amd64 twins in assembly
// for AVX2 and AVX-512, which do the same to the bit. Set chooses between them; the
// build tag purego leaves the assembly out.
//
// The assembly is written by the program in asm, a module of its own (make generate).
// It adds, compares and shifts as the rest of the datapath does; a test reads its
// instructions and refuses a multiplication.
//
//	set.go        which instructions there are; call.go, which function that makes
//	kernel.go     the assembly's declarations, generated
//	rows.go       rows of weights of one place and length, summed in registers
//	packed.go     rows of weights of 4 bits, two to a byte
//	sparse.go     sparse rows, of one tick and of many ticks side by side
//	bits.go       the members of a set of spikes
//	sets.go       rows of sets of many ticks, and how often each is in them
//	lists.go      rows of lists of many ticks
//	lines.go     what the members of sets add to a block of neurons, in 16 bits
//	patterns.go   the spikes of sources, by a byte each
//	parts.go      a part of each word, rounded at random
//	draws.go      random draws for many ids
//	neurons.go    integrate, test and reset
//	ticks.go      the same for many ticks, with potentials in registers
//	until.go      the same until a neuron fires
package kernel
