//go:build !invariants

package router

// invariants says whether the clocked mesh checks itself. Built without the
// tag "invariants" it does not, and the checks leave no code behind.
const invariants = false
