// Command adder compiles trained networks onto emulated neurocores, runs them and prices what they
// do. It owns flags, progress, tables and exit codes; everything else is in the packages that it
// calls.
//
//	root.go                        the command tree and exit codes
//	words.go, arguments.go         unknown words, wrong arguments, completion
//	output.go, outputs.go          JSON and tables; files that a command writes
//	progress.go, lines.go          bars on long work; lines where there is no terminal
//	interrupt.go                   Ctrl-C
//	cpu_*.go                       processor time
//	model.go, model_snn.go         flags that turn a model into an image
//	case.go, broken.go             case files; --fault
//	onnx_flags.go, code_flags.go   sizes and names that an ONNX file leaves open; codes
//	samples.go, recorded.go        --data and the like; spikes and events
//	chance.go, warn_samples.go     warnings: an ANN at chance, unusual samples
//	compile.go, constants.go       compile
//	levels.go                      output of compile on codes
//	run*.go, record*.go, trace.go  run, and its output files
//	against*.go, reference.go      run --against, and the float64 engine
//	cycles.go, breakdown.go        times and counts in run and bench
//	checkpoint.go, shelf.go        long runs that resume; caches within a process
//	bench.go, speed.go             bench, bench speed
//	report.go, energies.go         report; energies
//	silicon.go                     energies --silicon
//	fit*.go, chips.go              fit; chips
//	inspect.go, diagnose.go        inspect; diagnose
//	faults*.go                     faults
//	sweep*.go                      sweep
//	train*.go                      train ann, snn, stdp
//	reproduce*.go                  reproduce
//	rtl*.go                        rtl
//	data*.go, demo.go              data; demo
//	serve.go, man.go               serve; man pages
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// heapFloor is memory that is never touched, and so takes none, but counts as in use: small
// networks allocate a few kilobytes per sample, and a heap of a few megabytes would be collected
// every thousand samples, which takes a twentieth of the time.
const heapFloor = 32 << 20

// patience is the time after an interrupt in which another one counts as the same: signalling a
// process and its group sends two.
const patience = time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM,
		syscall.SIGHUP)
	defer stop()
	// A later interrupt ends the process at once: what is written is written to a
	// temporary name first.
	context.AfterFunc(ctx, func() { time.AfterFunc(patience, stop) })
	floor := make([]byte, heapFloor)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	runtime.KeepAlive(floor)
	os.Exit(code)
}
