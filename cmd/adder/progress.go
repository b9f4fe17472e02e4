package main

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// barAfter is how long work must last before it gets a bar.
const barAfter = time.Second

// progress draws a bar on a terminal once the work has lasted a second. Elsewhere it writes a
// line now and then (lines.go).
type progress struct {
	name string
	// stage is set where the work has several parts: the bar shows its name, and a percentage in
	// place of counts.
	stage   *atomic.Value
	mu      sync.Mutex
	enabled bool
	// since is when the work began, first when its first part was done: the time that is
	// left counts from there, since what comes before has another pace.
	since, first time.Time
	bars         *mpb.Progress
	bar          *mpb.Bar
	out          *os.File
	lines        *progressLines
}

// newProgress starts the clock. Only what the process itself writes to has progress.
func (a *app) newProgress(name string) *progress {
	p := &progress{name: name, since: time.Now()}
	p.out, _ = a.err.(*os.File)
	if p.out == nil {
		return p
	}
	if p.enabled = term.IsTerminal(int(p.out.Fd())); !p.enabled {
		p.lines = newProgressLines(p.out, firstLine, p.text)
	}
	return p
}

// text is how far the work is, as a line has it.
func (p *progress) text(done, total int) string {
	switch {
	case total == 0:
		return p.name
	case p.stage == nil:
		return fmt.Sprintf("%s: %s of %s", p.name, thousands(int64(done)), thousands(int64(total)))
	}
	return fmt.Sprintf("%s: %s, %d %%", p.name, p.stage.Load(), 100*done/total)
}

// newStages is newProgress of work in parts, which are named by at.
func (a *app) newStages(name string) *progress {
	p := a.newProgress(name)
	p.stage = &atomic.Value{}
	p.stage.Store("")
	return p
}

// stageParts is how finely a share of work in parts is shown.
const stageParts = 1000

// at moves the bar of work in parts to a share of it, at a part.
func (p *progress) at(stage string, share float64) {
	p.stage.Store(stage)
	p.set(int(share*stageParts), stageParts)
}

// set moves the bar to done of total.
func (p *progress) set(done, total int) {
	if p.lines != nil {
		p.lines.set(done, total)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.enabled {
		return
	}
	if p.first.IsZero() {
		p.first = time.Now()
	}
	if time.Since(p.since) < barAfter {
		return
	}
	if p.bar == nil {
		p.bars = mpb.New(mpb.WithOutput(p.out), mpb.WithWidth(40))
		p.bar = p.bars.AddBar(int64(total), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return p.title() })),
			mpb.AppendDecorators(p.amount(), decor.Name("  "),
				decor.NewAverageETA(decor.ET_STYLE_GO, p.first, nil)))
	}
	p.bar.SetCurrent(int64(done))
}

// title is the text left of the bar.
func (p *progress) title() string {
	if p.stage == nil {
		return p.name + " "
	}
	return p.name + ": " + p.stage.Load().(string) + " "
}

// amount is the text right of the bar.
func (p *progress) amount() decor.Decorator {
	if p.stage == nil {
		return decor.CountersNoUnit("%d / %d")
	}
	return decor.Percentage()
}

// end removes the bar.
func (p *progress) end() {
	if p.lines != nil {
		p.lines.end()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.enabled = false // an abandoned command draws no more
	if p.bar == nil {
		return
	}
	p.bar.Abort(true)
	p.bars.Wait()
}
