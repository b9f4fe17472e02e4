// Package profile owns the description of a chip: its mesh, the limits of a core, the widths of
// registers, the neuron models and the times of clocked parts. A profile is a YAML file; the
// package owns that format, its checks and the profiles that ship with Adder.
//
// The format is strict. An unknown or missing field, a wrong type, a wrong
// unit and an impossible value are errors that name file and line, show the
// line and say what to do. Quantities carry their unit and are converted
// exactly: a value that would have to be rounded is refused.
//
// Every figure can carry its origin, as a comment on its line or in the block
// directly above it that starts with a grade in brackets:
//
//	# [S] Davies et al., IEEE Micro 38(1), 2018
//	neurons: 1024
//
// A section's comment holds for the figures in it that have none. Figures
// returns them, Describe prints them.
//
//	profile.go, timing.go              a chip: mesh, core, widths, times
//	single.go, board.go                chips of one core for one network; grids of chips
//	offchip.go, crossbar.go            off-chip weights; neurons for weight bits and fan-in
//	fitonly.go                         chips of which only the limits are known
//	schema.go, schema_fitonly.go       the fields of the format
//	decode.go, quantity.go, error.go   reading it
//	check.go                           checks between fields
//	edit.go                            a profile with other values
//	figures.go                         figures with their origin
//	shipped.go                         the profiles that come with Adder
//
// Of cores the package knows only the names of the neuron models. It does not know routers, images
// or energies (package bench).
package profile
