// Package levels makes a quantised network of a trained one: activations become levels
// of a few bits, weights integers, and sums are compared with boundaries. A network that
// is quantised by its file keeps the file's grids and rounding; another gets its own,
// with ranges that are measured on calibration samples.
//
//	levels.go     the pass
//	skeleton.go   which nodes become layers; linear chains are folded by package lower
//	ranges.go     ranges of activations
//	weights.go    units, exponents and integer weights
//	whole.go      layers that need no rounding
//	correct.go    biases that compensate the mean rounding error
//	file.go       networks that are quantised by their file
//	choose.go     the fewest bits within a loss
package levels
