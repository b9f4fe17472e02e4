package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"adder/quantised"
	"adder/sample"
	"adder/snn"
)

// ANNRun is the input of EvaluateANN.
type ANNRun struct {
	Network *snn.Network
	Samples sample.Samples
	Workers int
	// Progress, if not nil, is called with the number of samples done, by one goroutine at a time.
	Progress func(done, total int)
	// Keep, if not nil, saves checkpoints, under the name Stage.
	Keep  *Keep
	Stage string
}

// ANNEvaluation is the result of EvaluateANN: classes and operations.
type ANNEvaluation struct {
	Network          *snn.Network
	Samples, Correct int
	// Labelled is false where the set has no labels.
	Labelled bool
	// MACs are multiply-accumulates per inference, zeros included.
	MACs int64
	// EffectiveMACs has, per node of the network, the total over all samples
	// of those whose input was not 0, NonzeroMACs of those whose input and weight were not.
	EffectiveMACs, NonzeroMACs []int64
	// Classes has the class of each sample.
	Classes []int

	// correct, effective and nonzero say it of each sample: [samples] and
	// [samples][nodes].
	correct            []bool
	effective, nonzero []int64
}

// Head is the evaluation of the first samples.
func (e *ANNEvaluation) Head(samples int) *ANNEvaluation {
	nodes := len(e.Network.Nodes)
	out := &ANNEvaluation{
		Network: e.Network, Samples: samples, Labelled: e.Labelled, MACs: e.MACs,
		EffectiveMACs: make([]int64, nodes), NonzeroMACs: make([]int64, nodes),
		Classes: e.Classes[:samples],
		correct: e.correct[:samples], effective: e.effective[:samples*nodes],
		nonzero: e.nonzero[:samples*nodes],
	}
	for i, right := range out.correct {
		if right {
			out.Correct++
		}
		for node := range nodes {
			out.EffectiveMACs[node] += out.effective[i*nodes+node]
			out.NonzeroMACs[node] += out.nonzero[i*nodes+node]
		}
	}
	return out
}

// Accuracy is the share of samples whose class is right.
func (e *ANNEvaluation) Accuracy() float64 {
	if e.Samples == 0 {
		return 0
	}
	return float64(e.Correct) / float64(e.Samples)
}

// Effective is the mean number of multiply-accumulates per inference with a nonzero input.
func (e *ANNEvaluation) Effective() float64 {
	var total int64
	for _, n := range e.EffectiveMACs {
		total += n
	}
	return float64(total) / float64(max(e.Samples, 1))
}

// EvaluateANN runs an ANN in float64 on every sample. The class is the largest output, the lowest
// of several. A network with state is refused: it is no ANN.
func EvaluateANN(ctx context.Context, r ANNRun) (*ANNEvaluation, error) {
	return evaluateANN(ctx, r, nil)
}

// evaluateANN is EvaluateANN of the same network in integers, where these are not nil.
func evaluateANN(ctx context.Context, r ANNRun,
	integers *quantised.Evaluator) (*ANNEvaluation, error) {
	analog, err := snn.NewAnalog(r.Network)
	if err != nil {
		return nil, fmt.Errorf("the ANN: %w", err)
	}
	if err := checkANNInput(r.Network, r.Samples); err != nil {
		return nil, err
	}
	out := &ANNEvaluation{
		Network: r.Network, Samples: r.Samples.Len(), Labelled: sample.Labelled(r.Samples),
		Classes: make([]int, r.Samples.Len()), correct: make([]bool, r.Samples.Len()),
		effective: make([]int64, r.Samples.Len()*len(r.Network.Nodes)),
		nonzero:   make([]int64, r.Samples.Len()*len(r.Network.Nodes)),
	}
	for i := range r.Network.Nodes {
		out.MACs += snn.MACs(&r.Network.Nodes[i])
	}
	shared := &annWork{out: out, run: &r}
	for range min(max(r.Workers, 1), max(out.Samples, 1)) {
		shared.engines = append(shared.engines, newANNEngine(r.Network, analog, integers))
	}
	if err := shared.all(ctx); err != nil {
		return nil, err
	}
	return out.Head(out.Samples), nil
}

func checkANNInput(n *snn.Network, s sample.Samples) error {
	inputs := n.Inputs()
	if len(inputs) != 1 || len(n.Outputs()) != 1 {
		return fmt.Errorf("the ANN %s has %d inputs and %d outputs: give one with one of each",
			n.Name, len(inputs), len(n.Outputs()))
	}
	if size := n.Nodes[inputs[0]].Out.Size(); size != sample.Size(s.Shape()) {
		return fmt.Errorf("the ANN %s takes %d elements; a sample of %s has %d", n.Name, size,
			s.Name(), sample.Size(s.Shape()))
	}
	if s.Len() == 0 {
		return errors.New("there are no samples to run the ANN on")
	}
	return checkOutputs(s, n)
}

// annWork is the state that workers share; each writes only its own samples.
type annWork struct {
	mu      sync.Mutex
	out     *ANNEvaluation
	run     *ANNRun
	engines []*annEngine
	done    int
}

// all evaluates the samples that were not done before, as many at a time as are kept.
func (w *annWork) all(ctx context.Context) error {
	n := w.out.Samples
	if w.run.Keep == nil {
		return w.some(ctx, 0, n)
	}
	if err := w.restore(); err != nil {
		return fmt.Errorf("go on with %s: %w", w.run.Stage, err)
	}
	for w.done < n {
		if err := w.some(ctx, w.done, min(w.done+w.run.Keep.samples(1), n)); err != nil {
			return err
		}
		if err := w.save(); err != nil {
			return err
		}
	}
	return nil
}

// some evaluates the samples from first to last-1, side by side.
func (w *annWork) some(ctx context.Context, first, last int) error {
	workers := len(w.engines)
	group, ctx := errgroup.WithContext(ctx)
	for i, engine := range w.engines {
		lo, hi := first+i*(last-first)/workers, first+(i+1)*(last-first)/workers
		group.Go(func() error { return w.work(ctx, engine, lo, hi) })
	}
	return group.Wait()
}

// savedANN is the result of the first samples.
type savedANN struct {
	Classes            []int
	Correct            []bool
	Effective, Nonzero []int64
}

func (w *annWork) save() error {
	nodes := len(w.out.Network.Nodes)
	text, err := json.Marshal(savedANN{
		w.out.Classes[:w.done], w.out.correct[:w.done], w.out.effective[:w.done*nodes],
		w.out.nonzero[:w.done*nodes],
	})
	if err != nil {
		return err
	}
	return w.run.Keep.Store.Keep(map[string][]byte{w.run.Stage: text})
}

func (w *annWork) restore() error {
	text := w.run.Keep.Store.Part(w.run.Stage)
	if len(text) == 0 {
		return nil
	}
	var s savedANN
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	n, nodes := len(s.Classes), len(w.out.Network.Nodes)
	if n > w.out.Samples || len(s.Correct) != n || len(s.Effective) != n*nodes ||
		len(s.Nonzero) != n*nodes {
		return fmt.Errorf("its parts do not agree: %d samples of %d", n, w.out.Samples)
	}
	copy(w.out.Classes, s.Classes)
	copy(w.out.correct, s.Correct)
	copy(w.out.effective, s.Effective)
	copy(w.out.nonzero, s.Nonzero)
	w.done = n
	w.run.Keep.resumed(w.run.Stage, n, 0, w.out.Samples)
	return nil
}

// work evaluates the samples lo to hi-1.
func (w *annWork) work(ctx context.Context, engine *annEngine, lo, hi int) error {
	const chunk = 128
	var x []float64
	nodes := len(w.out.Network.Nodes)
	for i := lo; i < hi; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if x, err = w.run.Samples.Analog(i, x); err != nil {
			return err
		}
		if w.out.Classes[i], err = engine.run(x); err != nil {
			return err
		}
		w.out.correct[i] = w.out.Classes[i] == w.run.Samples.Label(i)
		for node := range nodes {
			w.out.effective[i*nodes+node] = engine.analog.EffectiveMACs(node)
			w.out.nonzero[i*nodes+node] = engine.analog.NonzeroMACs(node)
		}
		if n := i + 1 - lo; n%chunk == 0 || i+1 == hi {
			w.report((n-1)%chunk + 1)
		}
	}
	return nil
}

// report reports that more samples are done.
func (w *annWork) report(samples int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done += samples
	if w.run.Progress != nil {
		w.run.Progress(w.done, w.out.Samples)
	}
}

// classOf is the class that outputs give: the largest, or where there is one output, a
// logit, class 1 above 0.
func classOf(y []float64) int {
	if len(y) == 1 && y[0] > 0 {
		return 1
	}
	return largest(y)
}

// largest is the position of the largest value, the first of several.
func largest(y []float64) int {
	best := 0
	for i, v := range y {
		if v > y[best] {
			best = i
		}
	}
	return best
}
