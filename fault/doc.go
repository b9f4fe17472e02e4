// Package fault owns faults of a chip and their effect on an image: bits of synapse memory that
// flip or are stuck, weights and thresholds that vary, neurons that are dead or stuck firing, dead
// cores and links, packets that are lost, late or duplicated. A fault is a function of a seed and
// of its place, so that both engines, any number of workers and any order of samples have the same
// faults, and what is broken at one rate is broken at every higher rate.
//
//	spec.go       the specification of faults; read.go, as text or YAML; site.go, places
//	apply.go      an image on a broken chip; damage.go, the report on it
//	memory.go     bits of synapse memory
//	protect.go    parity and SECDED over the words of a row
//	vary.go       weights and thresholds that vary
//	neurons.go    neurons that are dead or stuck firing
//	mesh.go       dead cores and links; move.go, loads on spare cores
//	packets.go    fates of packets
package fault
