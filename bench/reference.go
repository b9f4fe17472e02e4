package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"adder/chip"
	"adder/sample"
	"adder/snn"
)

// ReferenceRun is the input of EvaluateReference.
type ReferenceRun struct {
	Network *snn.Network
	Options snn.ReferenceOptions
	Source  sample.Source
	Probes  snn.Probes
	Workers int
	// Progress, if not nil, is called with the number of samples done.
	Progress func(done, total int)
	// Each, if not nil, receives every record in the order of samples.
	Each func(sample int, r *snn.Record) error
	// Keep, if not nil, saves checkpoints, with Also, as in Run.
	Keep *Keep
	Also []Kept
}

// stageReference is the name of the part of a reference run.
const stageReference = "reference"

// ReferenceEvaluation is the result of EvaluateReference.
type ReferenceEvaluation struct {
	Samples, Correct int
	Labelled         bool
	Ticks            int
	// Classes has the class of each sample, -1 if there are no ticks.
	Classes []int
	// InputSpikes is 0 where the inputs are sample.Signals: numbers, and no spikes.
	InputSpikes int64
	// Spikes are totals per node of the network.
	Spikes  []int64
	Seconds float64
	// Interrupted is set where a context ended the run: the evaluation then
	// covers the first Samples.
	Interrupted bool
}

// Accuracy is the share of samples whose class is right.
func (e *ReferenceEvaluation) Accuracy() float64 {
	if e.Samples == 0 {
		return 0
	}
	return float64(e.Correct) / float64(e.Samples)
}

// Interval is the 95 % score interval of Accuracy.
func (e *ReferenceEvaluation) Interval() [2]float64 { return intervalOf(e.Correct, e.Samples) }

// EvaluateReference runs every sample on the reference engine. The class is the output with most
// spikes or, where the output does not spike, with the largest last value. When ctx is done it
// returns the evaluation of the samples before, or ctx's error if there is none.
func EvaluateReference(ctx context.Context, r ReferenceRun) (*ReferenceEvaluation, error) {
	engine, err := snn.NewReference(r.Network, r.Options)
	if err != nil {
		return nil, err
	}
	out := &ReferenceEvaluation{
		Ticks: r.Source.Ticks(), Spikes: make([]int64, len(r.Network.Nodes)),
		Labelled: sample.Labelled(r.Source),
	}
	if err := checkOutputs(r.Source, r.Network); err != nil {
		return nil, err
	}
	if err := r.restore(out); err != nil {
		return nil, fmt.Errorf("go on with the run: %w", err)
	}
	spiking := outputSpikes(r.Network)
	start, before, kept := time.Now(), out.Seconds, out.Samples
	const chunk = 64
	for out.Samples < r.Source.Len() {
		first := out.Samples
		records, spikes, err := r.chunk(ctx, engine, first, min(first+chunk, r.Source.Len()))
		if ctx.Err() != nil && out.Samples > 0 {
			out.Interrupted = true
			break
		}
		if err != nil {
			return nil, err
		}
		for k, record := range records {
			out.InputSpikes += spikes[k]
			if err := r.collect(out, first+k, record, spiking); err != nil {
				return nil, err
			}
		}
		if r.Progress != nil {
			r.Progress(first+len(records), r.Source.Len())
		}
		out.Seconds = before + time.Since(start).Seconds()
		if r.Keep != nil && out.Samples-kept >= r.Keep.samples(out.Ticks) {
			if err := r.save(out); err != nil {
				return nil, err
			}
			kept = out.Samples
		}
	}
	out.Seconds = before + time.Since(start).Seconds()
	return out, r.save(out)
}

// save keeps a run between two samples.
func (r *ReferenceRun) save(out *ReferenceEvaluation) error {
	if r.Keep == nil {
		return nil
	}
	whole := *out
	whole.Interrupted = false
	text, err := json.Marshal(whole)
	if err != nil {
		return err
	}
	return r.Keep.put(stageReference, text, r.Also)
}

// restore sets a run to what was kept of it.
func (r *ReferenceRun) restore(out *ReferenceEvaluation) error {
	if r.Keep == nil {
		return nil
	}
	text := r.Keep.Store.Part(stageReference)
	if len(text) == 0 {
		return nil
	}
	var saved ReferenceEvaluation
	if err := json.Unmarshal(text, &saved); err != nil {
		return err
	}
	if saved.Samples < 0 || saved.Samples > r.Source.Len() || saved.Ticks != out.Ticks ||
		len(saved.Spikes) != len(out.Spikes) {
		return fmt.Errorf("its parts do not agree: %d samples of %d", saved.Samples, r.Source.Len())
	}
	if len(saved.Classes) != saved.Samples {
		return fmt.Errorf("it has the classes of %d of its %d samples: remove it and run anew",
			len(saved.Classes), saved.Samples)
	}
	*out = saved
	r.Keep.resumed(stageReference, saved.Samples, 0, r.Source.Len())
	return r.Keep.restoreAlso(stageReference, r.Also)
}

func (r *ReferenceRun) collect(out *ReferenceEvaluation, sample int, record *snn.Record,
	spiking bool) error {
	out.Samples++
	for i, n := range record.Counts {
		out.Spikes[i] += n
	}
	class := referenceClass(record, spiking)
	out.Classes = append(out.Classes, class)
	if label := r.Source.Label(sample); label >= 0 && class == label {
		out.Correct++
	}
	if r.Each == nil {
		return nil
	}
	return r.Each(sample, record)
}

// chunk runs samples first..last-1 side by side.
func (r *ReferenceRun) chunk(ctx context.Context, engine *snn.Reference, first,
	last int) ([]*snn.Record, []int64, error) {
	records, spikes := make([]*snn.Record, last-first), make([]int64, last-first)
	next, mu := first, sync.Mutex{}
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1
	}
	group, ctx := errgroup.WithContext(ctx)
	for range max(1, min(r.Workers, last-first)) {
		group.Go(func() error {
			own := engine.Clone()
			var s chip.Sample
			for i := take(); i < last; i = take() {
				if err := ctx.Err(); err != nil {
					return err
				}
				signal, err := r.signal(i, &s)
				if err != nil {
					return err
				}
				record, err := own.Run(signal, r.Probes)
				if err != nil {
					return err
				}
				records[i-first] = record
				if s.Spikes != nil {
					spikes[i-first] = int64(s.Spikes.Count())
				}
			}
			return nil
		})
	}
	return records, spikes, group.Wait()
}

// signal is sample i as real numbers; s holds it where it is spikes or
// levels.
func (r *ReferenceRun) signal(i int, s *chip.Sample) ([][]float64, error) {
	if graded, ok := r.Source.(sample.Signals); ok {
		return graded.Signal(i)
	}
	if _, err := r.Source.Feed(i, s); err != nil {
		return nil, err
	}
	return RealSignal(s, r.Source.Ticks()), nil
}

// RealSignal is a sample as real numbers, [ticks][sources]: spikes as 0 and 1,
// levels as a constant.
func RealSignal(s *chip.Sample, ticks int) [][]float64 {
	if s.Levels != nil {
		x := make([]float64, len(s.Levels))
		for i, level := range s.Levels {
			x[i] = float64(level) / float64(s.MaxLevel)
		}
		out := make([][]float64, ticks)
		for t := range out {
			out[t] = x
		}
		return out
	}
	out := make([][]float64, ticks)
	var active []int32
	for t := range out {
		out[t] = make([]float64, s.Spikes.Sources())
		active = s.Spikes.AppendTick(t, active[:0])
		for _, i := range active {
			out[t][i] = 1
		}
	}
	return out
}

// checkOutputs refuses labels that the network's one output cannot give.
func checkOutputs(s sample.Samples, n *snn.Network) error {
	outputs := n.Outputs()
	if len(outputs) != 1 {
		return nil
	}
	return sample.CheckLabels(s, n.Nodes[outputs[0]].Out.Size())
}

// outputSpikes reports whether the network's output is spikes.
func outputSpikes(n *snn.Network) bool {
	for _, o := range n.Outputs() {
		for _, e := range n.Incoming(o) {
			return n.Spiking(e.From)
		}
	}
	return false
}

// ReferenceClass is the class that a record of a network gives.
func ReferenceClass(n *snn.Network, r *snn.Record) int { return referenceClass(r, outputSpikes(n)) }

// referenceClass reads a record's class as classOf does. A single output that spikes
// means class 1 above one spike in two ticks.
func referenceClass(r *snn.Record, spiking bool) int {
	if len(r.Output) == 0 {
		return -1
	}
	score := r.Output[len(r.Output)-1]
	if spiking {
		score = make([]float64, len(r.Output[0]))
		for _, tick := range r.Output {
			for k, v := range tick {
				score[k] += v
			}
		}
	}
	if spiking && len(score) == 1 {
		score[0] -= float64(len(r.Output)) / 2
	}
	return classOf(score)
}
