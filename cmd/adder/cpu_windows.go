package main

import "syscall"

// cpuSeconds is the processor time of the process, user and system, and 0 where the system
// does not tell it.
func cpuSeconds() float64 {
	process, err := syscall.GetCurrentProcess()
	if err != nil {
		return 0
	}
	var created, ended, kernel, user syscall.Filetime
	if err := syscall.GetProcessTimes(process, &created, &ended, &kernel, &user); err != nil {
		return 0
	}
	return filetimeSeconds(kernel) + filetimeSeconds(user)
}

// filetimeSeconds is a duration, which the system counts in units of 100 ns.
func filetimeSeconds(t syscall.Filetime) float64 {
	return float64(int64(t.HighDateTime)<<32|int64(t.LowDateTime)) / 1e7
}
