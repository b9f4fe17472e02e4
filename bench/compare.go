package bench

import (
	"context"
	"fmt"
	"slices"

	"adder/bench/energy"
	"adder/chip"
	"adder/quantised"
	"adder/sample"
	"adder/snn"
)

// CompareRun says what to compare.
type CompareRun struct {
	Chip *chip.Chip
	// Engine makes a worker's engine; nil means the fast engine with Options. EngineName and
	// Encoder are their names in reports.
	Engine              func() (chip.Engine, error)
	EngineName, Encoder string
	Options             chip.Options
	Source              sample.Source
	// Training are samples to choose the stopping tick and to quantise the ANN; nil where there are
	// none.
	Training sample.Source
	// ANN may be nil. Analog, if not nil, returns the ANN's samples of a source, where these are
	// not the source's own.
	ANN *snn.Network
	// Network is the quantised network of an image with a code, nil for rates. It is the ANN of the
	// same bits.
	Network *quantised.Network
	Analog  func(sample.Source) (sample.Samples, error)
	Tables  []*energy.Table
	Margin  float64
	Workers int
	// Keep, if not nil, saves checkpoints of each stage.
	Keep *Keep
	// Shared, if not nil, caches the ANN's results. SharedKey identifies the ANN and its samples,
	// training and others.
	Shared    *Shared
	SharedKey string
	// Progress, if not nil, is called at the start of a stage. It returns a function to call as the
	// stage advances, and one to call at its end.
	Progress func(stage string) (set func(done, total int), end func())
}

// calibrationSamples is how many training samples set the grids of a quantised ANN.
const calibrationSamples = 200

// Compare runs both sides on the same samples and reports. What must not be chosen on these, it
// chooses on training samples. The SNN runs last: if ctx ends it, the report covers the completed
// samples.
func Compare(ctx context.Context, r CompareRun) (*Report, error) {
	c := Comparison{
		Chip: r.Chip, Source: r.Source, Options: r.Options, Encoder: r.Encoder,
		Engine: r.EngineName, Tables: r.Tables, Margin: r.Margin, Network: r.Network,
	}
	if err := r.annSide(ctx, &c); err != nil {
		return nil, err
	}
	var err error
	if c.SNN, err = r.snn(ctx, StageSNN, r.Source); err != nil {
		return nil, err
	}
	return NewReport(c)
}

// StageSNN is the name of the last stage of Compare.
const StageSNN = "SNN"

// annSide runs the ANN, and both sides on training samples.
func (r *CompareRun) annSide(ctx context.Context, c *Comparison) (err error) {
	if r.ANN == nil {
		return nil
	}
	if c.ANN, err = r.ann(ctx, "ANN", r.Source); err != nil {
		return err
	}
	if r.Training == nil || r.Training.Len() == 0 {
		return nil
	}
	if !c.coded() {
		if c.Stop, err = r.stop(ctx); err != nil {
			return err
		}
	}
	training, err := r.analog(r.Training)
	if err != nil {
		return err
	}
	vectors, err := sample.Vectors(training, calibrationSamples)
	if err != nil {
		return err
	}
	samples, err := r.analog(r.Source)
	if err != nil {
		return err
	}
	set, end := r.progress("ANN in integers")
	defer end()
	run := ANNRun{Network: r.ANN, Samples: samples, Workers: r.Workers, Progress: set, Keep: r.Keep,
		Stage: "ANN in integers"}
	fair := fairBits(r.Network, r.Source.Ticks())
	widths := annWidths(fair, r.Network != nil)
	c.Quantised, err = once(r.Shared, fmt.Sprint(r.SharedKey, " quantised ", widths),
		func() ([]QuantisedANN, error) {
			return evaluateQuantised(ctx, run, vectors, widths)
		})
	if err != nil || r.Network == nil {
		return err
	}
	run.Stage = "the network of the code"
	same, err := evaluateNetwork(ctx, run, r.Network, fair)
	if err != nil {
		return err
	}
	c.Quantised = append(slices.DeleteFunc(slices.Clone(c.Quantised), func(q QuantisedANN) bool {
		return q.ActivationBits == fair
	}), *same)
	return nil
}

// stop chooses the stopping tick.
func (r *CompareRun) stop(ctx context.Context) (*Stop, error) {
	snn, err := r.snn(ctx, "SNN, training", r.Training)
	if err != nil {
		return nil, err
	}
	if snn.Interrupted {
		return nil, ctx.Err()
	}
	ann, err := r.ann(ctx, "ANN, training", r.Training)
	if err != nil {
		return nil, err
	}
	return chooseStop(snn, ann), nil
}

func (r *CompareRun) snn(ctx context.Context, stage string,
	source sample.Source) (*Evaluation, error) {
	set, end := r.progress(stage)
	defer end()
	return Evaluate(ctx, Run{
		Chip: r.Chip, Engine: r.Engine, Options: r.Options, Source: source, Workers: r.Workers,
		Progress: set,
		Keep:     r.Keep, Stage: stage,
	})
}

func (r *CompareRun) ann(ctx context.Context, stage string,
	source sample.Source) (*ANNEvaluation, error) {
	samples, err := r.analog(source)
	if err != nil {
		return nil, err
	}
	set, end := r.progress(stage)
	defer end()
	return once(r.Shared, r.SharedKey+" "+stage, func() (*ANNEvaluation, error) {
		return EvaluateANN(ctx, ANNRun{Network: r.ANN, Samples: samples, Workers: r.Workers,
			Progress: set, Keep: r.Keep, Stage: stage})
	})
}

// analog is a source as the ANN takes it.
func (r *CompareRun) analog(s sample.Source) (sample.Samples, error) {
	if r.Analog == nil {
		return s, nil
	}
	return r.Analog(s)
}

func (r *CompareRun) progress(stage string) (set func(done, total int), end func()) {
	if r.Progress == nil {
		return nil, func() {}
	}
	return r.Progress(stage)
}
