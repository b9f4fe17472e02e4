// Package fault says what is broken on a chip and what becomes of an image there: cells of
// synapse memory that flip or are stuck, weights and thresholds that vary, neurons that are
// dead or stuck firing, dead cores and links, packets that are lost, late or double. A fault is
// a function of a seed and of where it is, so that both engines, any number of workers and any
// order of samples see the same, and what fails at one rate fails at every higher one.
//
//	spec.go       what is broken; read.go, as text or YAML; site.go, places
//	apply.go      an image on a broken chip; damage.go, what that did
//	memory.go     bits of synapse memory
//	protect.go    parity and SECDED over the words of a row
//	vary.go       weights and thresholds that vary
//	neurons.go    neurons that are dead or stuck firing
//	mesh.go       dead cores and links; move.go, loads on spare cores
//	packets.go    what becomes of packets
package fault
