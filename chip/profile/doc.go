// Package profile says what a chip can hold and do: its mesh, the limits of a
// core, the widths of its registers, the models it runs and the times of its
// clocked parts. A profile is a YAML file; the package owns that format, its
// checks and the profiles that ship with Adder.
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
// Of cores the package knows the names of the neuron models alone, of routers
// and images nothing; energies belong to package bench.
package profile
