// Package irtest draws integer networks for tests: all that a network can say, several populations
// with any delays and loops, every model of neurons, learning, competition, escape noise, adaptive
// thresholds, floors and inhibition of all others. It is for tests that compare one implementation
// of a network with another.
//
//	network.go, population.go, projection.go, learning.go   networks
//	code.go, shift.go, typed.go                             what some chips have besides
//	chip.go                                                 chips to put them on
//	sample.go                                               what they are fed
//	fault.go                                                what is broken
package irtest
