//go:build !invariants

package compiler

// invariants says whether what every pass leaves behind is held to its own rules. Built
// without the tag "invariants" it is where Options.Check asks for it.
const invariants = false
