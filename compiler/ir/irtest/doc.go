// Package irtest draws integer networks for tests, with every feature of a network: several
// populations with any delays and loops, every model of neurons, learning, competition, escape
// noise, adaptive thresholds, floors and inhibition of all others. It is for tests that compare one
// implementation of a network with another.
//
//	network.go, population.go, projection.go, learning.go   networks
//	code.go, shift.go, typed.go                             features of some chips
//	chip.go                                                 chips for them
//	sample.go                                               their inputs
//	fault.go                                                faults
package irtest
