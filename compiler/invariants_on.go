//go:build invariants

package compiler

// invariants says whether the output of every pass is validated: with the build tag "invariants" a
// compilation fails at the pass that broke an invariant.
const invariants = true
