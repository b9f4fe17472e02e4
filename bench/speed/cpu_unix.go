//go:build unix

package speed

import "syscall"

// cpuSeconds is the processor time that this process has used, 0 where the system does not report
// it.
func cpuSeconds() float64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return float64(use.Utime.Nano()+use.Stime.Nano()) / 1e9
}
