package main

import (
	"context"
	"fmt"
	"time"
)

// grace is how long after an interrupt a command may take to end.
const grace = 80 * time.Millisecond

// until runs a command to its end, or abandons it some time after its context is done: it may be
// blocked in opening a pipe, or in a computation without a context. A command that has said so
// (finish) is not left: it writes what must be whole.
func (a *app) until(ctx context.Context, command func() error) (err error, left bool) {
	done := make(chan error, 1)
	go func() { done <- command() }()
	select {
	case err := <-done:
		return err, false
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err, false
	case <-time.After(grace):
	}
	if a.ending.Load() {
		return <-done, false
	}
	return context.Cause(ctx), true
}

// finish says that the command now writes files, or the state of a training, and ends soon.
func (a *app) finish() { a.ending.Store(true) }

// printInterrupted says in a table's head that a run ended early.
func (a *app) printInterrupted(interrupted bool) {
	if interrupted {
		a.printf("interrupted: the samples are those that were whole")
	}
}

// cut returns the error of a command whose results cover the samples before an
// interrupt, nil where they cover all.
func cut(interrupted bool, samples int) error {
	if !interrupted {
		return nil
	}
	return limitError{fmt.Errorf("the results cover %s that were whole", count(samples, "sample"))}
}
