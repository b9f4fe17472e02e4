//go:build unix

package core

import (
	"syscall"
	"testing"
)

// cpuSeconds is the processor time that this process has used, which says more
// than wall time on a shared machine.
func cpuSeconds(b *testing.B) float64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return float64(use.Utime.Nano()+use.Stime.Nano()) / 1e9
}
