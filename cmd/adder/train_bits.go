package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adder/compiler/onnx"
	"adder/train/qat"
)

// bitsFlags are the flags of `train ann` for a network of few bits.
type bitsFlags struct {
	descentFlags
	network qat.Config
	from    string
}

// fewBits are the flags for one.
func fewBits() []string {
	return []string{"input-bits", "activation-bits", "weight-bits", "from", "sparsity", "net",
		"shift", "checkpoint"}
}

// asked reports whether a network of few bits is wanted.
func (f *bitsFlags) asked(cmd *cobra.Command) bool {
	for _, name := range fewBits() {
		if cmd.Flags().Changed(name) {
			return true
		}
	}
	return false
}

func (f *bitsFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.network.InputBits, "input-bits", 8, "train with inputs of so many bits")
	flags.IntVar(&f.network.ActivationBits, "activation-bits", 4,
		"train with activations of so many bits")
	flags.IntVar(&f.network.WeightBits, "weight-bits", 8, "train with weights of so many bits, "+
		"sign included")
	flags.Float64Var(&f.network.Sparsity, "sparsity", 0, "share of the weights before the last "+
		"layer that become 0")
	flags.StringVar(&f.network.Net, "net", "", "hidden layers in the place of --hidden, such as "+
		"32C3-MP2-128")
	flags.StringVar(&f.from, "from", "", "ONNX `FILE` of a trained network to begin with")
	f.descentFlags.register(cmd)
}

// trainBits trains a network of few bits.
func (a *app) trainBits(cmd *cobra.Command, f *annFlags) error {
	b := &f.bits
	if err := b.take(cmd, f); err != nil {
		return err
	}
	if err := errors.Join(b.check(), b.network.Check()); err != nil {
		return err
	}
	d, err := a.openLabelled(f.data, f.limit, &f.pipelineFlags)
	if err != nil {
		return err
	}
	net, err := b.build(d)
	if err != nil {
		return err
	}
	if err := net.Calibrate(d.train); err != nil {
		return err
	}
	ctx, start := cmd.Context(), time.Now()
	run := map[string]any{"ann": b.network, "from": b.from, "pipeline": f.pipeline(nil)}
	if _, err := a.descend(ctx, &b.descentFlags, net, d, run); err != nil {
		return goesOn(ctx, b.checkpoint, err)
	}
	seconds := time.Since(start).Seconds()
	counts, err := a.countBits(ctx, b, net, d)
	if err != nil {
		return err
	}
	a.finish()
	if err := net.SaveONNX(f.out); err != nil {
		return err
	}
	a.warnChance(counts.Accuracy(), d.testSet.Classes, "another --lr, more --epochs or more bits "+
		"may help")
	return a.printBits(f, d, counts, seconds)
}

func (a *app) countBits(ctx context.Context, b *bitsFlags, net *qat.Network,
	d *labelled) (qat.Counts, error) {
	counts, err := net.Evaluate(ctx, d.test, b.config.Workers)
	return counts, goesOn(ctx, b.checkpoint, err)
}

// take takes over what both kinds of training know.
func (b *bitsFlags) take(cmd *cobra.Command, f *annFlags) error {
	changed := cmd.Flags().Changed
	if changed("momentum") {
		return errors.New("--momentum: networks of few bits are trained by Adam, which has its own")
	}
	if b.from != "" && (changed("net") || changed("hidden")) ||
		changed("net") && changed("hidden") {
		return errors.New("--from, --net and --hidden: one of them says what the layers are")
	}
	b.config.Epochs, b.config.Batch, b.config.Seed, b.config.LearningRate =
		f.config.Epochs, f.config.Batch, f.config.Seed, f.config.LearningRate
	if !changed("lr") {
		b.config.LearningRate = 0.001
	}
	b.network.Seed = f.config.Seed
	if b.network.Net == "" && b.from == "" {
		widths := make([]string, len(f.config.Hidden))
		for i, n := range f.config.Hidden {
			widths[i] = strconv.Itoa(n)
		}
		b.network.Net = strings.Join(widths, "-")
	}
	return nil
}

// build makes the network that the training begins with.
func (b *bitsFlags) build(d *labelled) (*qat.Network, error) {
	if b.from == "" {
		return qat.New(b.network, d.shape, d.train.Classes())
	}
	read, err := onnx.Read(b.from, onnx.Options{})
	if err != nil {
		return nil, err
	}
	net, err := qat.From(b.network, read, d.shape)
	if err != nil {
		return nil, err
	}
	if net.Outputs() < d.train.Classes() {
		return nil, fmt.Errorf("%s tells %d classes apart, the samples have %d", b.from,
			net.Outputs(), d.train.Classes())
	}
	return net, nil
}

func (a *app) printBits(f *annFlags, d *labelled, c qat.Counts, seconds float64) error {
	n := f.bits.network
	if a.json {
		return a.printJSON(map[string]any{
			"accuracy": c.Accuracy(), "epochs": f.config.Epochs, "seconds": seconds, "model": f.out,
			"data":    d.trainSet.Name,
			"samples": d.trainSet.Len(), "test_samples": d.testSet.Len(), "seed": f.config.Seed,
			"from": f.bits.from, "net": n.Net,
			"input_bits": n.InputBits, "activation_bits": n.ActivationBits,
			"weight_bits": n.WeightBits, "sparsity": n.Sparsity,
			"per_sample": map[string]float64{
				"input_spikes": c.Mean(c.InputSpikes), "hidden_spikes": c.Mean(c.HiddenSpikes),
				"synops":         c.Mean(c.Synops),
				"effective_macs": c.Mean(c.MACs),
			},
		})
	}
	a.printf("inputs of %s, activations of %s, weights of %s, trained on %s of %s, %s, %.1f s",
		count(n.InputBits, "bit"),
		count(n.ActivationBits, "bit"), count(n.WeightBits, "bit"),
		count(d.trainSet.Len(), "image"), d.trainSet.Name,
		count(f.config.Epochs, "epoch"), seconds)
	a.printf("accuracy %s on %s test images", percent(c.Accuracy()),
		thousands(int64(d.testSet.Len())))
	a.printf("per image, a spike per set bit: %.1f spikes in, %.1f hidden, %s synops; the ANN of "+
		"the same bits, zeros skipped: %s MACs",
		c.Mean(c.InputSpikes), c.Mean(c.HiddenSpikes), thousands(int64(c.Mean(c.Synops)+0.5)),
		thousands(int64(c.Mean(c.MACs)+0.5)))
	a.printf("wrote %s", f.out)
	return nil
}
