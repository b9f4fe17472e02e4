// Package fault says what is broken on a chip and what becomes of an image there: cells of
// synapse memory that flip or are stuck, weights and thresholds that vary from core to core.
// A fault is a function of a seed and of where it is (core, row, bit; neuron), so that both
// engines, any number of workers and any order of samples see the same, and a bit that fails
// at one rate fails at every higher one.
//
//	spec.go       what is broken, as text or YAML
//	apply.go      an image on a broken chip
//	memory.go     bits of synapse memory
//	protect.go    parity and SECDED over the words of a row
//	vary.go       weights and thresholds that vary
package fault
