//go:build invariants

package router

// invariants says whether the clocked mesh checks itself: built with the tag "invariants" it panics
// where a packet is lost or made, a credit is, or an event is in the past.
const invariants = true
