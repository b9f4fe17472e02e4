package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"adder/internal/dataset"
	"adder/snn"
)

// ANNRun says which ANN to evaluate on which images.
type ANNRun struct {
	Network *snn.Network
	Set     *dataset.Set
	Workers int
	// Progress, if not nil, is called now and then with the number of
	// images done, by one goroutine at a time.
	Progress func(done, total int)
}

// ANNEvaluation is what an ANN computed.
type ANNEvaluation struct {
	Network          *snn.Network
	Samples, Correct int
	// Labelled is false where the set has no labels.
	Labelled bool
	// MACs are multiply-accumulates per inference, zeros included.
	MACs int64
	// EffectiveMACs has, per node of the network, the total over all samples
	// of those whose input was not 0.
	EffectiveMACs []int64
}

// Accuracy is the share of samples whose class is right.
func (e *ANNEvaluation) Accuracy() float64 {
	if e.Samples == 0 {
		return 0
	}
	return float64(e.Correct) / float64(e.Samples)
}

// Effective is the mean number of multiply-accumulates per inference whose
// input was not 0.
func (e *ANNEvaluation) Effective() float64 {
	var total int64
	for _, n := range e.EffectiveMACs {
		total += n
	}
	return float64(total) / float64(max(e.Samples, 1))
}

// EvaluateANN runs an ANN in float64 on every image of a set, pixels as
// Analog gives them. The class is the largest output, the lowest of several.
// A network with state is refused: it is no ANN.
func EvaluateANN(ctx context.Context, r ANNRun) (*ANNEvaluation, error) {
	analog, err := snn.NewAnalog(r.Network)
	if err != nil {
		return nil, fmt.Errorf("the ANN: %w", err)
	}
	if err := checkANNInput(r.Network, r.Set); err != nil {
		return nil, err
	}
	out := &ANNEvaluation{
		Network: r.Network, Samples: r.Set.Len(), Labelled: len(r.Set.Labels) > 0,
		EffectiveMACs: make([]int64, len(r.Network.Nodes)),
	}
	for i := range r.Network.Nodes {
		out.MACs += snn.MACs(&r.Network.Nodes[i])
	}
	workers := min(max(r.Workers, 1), max(r.Set.Len(), 1))
	shared := &annTotals{out: out, run: &r}
	group, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		own := analog.Clone()
		lo, hi := w*r.Set.Len()/workers, (w+1)*r.Set.Len()/workers
		group.Go(func() error { return shared.work(ctx, own, lo, hi) })
	}
	return out, group.Wait()
}

func checkANNInput(n *snn.Network, set *dataset.Set) error {
	inputs := n.Inputs()
	if len(inputs) != 1 || len(n.Outputs()) != 1 {
		return fmt.Errorf("the ANN %s has %d inputs and %d outputs: give one with one of each", n.Name, len(inputs), len(n.Outputs()))
	}
	if size := n.Nodes[inputs[0]].Out.Size(); size != set.Size() {
		return fmt.Errorf("the ANN %s takes %d elements; an image of %s has %d pixels", n.Name, size, set.Name, set.Size())
	}
	if set.Len() == 0 {
		return errors.New("there are no images to run the ANN on")
	}
	return nil
}

// annTotals collects the integers that workers found, which add up to the
// same in any order.
type annTotals struct {
	mu   sync.Mutex
	out  *ANNEvaluation
	run  *ANNRun
	done int
}

// work evaluates the images lo to hi-1.
func (t *annTotals) work(ctx context.Context, analog *snn.Analog, lo, hi int) error {
	const chunk = 128
	set := t.run.Set
	for first := lo; first < hi; first += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := set.Slice(first, min(first+chunk, hi))
		correct, macs := 0, make([]int64, len(t.out.EffectiveMACs))
		for i, x := range Analog(part) {
			y, err := analog.Run(x)
			if err != nil {
				return err
			}
			if largest(y) == int(part.Labels[i]) {
				correct++
			}
			for node := range macs {
				macs[node] += analog.EffectiveMACs(node)
			}
		}
		t.add(part.Len(), correct, macs)
	}
	return nil
}

func (t *annTotals) add(samples, correct int, macs []int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out.Correct += correct
	for i, n := range macs {
		t.out.EffectiveMACs[i] += n
	}
	t.done += samples
	if t.run.Progress != nil {
		t.run.Progress(t.done, t.out.Samples)
	}
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
