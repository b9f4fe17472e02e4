// Command asm writes the assembly of package kernel and the Go declarations that
// belong to it:
//
//	go run . -out ../kernel_amd64.s -stubs ../kernel_amd64.go -pkg kernel
//
// It is a module of its own, so that the generator is no dependency of the emulator.
// What the functions do is said where they are called, in package kernel, which has a
// plain loop for each. None of them multiplies: a test of that package reads the
// instructions.
//
//	rows.go       rows of weights, summed in registers
//	packed.go     rows of weights of 4 bits
//	each.go       a value to all sums
//	bits.go       the members of a set
//	sets.go       rows of sets of many ticks
//	lists.go      rows of lists of many ticks
//	lines.go      lines of convolutions for sets of many ticks
//	carry.go      carry-save sums of rows
//	counts.go     in how many sets each member is
//	sparse.go     sparse rows
//	patterns.go   spikes by a byte each
//	parts.go      a part of each word, rounded at random
//	draws.go      random draws, and comparisons of their bit planes
//	update*.go    integrate, test and reset, with AVX-512 and with AVX2
//	ticks.go      the same for many ticks
//	until.go      the same until a neuron fires
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	ConstraintExpr("amd64,!purego")
	rows512(4)
	rows512(2)
	rows512(1)
	lists512(1)
	lists512(2)
	bits512()
	listSets512()
	ones512()
	update512()
	rows256(4)
	rows256(1)
	update256()
	entries512()
	ticks512()
	take512()
	for _, away := range []bool{false, true} {
		for blocks := range setBlocks {
			sets512(blocks+1, away, false)
		}
	}
	for _, away := range []bool{false, true} {
		for blocks := range setBlocks {
			sets512(blocks+1, away, true)
		}
	}
	packed256()
	for blocks := range lineBlocks {
		lines512(blocks + 1)
	}
	lines256()
	planes512()
	sumSet512()
	patterns512()
	updateTicks512()
	until512()
	each512()
	parts512()
	draws512()
	draws256()
	below512()
	Generate()
}
