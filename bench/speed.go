package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/place"
	"adder/snn"
	"adder/spike"
)

// SpeedRow is the emulator's speed on one workload beside the bare
// kernel's, both in wall time and taken in turn in one run.
type SpeedRow struct {
	Workload string `json:"workload"`
	Threads  int    `json:"threads"`
	// KernelAddsPerSecond is the speed of a plain loop that adds rows of int8
	// weights to int32 accumulators in the first-level cache, on as many
	// threads.
	KernelAddsPerSecond float64 `json:"kernel_adds_per_second"`
	// SynopsPerSecond is the emulator's speed, everything included.
	SynopsPerSecond float64 `json:"synops_per_second"`
	// Ratio is SynopsPerSecond over KernelAddsPerSecond.
	Ratio float64 `json:"ratio"`
	// BytesPerSynapse is the memory that the loaded chip and one engine take
	// on this machine, per nonzero weight.
	BytesPerSynapse float64 `json:"bytes_per_synapse"`
	// Samples were run, of Ticks ticks each.
	Samples  int     `json:"samples"`
	Ticks    int     `json:"ticks"`
	Synapses int64   `json:"synapses"`
	Seconds  float64 `json:"seconds"`
}

// SpeedOptions say how long to measure.
type SpeedOptions struct {
	// Duration is the least time for each measurement; 0 means one second.
	Duration time.Duration
	// Threads are the numbers of threads; nil means 1 and all.
	Threads []int
}

// workload is a network with a spike train to run it on, for measuring
// speed. It is generated and always the same.
type workload struct {
	Name string
	Chip *chip.Chip
	// Train is the input of every sample.
	Train *spike.Train
	// BytesPerSynapse is the memory of the loaded chip and one engine.
	BytesPerSynapse float64
}

// speedTicks is the length of a sample.
const speedTicks = 32

// workloadShape describes a generated network.
type workloadShape struct {
	name   string
	widths []int
	// density is the share of weights that are not 0, active the share of
	// inputs that spike in a tick.
	density, active float64
}

func workloadShapes() []workloadShape {
	return []workloadShape{
		{"dense 784-400-10, 10 % input", []int{784, 400, 10}, 1, 0.1},
		{"sparse 784-1000-10, 5 % weights, 10 % input", []int{784, 1000, 10}, 0.05, 0.1},
	}
}

// speedWorkloads compiles the generated networks for chip adder.
func speedWorkloads() ([]*workload, error) {
	var out []*workload
	for _, shape := range workloadShapes() {
		w, err := shape.build()
		if err != nil {
			return nil, fmt.Errorf("workload %s: %w", shape.name, err)
		}
		out = append(out, w)
	}
	return out, nil
}

func (s *workloadShape) build() (*workload, error) {
	p, err := profile.Load("adder")
	if err != nil {
		return nil, err
	}
	before := heap()
	loaded, err := s.load(p)
	if err != nil {
		return nil, err
	}
	engine := loaded.NewFast(chip.Options{Ticks: speedTicks})
	train := s.train()
	if _, err := engine.Run(context.Background(), &chip.Sample{Spikes: train}); err != nil {
		return nil, err
	}
	w := &workload{Name: s.name, Chip: loaded, Train: train}
	w.BytesPerSynapse = float64(heap()-before) / float64(loaded.Image().Synapses)
	runtime.KeepAlive(engine)
	return w, nil
}

// heap is the live memory.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func (s *workloadShape) load(p *profile.Profile) (*chip.Chip, error) {
	result, err := compiler.Compile(context.Background(), s.network(), compiler.Options{Chip: p, Placement: place.Options{Moves: -1}})
	if err != nil {
		return nil, err
	}
	return chip.Load(result.Image)
}

// network draws weights around 0 for neurons that fire now and then.
func (s *workloadShape) network() *snn.Network {
	rnd := rand.New(rand.NewPCG(1, uint64(len(s.name))))
	net := &snn.Network{Name: "speed"}
	at := net.AddNode("input", &snn.Input{}, snn.Shape{s.widths[0]}, snn.Shape{s.widths[0]})
	for k := 1; k < len(s.widths); k++ {
		in, out := snn.Shape{s.widths[k-1]}, snn.Shape{s.widths[k]}
		data := make([]float64, in.Size()*out.Size())
		for i := range data {
			if rnd.Float64() < s.density {
				data[i] = rnd.NormFloat64()
			}
		}
		dense := net.AddNode(fmt.Sprintf("weights%d", k), &snn.Dense{W: &snn.Matrix64{Rows: out.Size(), Cols: in.Size(), Data: data}}, in, out)
		net.Connect(at, dense)
		at = net.AddNode(fmt.Sprintf("layer%d", k), &snn.Neuron{
			Model: snn.ModelIF, R: []float64{1}, UnitStep: true, VThreshold: []float64{16}, Reset: snn.ResetSubtract,
		}, out, out)
		net.Connect(dense, at)
	}
	last := net.Nodes[at].Out
	net.Connect(at, net.AddNode("output", &snn.Output{}, last, last))
	return net
}

// train spikes at random, the same every time.
func (s *workloadShape) train() *spike.Train {
	rnd := rand.New(rand.NewPCG(2, 2))
	train := spike.NewTrain(s.widths[0], speedTicks)
	for t := range speedTicks {
		for i := range s.widths[0] {
			if rnd.Float64() < s.active {
				train.Set(t, i)
			}
		}
	}
	return train
}

// Speed measures the emulator and the bare kernel on every workload and
// number of threads.
func Speed(ctx context.Context, o SpeedOptions) ([]SpeedRow, error) {
	if o.Duration == 0 {
		o.Duration = time.Second
	}
	if o.Threads == nil {
		o.Threads = []int{1}
		if all := runtime.GOMAXPROCS(0); all > 1 {
			o.Threads = append(o.Threads, all)
		}
	}
	workloads, err := speedWorkloads()
	if err != nil {
		return nil, err
	}
	var rows []SpeedRow
	for _, w := range workloads {
		for _, threads := range o.Threads {
			row, err := w.measure(ctx, threads, o.Duration)
			if err != nil {
				return nil, err
			}
			rows = append(rows, *row)
		}
	}
	return rows, nil
}

// rounds is how often kernel and emulator take turns, so that a machine that
// changes its pace changes both.
const rounds = 10

func (w *workload) measure(ctx context.Context, threads int, d time.Duration) (*SpeedRow, error) {
	row := &SpeedRow{
		Workload: w.Name, Threads: threads, BytesPerSynapse: w.BytesPerSynapse, Ticks: speedTicks, Synapses: w.Chip.Image().Synapses,
	}
	var kernel, emulator pace
	for range rounds {
		if err := kernel.kernel(ctx, threads, d/rounds); err != nil {
			return nil, err
		}
		samples, err := emulator.emulate(ctx, w, threads, d/rounds)
		if err != nil {
			return nil, err
		}
		row.Samples += samples
	}
	row.KernelAddsPerSecond, row.SynopsPerSecond, row.Seconds = kernel.perSecond(), emulator.perSecond(), emulator.seconds
	row.Ratio = row.SynopsPerSecond / row.KernelAddsPerSecond
	return row, nil
}

// pace is work done in wall time.
type pace struct {
	operations int64
	seconds    float64
}

func (p *pace) perSecond() float64 { return float64(p.operations) / p.seconds }

// emulate runs batches until the time is over and returns the number of
// samples.
func (p *pace) emulate(ctx context.Context, w *workload, threads int, d time.Duration) (samples int, err error) {
	batch := chip.Batch{
		Samples: 16 * threads, Workers: threads,
		Engine: func() (chip.Engine, error) { return w.Chip.NewFast(chip.Options{Ticks: speedTicks}), nil },
		Feed: func(i int, s *chip.Sample) error {
			s.Number, s.Spikes = uint64(i), w.Train
			return nil
		},
		Each: func(_ int, o *chip.Outcome) error {
			samples++
			p.operations += o.Counts.Core.Synops
			return nil
		},
	}
	start := time.Now()
	for samples == 0 || time.Since(start) < d {
		if err := batch.Run(ctx); err != nil {
			return 0, err
		}
	}
	p.seconds += time.Since(start).Seconds()
	return samples, nil
}

const (
	// kernelRow is the length of a row of weights: the hidden layer of the
	// dense workload. kernelRows of them and the accumulators fill half of
	// a first-level cache of 32 KiB.
	kernelRow  = 400
	kernelRows = 36
)

// kernel runs the bare loop on so many threads until the time is over.
func (p *pace) kernel(ctx context.Context, threads int, d time.Duration) error {
	var group errgroup.Group
	adds := make([]int64, threads)
	start := time.Now()
	for i := range threads {
		group.Go(func() error {
			adds[i] = kernelLoop(ctx, start, d)
			return ctx.Err()
		})
	}
	err := group.Wait()
	p.seconds += time.Since(start).Seconds()
	for _, n := range adds {
		p.operations += n
	}
	return err
}

// kernelLoop adds rows until the time is over and returns the number of
// additions.
func kernelLoop(ctx context.Context, start time.Time, d time.Duration) int64 {
	weights, sums := make([]int8, kernelRow*kernelRows), make([]int32, kernelRow)
	for i := range weights {
		weights[i] = int8(i*7 + 3)
	}
	adds := int64(0)
	for adds == 0 || (time.Since(start) < d && ctx.Err() == nil) {
		for range 256 {
			for r := range kernelRows {
				addRow(sums, weights[r*kernelRow:][:kernelRow])
			}
		}
		adds += 256 * int64(len(weights))
	}
	runtime.KeepAlive(sums)
	return adds
}

// addRow is the bare kernel: what a programmer would write first.
func addRow(sums []int32, weights []int8) {
	sums = sums[:len(weights)]
	for i, w := range weights {
		sums[i] += int32(w)
	}
}
