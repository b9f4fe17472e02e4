// Command adder compiles trained networks onto emulated neurocores, runs
// them and prices what they do. It owns flags, progress, tables and exit
// codes; everything else is in the packages beside it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// patience is how long after an interrupt another one is taken for the same: who
// signals a process and its group sends two.
const patience = time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM,
		syscall.SIGHUP)
	defer stop()
	// A later interrupt ends the process at once: what is written is written to a
	// temporary name first.
	context.AfterFunc(ctx, func() { time.AfterFunc(patience, stop) })
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
