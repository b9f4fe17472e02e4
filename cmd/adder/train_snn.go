package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"adder/train/bptt"
	"adder/train/descent"
)

// snnFlags are the flags of `train snn`.
type snnFlags struct {
	pipelineFlags
	descentFlags
	data, out string
	limit     int
	network   bptt.Config
}

func newTrainSNNCommand(a *app) *cobra.Command {
	f := snnFlags{network: bptt.DefaultConfig()}
	f.config.Epochs, f.config.Batch, f.config.LearningRate = 5, 64, 0.001
	cmd := &cobra.Command{
		Use:   "snn --data DIR -o m.nir",
		Short: "Train a spiking network by backpropagation through time and write it as NIR",
		Long: `Train a spiking network by backpropagation through time, with a surrogate for the
derivative of a neuron's step, and write it as NIR.

--net holds the hidden layers, joined by "-": 400 is a fully connected layer, 32C3 a
convolution of 32 channels with kernels of 3x3 that keeps the size (32C3S2: with a stride
of 2), AP2 the means of windows of 2x2. A last layer of the number of classes adds up what
it hears and is read by its potentials.

--bits trains with the chip's integers in the forward pass: what was trained is then what
runs at --bits of the same number. Run the file with the --encoder, --ticks and --reset
that it was trained with: NIR has no words for them.

With --checkpoint FILE the training writes its state there now and then and when it is
interrupted; the same command then goes on, and ends with the same file as a training that
was never stopped.`,
		Example: `  adder train snn --data digits --net 64 --epochs 2 -o m.nir
  adder train snn --data data/mnist --net 400 --ticks 8 --bits 8 --shift 1 --epochs 10 -o m.nir
  adder run m.nir --data data/mnist --encoder direct --ticks 8 --bits 8`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.trainSNN(cmd, &f) },
	}
	flags, n := cmd.Flags(), &f.network
	flags.StringVar(&f.data, "data", "", dataForms)
	f.pipelineFlags.register(cmd)
	flags.StringVar(&n.Net, "net", n.Net, "hidden layers, such as 400 or 32C3-AP2-32C3-AP2-128")
	flags.StringVar(&n.Neuron, "neuron", n.Neuron, "neuron model: lif or if")
	flags.Float64Var(&n.Keep, "keep", n.Keep, "fraction of its potential that a lif neuron keeps "+
		"per tick")
	flags.StringVar(&n.Reset, "reset", n.Reset, "what a spike does to the potential: zero or "+
		"subtract")
	flags.IntVar(&n.Ticks, "ticks", n.Ticks, "ticks per sample")
	flags.StringVar(&n.Encoder, "encoder", n.Encoder, "input coding: direct (the same numbers in "+
		"every tick), bernoulli or rate (spikes)")
	flags.StringVar(&n.Surrogate, "surrogate", n.Surrogate, "stand-in for the derivative of the "+
		"step: rectangle or triangle")
	flags.Float64Var(&n.Width, "width", n.Width, "width of the rectangle, half of the "+
		"triangle's, in thresholds")
	flags.Float64Var(&n.Gain, "gain", n.Gain, "what the initial weights are multiplied by; more "+
		"where nothing is learned because layers are silent")
	flags.IntVar(&n.Bits, "bits", n.Bits, "train with weights of so many bits, sign included, "+
		"and the chip's integers; 0 for real numbers")
	flags.IntVar(&f.config.Epochs, "epochs", f.config.Epochs, "passes over the training set")
	flags.IntVar(&f.config.Batch, "batch", f.config.Batch, "samples per step")
	flags.Float64Var(&f.config.LearningRate, "lr", f.config.LearningRate,
		"learning rate of Adam, which falls to 0 over the training")
	flags.Uint64Var(&f.config.Seed, "seed", 0, "seed of the initial weights, of the order of "+
		"samples, shifts and spikes")
	flags.IntVar(&f.limit, "limit", 0, "use only the first N training samples; 0 for all")
	flags.StringVarP(&f.out, "out", "o", "", "the .nir file to write")
	f.descentFlags.register(cmd)
	offer(cmd, "neuron", bptt.Neurons()...)
	offer(cmd, "reset", bptt.Resets()...)
	offer(cmd, "encoder", bptt.Encoders()...)
	offer(cmd, "surrogate", bptt.Surrogates()...)
	must(cmd.MarkFlagRequired("data"))
	must(cmd.MarkFlagRequired("out"))
	writes(cmd, "out")
	return cmd
}

func (a *app) trainSNN(cmd *cobra.Command, f *snnFlags) error {
	f.network.Seed = f.config.Seed
	if err := errors.Join(checkLimit(f.limit), checkOutput("--out", f.out, ".nir"),
		f.descentFlags.check(), f.network.Check()); err != nil {
		return err
	}
	d, err := a.openLabelled(f.data, f.limit, &f.pipelineFlags)
	if err != nil {
		return err
	}
	net, err := bptt.New(f.network, d.shape, d.train.Classes())
	if err != nil {
		return err
	}
	ctx, start := cmd.Context(), time.Now()
	run := map[string]any{"snn": f.network, "pipeline": f.pipeline(nil)}
	if _, err := a.descend(ctx, &f.descentFlags, net, d, run); err != nil {
		return goesOn(ctx, f.checkpoint, err)
	}
	seconds := time.Since(start).Seconds()
	score, err := descent.Evaluate(ctx, net, d.test, d.shape, f.config.Workers)
	if err != nil {
		return goesOn(ctx, f.checkpoint, err)
	}
	a.finish()
	if err := net.SaveNIR(f.out); err != nil {
		return err
	}
	a.warnChance(score.Accuracy(), d.testSet.Classes, "a --gain of 2 wakes silent layers; "+
		"another --lr, more --epochs or more --ticks may help")
	return a.printSNN(f, d, score, seconds)
}

func (a *app) printSNN(f *snnFlags, d *labelled, score descent.Score, seconds float64) error {
	n := f.network
	if a.json {
		return a.printJSON(map[string]any{
			"accuracy": score.Accuracy(), "epochs": f.config.Epochs, "seconds": seconds,
			"model": f.out,
			"net":   n.Net, "neuron": n.Neuron, "keep": n.Keep, "reset": n.Reset, "ticks": n.Ticks,
			"encoder": n.Encoder, "bits": n.Bits,
			"data": d.trainSet.Name, "samples": d.trainSet.Len(), "test_samples": d.testSet.Len(),
			"seed": f.config.Seed,
		})
	}
	a.printf("%s of %s neurons trained on %s of %s, %s, %s, %.1f s", n.Net, n.Neuron,
		count(d.trainSet.Len(), "image"), d.trainSet.Name, count(n.Ticks, "tick"),
		count(f.config.Epochs, "epoch"), seconds)
	a.printf("accuracy %s on %s test images", percent(score.Accuracy()),
		thousands(int64(d.testSet.Len())))
	a.printf("wrote %s", f.out)
	a.printf("run it: adder run %s --data %s --encoder %s --ticks %d%s%s", f.out, f.data, n.Encoder,
		n.Ticks, resetFlag(n.Reset), bitsFlag(n.Bits))
	return nil
}

// resetFlag is the flag that says how a file's neurons reset, where it must be said.
func resetFlag(reset string) string {
	if reset == "zero" {
		return ""
	}
	return " --reset " + reset
}

func bitsFlag(bits int) string {
	if bits == 0 {
		return ""
	}
	return fmt.Sprintf(" --bits %d", bits)
}
