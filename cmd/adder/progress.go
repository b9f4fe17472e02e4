package main

import (
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// barAfter is how long work must last before it gets a bar.
const barAfter = time.Second

// progress draws a bar on a terminal once the work has lasted a second.
type progress struct {
	name    string
	enabled bool
	since   time.Time
	bars    *mpb.Progress
	bar     *mpb.Bar
	out     *os.File
}

// newProgress starts the clock. Nothing is drawn off a terminal.
func (a *app) newProgress(name string) *progress {
	p := &progress{name: name, since: time.Now()}
	p.out, _ = a.err.(*os.File)
	p.enabled = p.out != nil && term.IsTerminal(int(p.out.Fd()))
	return p
}

// set moves the bar to done of total.
func (p *progress) set(done, total int) {
	if !p.enabled || time.Since(p.since) < barAfter {
		return
	}
	if p.bar == nil {
		p.bars = mpb.New(mpb.WithOutput(p.out), mpb.WithWidth(40))
		p.bar = p.bars.AddBar(int64(total), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(p.name+" ")),
			mpb.AppendDecorators(decor.CountersNoUnit("%d / %d"), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)))
	}
	p.bar.SetCurrent(int64(done))
}

// end removes the bar.
func (p *progress) end() {
	if p.bar == nil {
		return
	}
	p.bar.Abort(true)
	p.bars.Wait()
}
