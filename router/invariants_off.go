//go:build !invariants

package router

// invariants says whether the clocked mesh checks itself. Built without the tag "invariants" it
// does not, and the checks are compiled out.
const invariants = false
