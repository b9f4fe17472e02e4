package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// firstLine is how long work must last before a line says how far it is, where standard error is
// no terminal; the next ones take twice as long each, up to lastLine.
const (
	firstLine = 10 * time.Second
	lastLine  = 5 * time.Minute
)

// progressLines writes now and then how far work is.
type progressLines struct {
	mu          sync.Mutex
	out         io.Writer
	text        func(done, total int) string
	since       time.Time
	done, total int
	next        *time.Timer
	ended       bool
}

func newProgressLines(out io.Writer, wait time.Duration,
	text func(done, total int) string) *progressLines {
	l := &progressLines{out: out, text: text, since: time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.after(wait)
	return l
}

// after writes a line when so long has passed. The caller holds the lock.
func (l *progressLines) after(wait time.Duration) {
	l.next = time.AfterFunc(wait, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.ended {
			return
		}
		fmt.Fprintf(l.out, "adder: %s, after %s\n", l.text(l.done, l.total),
			time.Since(l.since).Round(time.Second))
		l.after(min(2*wait, lastLine))
	})
}

func (l *progressLines) set(done, total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done, l.total = done, total
}

// end writes no more.
func (l *progressLines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.next.Stop()
}
