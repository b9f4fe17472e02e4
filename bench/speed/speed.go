// Package speed measures the emulator itself: generated networks that each load one part of it,
// compared with the bare kernel on this processor, in processor time and in one run.
//
//	speed.go      options, rows, and the measuring
//	cpu.go        processor time
//	kernel.go     the bare kernel: rows of weights summed in registers
//	workload.go   the table of workloads
//	compiled.go   workloads that are trained-like networks, through the compiler
//	grid.go       workloads that are chips of cores alike, written down directly
package speed

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"adder/chip"
)

// Row is the emulator's speed on one workload and the bare kernel's, measured in turn in one run.
// CPU-seconds are of the whole process; where a system reports none, they are the wall time on all
// threads.
type Row struct {
	Workload string `json:"workload"`
	Threads  int    `json:"threads"`
	// KernelAddsPerSecond is the speed of the bare kernel on as many threads, in wall
	// time, and KernelAddsPerCPUSecond in processor time.
	KernelAddsPerSecond    float64 `json:"kernel_adds_per_second"`
	KernelAddsPerCPUSecond float64 `json:"kernel_adds_per_cpu_second"`
	// SynopsPerSecond is the emulator's speed, everything included, and
	// SynopsPerCPUSecond in processor time.
	SynopsPerSecond    float64 `json:"synops_per_second"`
	SynopsPerCPUSecond float64 `json:"synops_per_cpu_second"`
	// Ratio is SynopsPerCPUSecond over KernelAddsPerCPUSecond.
	Ratio float64 `json:"ratio"`
	// SamplesPerCPUSecond, TicksPerCPUSecond, SpikesPerCPUSecond (neurons' and inputs')
	// and HopsPerCPUSecond are of the same run.
	SamplesPerCPUSecond float64 `json:"samples_per_cpu_second"`
	TicksPerCPUSecond   float64 `json:"ticks_per_cpu_second"`
	SpikesPerCPUSecond  float64 `json:"spikes_per_cpu_second"`
	HopsPerCPUSecond    float64 `json:"hops_per_cpu_second"`
	// BytesPerSynapse is the memory that the loaded chip and one engine take on this
	// machine, per nonzero weight; 0 without synapses.
	BytesPerSynapse float64 `json:"bytes_per_synapse"`
	// Samples were run, of Ticks ticks each.
	Samples    int     `json:"samples"`
	Ticks      int     `json:"ticks"`
	Synapses   int64   `json:"synapses"`
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
}

// Options are the workloads to measure and for how long.
type Options struct {
	// Duration is the least time for each measurement; 0 means one second.
	Duration time.Duration
	// Threads are the numbers of threads, each with its own samples; nil means 1 and all.
	Threads []int
	// Workloads are names of the table; nil means all.
	Workloads []string
}

// rounds is the number of turns of kernel and emulator, so that a machine that changes its speed
// affects both.
const rounds = 10

// Measure measures the emulator and the bare kernel on workloads and numbers of threads.
func Measure(ctx context.Context, o Options) ([]Row, error) {
	if o.Duration == 0 {
		o.Duration = time.Second
	}
	if o.Threads == nil {
		o.Threads = []int{1}
		if all := runtime.GOMAXPROCS(0); all > 1 {
			o.Threads = append(o.Threads, all)
		}
	}
	chosen, err := choose(o.Workloads)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, w := range chosen {
		loaded, err := w.load(ctx)
		if err != nil {
			return nil, fmt.Errorf("workload %s: %w", w.name, err)
		}
		for _, threads := range o.Threads {
			row, err := loaded.measure(ctx, threads, o.Duration)
			if err != nil {
				return nil, fmt.Errorf("workload %s: %w", w.name, err)
			}
			rows = append(rows, *row)
		}
	}
	return rows, nil
}

// loaded is a workload on its chip.
type loaded struct {
	workload
	chip   *chip.Chip
	sample chip.Sample
	ticks  int
	// bytes is the memory of the chip and one engine.
	bytes int64
	// engines are made once: making them is no part of what is measured.
	engines []chip.Engine
}

func (w workload) load(ctx context.Context) (*loaded, error) {
	before := heap()
	c, train, err := w.build(ctx)
	if err != nil {
		return nil, err
	}
	l := &loaded{workload: w, chip: c, sample: chip.Sample{Spikes: train}, ticks: train.Ticks()}
	engine, err := l.engine()
	if err != nil {
		return nil, err
	}
	if _, err := engine.Run(ctx, &l.sample); err != nil {
		return nil, err
	}
	l.bytes, l.engines = heap()-before, []chip.Engine{engine}
	return l, nil
}

// heap is the live memory.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what pools held before the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func (l *loaded) engine() (chip.Engine, error) {
	options := chip.Options{Ticks: l.ticks, Learn: l.learns}
	if l.clocked {
		return l.chip.NewCycle(options, nil)
	}
	return l.chip.NewFast(options), nil
}

func (l *loaded) measure(ctx context.Context, threads int, d time.Duration) (*Row, error) {
	for len(l.engines) < threads {
		engine, err := l.engine()
		if err != nil {
			return nil, err
		}
		l.engines = append(l.engines, engine)
	}
	var bare, emulator pace
	for range rounds {
		if err := bare.kernel(ctx, threads, d/rounds); err != nil {
			return nil, err
		}
		if err := emulator.emulate(ctx, l, threads, d/rounds); err != nil {
			return nil, err
		}
	}
	e, synapses := &emulator, l.chip.Image().Synapses
	row := &Row{
		Workload: l.name, Threads: threads, Ticks: l.ticks, Synapses: synapses, Samples: e.samples,
		Seconds: e.wall, CPUSeconds: e.cpu,
		KernelAddsPerSecond:    float64(bare.synops) / bare.wall,
		KernelAddsPerCPUSecond: float64(bare.synops) / bare.cpu,
		SynopsPerSecond:        float64(e.synops) / e.wall,
		SynopsPerCPUSecond:     float64(e.synops) / e.cpu,
		SamplesPerCPUSecond:    float64(e.samples) / e.cpu,
		TicksPerCPUSecond:      float64(e.samples*l.ticks) / e.cpu,
		SpikesPerCPUSecond:     float64(e.spikes) / e.cpu,
		HopsPerCPUSecond:       float64(e.hops) / e.cpu,
	}
	row.Ratio = row.SynopsPerCPUSecond / row.KernelAddsPerCPUSecond
	if synapses > 0 {
		row.BytesPerSynapse = float64(l.bytes) / float64(synapses)
	}
	return row, nil
}

// pace is work done in wall time and processor time.
type pace struct {
	synops, spikes, hops int64
	samples              int
	wall, cpu            float64
}

// clock has do counted as work of so many threads.
func (p *pace) clock(threads int, do func() error) error {
	start, cpu := time.Now(), cpuSeconds()
	err := do()
	wall := time.Since(start).Seconds()
	p.wall += wall
	if used := cpuSeconds() - cpu; used > 0 {
		p.cpu += used
	} else {
		p.cpu += wall * float64(threads)
	}
	return err
}

// emulate runs batches until the time is over.
func (p *pace) emulate(ctx context.Context, l *loaded, threads int, d time.Duration) error {
	var next atomic.Int32
	batch := chip.Batch{
		Samples: l.batch * threads, Workers: threads,
		Engine: func() (chip.Engine, error) { return l.engines[next.Add(1)-1], nil },
		Feed: func(i int, s *chip.Sample) error {
			*s = l.sample
			s.Number = uint64(i)
			return nil
		},
		Each: func(_ int, o *chip.Outcome) error {
			p.samples++
			p.synops += o.Counts.Core.Synops
			p.spikes += o.Counts.Core.Spikes + o.Counts.InputSpikes
			p.hops += o.Counts.Traffic.Hops.Total()
			return nil
		},
	}
	return p.clock(threads, func() error {
		start := time.Now()
		for first := true; first || time.Since(start) < d; first = false {
			next.Store(0)
			if err := batch.Run(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}
