// Package chip owns cores and router under one clock: it loads an image and
// emulates samples on it.
//
// The fast engine (fast.go) advances a tick at a time and counts everything
// that does not depend on contention. Engines are made from a loaded Chip,
// one per worker; they share its tables and nothing else, so that samples
// run side by side (batch.go) and no result depends on how many do.
//
// The package does not encode samples (spike/encode), does not read files
// and puts no price on what it counts (bench).
package chip
