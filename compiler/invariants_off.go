//go:build !invariants

package compiler

// invariants says whether the output of every pass is validated. Without the build tag "invariants"
// it is validated only with Options.Check.
const invariants = false
