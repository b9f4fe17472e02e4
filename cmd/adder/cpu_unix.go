//go:build unix

package main

import "syscall"

// cpuSeconds is the processor time this process has used, 0 where the
// system does not tell.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
