//go:build !unix

package core

import "testing"

// cpuSeconds is wall time where processor time is not to be had.
func cpuSeconds(b *testing.B) float64 { return b.Elapsed().Seconds() }
