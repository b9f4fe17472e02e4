// Package paper owns a published experiment: winner-take-all networks that learn without a
// teacher from batches of images, which no chip does.
//
// [Run] repeats it under its own conditions, in float32 (package snn/stdp) or in a chip's integers
// (train/lockstep). [Training] is the learning alone, in integers; the network that results runs
// on a chip. [Cells] are the published results.
//
//	paper.go       Config, Result, Run
//	cells.go       the published results, cell by cell
//	experiment.go  one run of the experiment
//	network.go     its network in float32 or in integers
//	feed.go        encoded batches
//	training.go    Training
//	checkpoint.go  its checkpoints
package paper

import (
	"context"
	"errors"
	"fmt"
	"math"

	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/spike/encode"
)

// Config describes a run of the published experiment (Shears and Yazdani, "Spiking Neural Networks
// for Image Classification"): a winner-take-all network that learns without a teacher in batches
// whose updates are summed. No hardware does so: it runs in float32 by the equations of package
// snn/stdp, or in lock-step in a chip's integers.
type Config struct {
	// Neuron and Rule select the model and the learning rule.
	Neuron stdp.Model
	Rule   stdp.Rule
	// Encoder is one of encode.Names, except direct. The software's "poisson" is
	// encode.KindPoissonRenewal.
	Encoder string
	// Arithmetic is Float or Integer.
	Arithmetic Arithmetic
	// Neurons is the number of neurons.
	Neurons int
	// Ticks is the number of ticks, of a millisecond each, that an image is shown.
	Ticks int
	// Intensity is the rate of a full-scale pixel in spikes per second.
	Intensity float64
	// Batch is the number of images whose updates are summed.
	Batch int
	// TestBatch is the number of test images presented at once; it changes only the last bits of
	// weights that are normalised after each batch.
	TestBatch int
	// Epochs is the number of passes over the training images.
	Epochs int
	// Limit uses the first images of the training set only; 0 for all.
	Limit int
	// LabelEvery is the number of training images between assignments of labels, each made on the
	// images since the last, before the batch that follows. 0 means a ninth of all, but at most
	// 6400. Images after the last assignment do not reach the labels, unless there has been none.
	LabelEvery int
	// ThetaDecay is the time constant of the adaptive thresholds in ticks; 0 means the published
	// 1e7.
	ThetaDecay float64
	// Seed chooses the initial weights, the order and the spikes of images, and all
	// draws of the network.
	Seed uint64
	// Workers above 1 encodes the next batch while the current one runs. It changes no result.
	Workers int
}

// labelEvery is 100 batches of 64.
const labelEvery = 6400

// maxThetaTicks is a decay by the largest shift of a theta.
const maxThetaTicks = 1 << 31

// maxNeurons keeps the weights of 784 inputs and their events below a gigabyte.
const maxNeurons = 1 << 15

// DefaultConfig returns the settings of the published experiment for a cell of
// its tables.
func DefaultConfig(neuron stdp.Model, rule stdp.Rule, encoder string) Config {
	return Config{
		Neuron: neuron, Rule: rule, Encoder: encoder, Arithmetic: Float, Neurons: 100, Ticks: 100,
		Intensity: 128,
		Batch:     64, TestBatch: 256, Epochs: 1, Workers: 1,
	}
}

// Check returns an error that names the first setting that cannot be used.
func (c Config) Check() error {
	switch {
	case c.Neurons < 1 || c.Neurons > maxNeurons:
		return fmt.Errorf("%d neurons: must be 1 to %d", c.Neurons, maxNeurons)
	case c.Batch < 1:
		return fmt.Errorf("batches of %d: must be at least 1", c.Batch)
	case c.TestBatch < 1:
		return fmt.Errorf("test batches of %d: must be at least 1", c.TestBatch)
	case c.Epochs < 1:
		return fmt.Errorf("%d epochs: must be at least 1", c.Epochs)
	case c.Limit < 0:
		return fmt.Errorf("a limit of %d images: must be at least 0", c.Limit)
	case c.LabelEvery < 0:
		return fmt.Errorf("labels every %d images: must be at least 0", c.LabelEvery)
	case !(c.ThetaDecay >= 0) || math.IsInf(c.ThetaDecay, 0):
		return fmt.Errorf("a threshold time constant of %v: must be above 0, or 0 for the "+
			"published one", c.ThetaDecay)
	case c.Arithmetic == Integer && c.ThetaDecay != 0 &&
		(c.ThetaDecay < 2 || c.ThetaDecay > maxThetaTicks):
		return fmt.Errorf("a threshold time constant of %v ticks: a shift holds 2 to %.3g, in "+
			"float arithmetic others can be had", c.ThetaDecay, float64(maxThetaTicks))
	case c.Arithmetic != Float && c.Arithmetic != Integer:
		return fmt.Errorf("arithmetic %q: it is %s or %s", c.Arithmetic, Float, Integer)
	case c.Encoder == encode.KindDirect:
		return fmt.Errorf("encoder %s makes no spikes: use another", c.Encoder)
	}
	return nil
}

// Progress is the progress of a run.
type Progress struct {
	// Done and Total are images, of training and of the test together.
	Done, Total int
	// Accuracy is that of the training images between the last two assignments of
	// labels, by the labels before (all activity); 0 before the second.
	Accuracy float64
	// Testing says that training is over.
	Testing bool
}

// Theta summarises the adaptive thresholds after training, in millivolts above the fixed one.
type Theta struct {
	Mean float64 `json:"mean"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

// Inference is the mean cost of a test image.
type Inference struct {
	// InputSpikes and Spikes are those presented and those of the neurons.
	InputSpikes float64 `json:"input_spikes"`
	Spikes      float64 `json:"spikes"`
	// Synops is the nonzero weights that delivered spikes hit, inhibition included.
	Synops float64 `json:"synops"`
	// Silent is the share of images without a neuron's spike: they are taken for
	// class 0.
	Silent float64 `json:"silent"`
}

// Result is the outcome of a run.
type Result struct {
	// AccuracyAll and AccuracyProportion are the shares of test images classed right by
	// the all-activity and the proportion-weighting readout.
	AccuracyAll        float64 `json:"accuracy_all"`
	AccuracyProportion float64 `json:"accuracy_proportion"`
	// Theta is all 0 for models without an adaptive threshold.
	Theta Theta `json:"theta"`
	// Test is the cost of inference.
	Test Inference `json:"test"`
	// TrainSpikes is the mean number of the neurons' spikes per training image.
	TrainSpikes float64 `json:"train_spikes"`
	// HostOperations is the multiplications and divisions by which the host scaled
	// weights in training; 0 in float, which has no host.
	HostOperations int64 `json:"host_operations"`
	// Labelled counts the neurons of each class; Assignments how often labels
	// were assigned.
	Labelled    []int `json:"labelled"`
	Assignments int   `json:"assignments"`
	// Active is the number of neurons that spiked for any test image.
	Active int `json:"active"`
	// TrainImages and TestImages are the sizes of the sets, TrainSeconds and
	// TestSeconds the time they took.
	TrainImages  int     `json:"train_images"`
	TestImages   int     `json:"test_images"`
	TrainSeconds float64 `json:"train_seconds"`
	TestSeconds  float64 `json:"test_seconds"`
}

// Run trains and tests a network as the published experiment did. Where progress
// is not nil it is called after each batch, from the calling goroutine. Apart from its
// times the result depends on the sets and cfg alone, and not on cfg.Workers. A
// cancelled ctx ends the run after the current batch with ctx's error.
func Run(ctx context.Context, cfg Config, trainSet, testSet *dataset.Set,
	progress func(Progress)) (*Result, error) {
	if err := cfg.Check(); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	if cfg.Limit > 0 {
		trainSet = trainSet.Head(cfg.Limit)
	}
	if trainSet.Len() == 0 || testSet.Len() == 0 {
		return nil, errors.New("paper: the training set or the test set holds no images")
	}
	if trainSet.Size() != testSet.Size() {
		return nil, fmt.Errorf("paper: training images of shape %v and test images of shape %v: "+
			"must be alike",
			trainSet.Shape, testSet.Shape)
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	run, err := newExperiment(cfg, trainSet, testSet, progress)
	if err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	if err := run.train(ctx); err != nil {
		return nil, fmt.Errorf("paper: training: %w", err)
	}
	if err := run.test(ctx); err != nil {
		return nil, fmt.Errorf("paper: test: %w", err)
	}
	return run.result(), nil
}
