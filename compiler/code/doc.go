// Package code is the pass that maps a quantised network to a chip exactly: populations and
// projections become those of an integer network whose neurons have a code, radix or level
// (docs/neurocore.md, section 11). It owns when windows open and close, how the boundaries of an
// activation are written, the copies that overlapping windows of a maximum take, and the proof that
// no sum overflows its register. It does not change what the network computes.
//
//	network.go   the pass
//	layer.go     a population, its groups and constants
//	time.go      windows, depths and delays
//	width.go     bounds of sums, and what does not fit
//	boundary.go  boundaries as multiples of a threshold or as a table
//	weights.go   projections between neurons, of which some are copies
package code
