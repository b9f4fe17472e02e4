package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"adder/internal/dataset"
	"adder/sample"
	"adder/train/ann"
)

func newTrainCommand(a *app) *cobra.Command {
	return parent(&cobra.Command{
		Use:   "train ann|snn|stdp",
		Short: "Train a network",
		Long: `Train the conventional network that spiking ones are measured against (ann), a spiking
network by backpropagation through time (snn), or one without a teacher on the emulated
chip (stdp).`,
		Example: `  adder train ann --data digits -o m.onnx
  adder train snn --data digits --net 64 --epochs 2 -o m.nir
  adder train stdp --data digits --neurons 50 -o n.snn`,
	}, newTrainANNCommand(a), newTrainSNNCommand(a), newTrainSTDPCommand(a))
}

// annFlags are the flags of `train ann`.
type annFlags struct {
	pipelineFlags
	data, out string
	limit     int
	config    ann.Config
	bits      bitsFlags
}

func newTrainANNCommand(a *app) *cobra.Command {
	f := annFlags{config: ann.DefaultConfig()}
	cmd := &cobra.Command{
		Use:   "ann --data DIR -o m.onnx",
		Short: "Train the conventional network and write it as ONNX",
		Long: `Train a multilayer perceptron with ReLU layers by stochastic gradient descent on
cross-entropy, initialised as PyTorch initialises its Linear layers, and write it as ONNX.

With --input-bits, --activation-bits or --weight-bits the network is trained with that few
bits, by Adam with straight-through gradients, from scratch or --from a trained ONNX model, and
written as QuantizeLinear and DequantizeLinear nodes, which are integers alone. --net takes
convolutions and pools too (32C3-AP2-128), --sparsity prunes the smallest weights.`,
		Example: `  adder train ann --data digits --hidden 64 --epochs 3 -o m.onnx
  adder train ann --data data/mnist --input-bits 2 --activation-bits 2 --from m.onnx -o q.onnx
  adder train ann --data data/mnist --hidden 128 --epochs 10 --batch 64 --lr 0.1 -o m.onnx`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(checkLimit(f.limit),
				checkOutput("--out", f.out, ".onnx")); err != nil {
				return err
			}
			if f.bits.asked(cmd) {
				return a.trainBits(cmd, &f)
			}
			return a.trainANN(cmd, &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", dataForms)
	f.register(cmd)
	flags.IntSliceVar(&f.config.Hidden, "hidden", f.config.Hidden, "widths of the hidden layers")
	flags.IntVar(&f.config.Epochs, "epochs", f.config.Epochs, "passes over the training set")
	flags.IntVar(&f.config.Batch, "batch", f.config.Batch, "images per step")
	flags.Float64Var(&f.config.LearningRate, "lr", f.config.LearningRate,
		"learning rate; with few bits Adam's, default 0.001")
	flags.Float64Var(&f.config.Momentum, "momentum", f.config.Momentum, "momentum, 0 for none")
	flags.Uint64Var(&f.config.Seed, "seed", 0,
		"seed of the initial weights and of the order of images")
	flags.IntVar(&f.limit, "limit", 0, "use only the first N training images; 0 for all")
	flags.StringVarP(&f.out, "out", "o", "", "the ONNX file to write")
	f.bits.register(cmd)
	must(cmd.MarkFlagRequired("data"))
	must(cmd.MarkFlagRequired("out"))
	writes(cmd, "out")
	return cmd
}

// must keeps a programming error (a flag that does not exist) from passing.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// openSplits opens both parts of a data set, the first limit training images (0 for
// all) and all test images.
func (a *app) openSplits(dir string, limit int) (trainSet, testSet *dataset.Set, err error) {
	if trainSet, err = a.openData(dir, dataset.Train, limit); err != nil {
		return nil, nil, err
	}
	if testSet, err = a.openData(dir, dataset.Test, 0); err != nil {
		return nil, nil, err
	}
	if testSet.Whole {
		a.warn("%s has no part for testing: the accuracy is that on all samples, those of "+
			"training among them", dir)
	}
	classes := max(trainSet.Classes, testSet.Classes)
	trainSet.Classes, testSet.Classes = classes, classes
	return trainSet, testSet, nil
}

func (a *app) trainANN(cmd *cobra.Command, f *annFlags) error {
	trainSet, testSet, err := a.openSplits(f.data, f.limit)
	if err != nil {
		return err
	}
	trainValues, err := sample.NewValues(trainSet, f.pipeline(nil), nil)
	if err != nil {
		return err
	}
	testValues, err := sample.NewValues(testSet, f.pipeline(nil), nil)
	if err != nil {
		return err
	}
	p := a.newProgress("train")
	start := time.Now()
	ann, err := ann.Train(cmd.Context(), trainValues, f.config, func(s ann.Progress) {
		p.set((s.Epoch-1)*s.Total+s.Done, s.Epochs*s.Total)
	})
	p.end()
	if err != nil {
		return err
	}
	seconds := time.Since(start).Seconds()
	accuracy, err := ann.Accuracy(testValues)
	if err != nil {
		return err
	}
	a.finish()
	if err := ann.SaveONNX(f.out); err != nil {
		return err
	}
	a.warnChance(accuracy, testSet.Classes, "a lower --lr or more --epochs may help")
	if a.json {
		return a.printJSON(map[string]any{
			"accuracy": accuracy, "epochs": f.config.Epochs, "seconds": seconds,
			"widths": ann.Widths(), "data": trainSet.Name,
			"samples": trainSet.Len(), "test_samples": testSet.Len(), "seed": f.config.Seed,
			"model": f.out,
		})
	}
	a.printf("%v trained on %s of %s, %s, %.1f s", ann.Widths(), count(trainSet.Len(), "image"),
		trainSet.Name, count(f.config.Epochs, "epoch"), seconds)
	a.printf("accuracy %s on %s test images", percent(accuracy), thousands(int64(testSet.Len())))
	a.printf("wrote %s", f.out)
	return nil
}

// chanceMargin is the accuracy above chance from which a network has learned something.
const chanceMargin = 0.05

// warnChance warns of a trained network whose accuracy is at chance, with advice.
func (a *app) warnChance(accuracy float64, classes int, advice string) {
	guess := 1 / float64(max(classes, 1))
	if nearChance(accuracy, classes) {
		a.warn(
			"accuracy %s, where a guess among %d classes has %s: the network has not learned; %s",
			percent(accuracy), classes, percent(guess), advice)
	}
}
