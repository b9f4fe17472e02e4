//go:build invariants

package compiler

// invariants says whether what every pass leaves behind is held to its own rules: built
// with the tag "invariants" a compilation fails at the pass that broke one.
const invariants = true
