// Package survey checks a network against many chips: whether it fits each, which limits bind, the
// least change that would make it fit, and its use of the chip.
//
// It owns no arithmetic of cores. On an emulated chip a network of moderate size goes through the
// passes of package compiler up to its core loads, which decide. Larger networks, and those on
// FitOnly chips, are sized by the shapes of their layers.
//
//	network.go      layers of neurons, and their sources
//	walk.go         back through linear nodes to the sources
//	chip.go         the limits on layers, by kind of chip
//	single.go       the limits of a chip of one core
//	delays.go       delays that paths of different length need
//	relays.go       relays of neurons with too many destinations
//	pairs.go        second compartments, for chips that reset to a value alone
//	values.go       different weights to one neuron
//	split.go        fan-in beyond a core's axons
//	integers.go     layers of networks that are integers from the start
//	synthetic.go    samples in place of data
//	learned.go      networks that learned on a chip
//	tile.go         cores for a layer that is cut into tiles
//	classes.go      layers on cores by class
//	layercores.go   layers on cores that hold one each
//	compiled.go     the compiler's passes up to core loads
//	board.go        boards of chips, and how many chips a network takes
//	change.go       changes that would make a network fit, by trial
//	survey.go       all chips in parallel
//	csv.go          results as a file
//	picture.go      results as a grid of networks and chips
package survey
