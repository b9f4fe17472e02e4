package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"adder/bench/energy"
	"adder/chip/profile"
	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/train/learned"
	"adder/train/onchip"
	"adder/train/paper"
	"adder/train/setting"
)

// stdpFlags are the flags of `train stdp`.
type stdpFlags struct {
	data, out, chip       string
	neuron, rule, encoder string
	preset, inhibition    string
	ticks, neurons        int
	intensity             float64
	epochs, limit, labels int
	seed                  uint64
	checkpoint            string
	every                 int
	weights, fields       string
	energy                string
	workers               int
}

func newTrainSTDPCommand(a *app) *cobra.Command {
	f := stdpFlags{}
	cmd := &cobra.Command{
		Use:   "stdp --data DIR -o n.snn",
		Short: "Train a winner-take-all network without a teacher on the emulated chip",
		Long: `Train a winner-take-all network by spike-timing-dependent plasticity on the emulated
chip: one image after the other, integers and adders only. The last training images
then label the neurons, and the test images measure the network.

Presets:
  tuned  the setting that was chosen for neuron model, encoder and number of neurons on
         a split of MNIST's training images
  paper  the conditions of a published experiment (see adder reproduce) in the chip's
         integers: batches of 64 images whose updates are summed, in lock-step, and
         weights that the host scales, which no chip does. The network is tested on a chip

With --checkpoint FILE the training writes its state there now and then and when it is
interrupted; the same command then goes on, and ends with the same weights as a
training that was never stopped.`,
		Example: `  adder train stdp --data digits --neurons 50 -o n.snn
  adder train stdp --data data/mnist --neuron dc --rule postpre --encoder poisson --neurons 100 -o n.snn
  adder train stdp --data data/mnist --neuron lif --encoder bernoulli --checkpoint n.scp --fields n.png -o n.snn
  adder train stdp --data data/mnist --preset paper -o p.snn`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.warnPreset(cmd, f.preset)
			return a.trainSTDP(cmd.Context(), &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", dataForms)
	flags.StringVar(&f.chip, "chip", "adder", "chip to learn on: a shipped `NAME` (adder chips "+
		"lists them) or a YAML file")
	flags.StringVar(&f.neuron, "neuron", "dc", "neuron model: dc (adaptive threshold), if, lif "+
		"or srm0 (synaptic scaling)")
	flags.StringVar(&f.rule, "rule", "postpre", "learning rule: postpre, wdpostpre "+
		"(weightdependent) or hebbian")
	flags.StringVar(&f.encoder, "encoder", "poisson", "input coding: poisson, bernoulli, "+
		"rankorder or population")
	flags.StringVar(&f.preset, "preset", "tuned", "where the constants come from: tuned or paper")
	flags.StringVar(&f.inhibition, "inhibition", "direct",
		"direct: a winner inhibits the others; population: a second population of neurons does, "+
			"a tick later")
	flags.IntVar(&f.ticks, "ticks", 0, "ticks per image; default: the preset's")
	flags.Float64Var(&f.intensity, "intensity", 0, "spikes per second of a full-scale pixel; "+
		"default: the preset's")
	flags.IntVar(&f.neurons, "neurons", 100, "number of neurons; they must fit one core")
	flags.IntVar(&f.epochs, "epochs", 1, "passes over the training images")
	flags.IntVar(&f.limit, "limit", 0, "use only the first N training images; 0 for all")
	flags.IntVar(&f.labels, "label-images", 0, "training images, the last ones, that label the "+
		"neurons; default: 10,000, or 60,000 for 1000 neurons and more; preset tuned only")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of initial weights, spikes and the chip's draws")
	flags.StringVar(&f.checkpoint, "checkpoint", "", "file to keep the state of the training in, "+
		"and to go on from")
	flags.IntVar(&f.every, "every", 5000, "images between checkpoints")
	flags.IntVar(&f.every, "checkpoint-every", 5000, "the former name of --every")
	must(flags.MarkHidden("checkpoint-every"))
	flags.StringVar(&f.weights, "weights", "",
		"npz file to write weights, thresholds and labels to")
	flags.StringVar(&f.fields, "fields", "", "PNG file to draw the receptive fields to")
	flags.StringVar(&f.energy, "energy", "loihi", "table that prices learning, a shipped `NAME` "+
		"(adder energies) or a YAML file; preset tuned only")
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0),
		"images labelled and tested side by side; changes no result")
	flags.StringVarP(&f.out, "out", "o", "", "the .snn file to write")
	must(cmd.MarkFlagRequired("data"))
	must(cmd.MarkFlagRequired("out"))
	writes(cmd, "out", "checkpoint", "weights", "fields")
	return cmd
}

// config is the training of the flags.
func (f *stdpFlags) config() (cfg setting.Config, err error) {
	if f.preset != "tuned" && f.preset != "paper" {
		return cfg, fmt.Errorf("--preset %s: it is tuned or paper", f.preset)
	}
	if cfg.Neuron, err = stdp.ParseModel(f.neuron); err != nil {
		return cfg, err
	}
	if cfg.Rule, err = parseRule(f.rule); err != nil {
		return cfg, err
	}
	if f.preset == "tuned" {
		if cfg.Preset, err = setting.Tuned(cfg.Neuron, cfg.Rule, f.encoder, f.neurons); err != nil {
			return cfg, err
		}
	} else if f.inhibition == "population" {
		return cfg, errors.New("--inhibition population: the published network has one " +
			"population; use preset tuned")
	}
	if f.inhibition != "direct" && f.inhibition != "population" {
		return cfg, fmt.Errorf("--inhibition %s: it is direct or population", f.inhibition)
	}
	cfg.Setting.Relay = f.inhibition == "population"
	if f.ticks > 0 {
		cfg.Encoder.Ticks = f.ticks
	}
	if f.intensity > 0 {
		cfg.Encoder.Intensity = f.intensity
	}
	if cfg.Chip, err = profile.LoadEmulated(f.chip); err != nil {
		return cfg, err
	}
	if f.labels > 0 {
		cfg.LabelImages = f.labels
	}
	cfg.Neurons, cfg.Epochs, cfg.Seed, cfg.Workers = f.neurons, f.epochs, f.seed, f.workers
	return cfg, nil
}

// parseRule also knows the weight-dependent rule by its short name.
func parseRule(name string) (stdp.Rule, error) {
	if name == "wdpostpre" {
		return stdp.WeightDependentPostPre, nil
	}
	return stdp.ParseRule(name)
}

// checkNumbers refuses settings that would otherwise pass for "not given".
func (f *stdpFlags) checkNumbers() error {
	if f.every < 1 || f.labels < 0 {
		return fmt.Errorf(
			"--every %d, --label-images %d: write 1 or more, or 0 images for the default", f.every,
			f.labels)
	}
	return errors.Join(checkWorkers(f.workers), checkTicks(f.ticks), checkIntensity(f.intensity),
		checkLimit(f.limit))
}

// checkFiles refuses, before any work is done, files that could not be written after it.
func (f *stdpFlags) checkFiles() error {
	return errors.Join(
		checkOutput("-o", f.out, ".snn"), checkOutput("--checkpoint", f.checkpoint),
		checkOutput("--weights", f.weights, ".npz"), checkOutput("--fields", f.fields, ".png"),
	)
}

func (a *app) trainSTDP(ctx context.Context, f *stdpFlags) error {
	if err := errors.Join(f.checkNumbers(), f.checkFiles()); err != nil {
		return err
	}
	cfg, err := f.config()
	if err != nil {
		return err
	}
	prices, err := energy.LoadTable(f.energy)
	if err != nil {
		return err
	}
	trainSet, testSet, err := a.openSplits(f.data, f.limit)
	if err != nil {
		return err
	}
	start := time.Now()
	result, err := a.learnSTDP(ctx, f, cfg, trainSet)
	if err != nil {
		return goesOn(ctx, f.checkpoint, fitOrUsage(err))
	}
	seconds := time.Since(start).Seconds()
	test, err := result.Network.Test(ctx, cfg.Chip, testSet, cfg.Seed, cfg.Workers)
	if err != nil {
		return goesOn(ctx, f.checkpoint, err)
	}
	a.finish()
	if err := f.write(result.Network); err != nil {
		return err
	}
	var energy *learningEnergy
	if f.preset == "tuned" {
		if energy, err = priceLearning(prices, result.Network, cfg.Chip,
			&result.Counts); err != nil {
			return err
		}
	}
	advice := "more images or --epochs may help"
	if f.preset == "paper" {
		advice = "most of the published conditions do not, preset tuned does"
	}
	a.warnChance(float64(test.CorrectProportion)/float64(max(test.Images, 1)), testSet.Classes,
		advice)
	return a.printSTDP(f, cfg.Chip, result, test, energy, trainSet, seconds)
}

// paperConfig is the training of preset paper with the flags.
func (f *stdpFlags) paperConfig(c *setting.Config) paper.Config {
	cfg := paper.DefaultConfig(c.Neuron, c.Rule, paper.Encoder(f.encoder))
	cfg.Neurons, cfg.Epochs, cfg.Seed, cfg.Workers = f.neurons, f.epochs, f.seed, f.workers
	if f.ticks > 0 {
		cfg.Ticks = f.ticks
	}
	if f.intensity > 0 {
		cfg.Intensity = f.intensity
	}
	return cfg
}

// stdpRun is a training under either preset.
type stdpRun interface {
	Done() int
	Total() int
	Watch(func(learned.Progress))
	Learn(context.Context) error
	Finish(context.Context) (*learned.Result, error)
	SaveCheckpoint(path string) error
}

// learnSTDP learns from where a checkpoint is, or from the start.
func (a *app) learnSTDP(ctx context.Context, f *stdpFlags, cfg setting.Config,
	set *dataset.Set) (*learned.Result, error) {
	run, err := f.start(cfg, set)
	if err != nil {
		return nil, err
	}
	if run.Done() > 0 {
		a.warn("going on from %s after %s of %s images", f.checkpoint, thousands(int64(run.Done())),
			thousands(int64(run.Total())))
	}
	p := a.newProgress("train")
	defer p.end()
	saved, noted := run.Done(), run.Done()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	run.Watch(func(s learned.Progress) {
		p.set(s.Done, s.Total)
		a.noteSTDP(s, &noted)
		if err == nil && f.checkpoint != "" && !s.Labelling && s.Done-saved >= f.every {
			saved = s.Done
			if err = run.SaveCheckpoint(f.checkpoint); err != nil {
				stop()
			}
		}
	})
	if f.checkpoint != "" {
		a.finish() // a checkpoint follows the image, or the batch, that is shown
	}
	stopped := run.Learn(ctx)
	if err != nil {
		return nil, err
	}
	if f.checkpoint != "" && (stopped == nil || errors.Is(stopped, learned.ErrStopped)) {
		if err := run.SaveCheckpoint(f.checkpoint); err != nil {
			return nil, err
		}
	}
	if stopped != nil {
		return nil, stopped
	}
	return run.Finish(ctx)
}

// start starts a training, or resumes that of the checkpoint.
func (f *stdpFlags) start(cfg setting.Config, set *dataset.Set) (stdpRun, error) {
	switch {
	case f.preset == "paper":
		return f.startPaper(&cfg, set)
	case f.checkpoint != "":
		return onchip.Resume(cfg, set, f.checkpoint)
	}
	return onchip.New(cfg, set)
}

// startPaper is start under preset paper, for a chip that takes what is learned.
func (f *stdpFlags) startPaper(cfg *setting.Config,
	set *dataset.Set) (run *paper.Training, err error) {
	if f.checkpoint != "" {
		run, err = paper.ResumeTraining(f.paperConfig(cfg), set, f.checkpoint)
	} else {
		run, err = paper.NewTraining(f.paperConfig(cfg), set)
	}
	if err != nil {
		return nil, err
	}
	return run, run.Fits(cfg.Chip)
}

// noteImages is the number of images between lines with the accuracy so far.
const noteImages = 10000

// noteSTDP writes the accuracy so far to standard error, unless the last line, after
// noted images, is not long ago.
func (a *app) noteSTDP(s learned.Progress, noted *int) {
	every := noteImages
	if out, ok := a.err.(*os.File); ok && term.IsTerminal(int(out.Fd())) {
		every = 2 * noteImages // the bar says the rest
	}
	if s.Labelling || s.Done-*noted < every || s.Accuracy == 0 {
		return
	}
	*noted = s.Done
	fmt.Fprintf(a.err, "adder: %s of %s images, %s on the latest\n", thousands(int64(s.Done)),
		thousands(int64(s.Total)), percent(s.Accuracy))
}

// write writes the network and what else was asked for.
func (f *stdpFlags) write(n *learned.Network) error {
	if err := n.Save(f.out); err != nil {
		return err
	}
	if f.weights != "" {
		if err := n.SaveWeights(f.weights); err != nil {
			return err
		}
	}
	if f.fields != "" {
		return n.SaveFields(f.fields)
	}
	return nil
}

func (a *app) printSTDP(f *stdpFlags, p *profile.Profile, r *learned.Result, t *learned.Test,
	energy *learningEnergy, set *dataset.Set, seconds float64) error {
	share := func(n int) float64 { return float64(n) / float64(max(t.Images, 1)) }
	per := func(n int64, of int) float64 { return float64(n) / float64(max(of, 1)) }
	n := r.Network
	if a.json {
		counts := map[string]int64{}
		for name, value := range r.Counts.All(p.Topology().Classes()) {
			counts[name] = value
		}
		return a.printJSON(map[string]any{
			"accuracy": share(t.CorrectProportion), "accuracy_all": share(t.CorrectAll),
			"epochs": f.epochs, "seconds": seconds,
			"neuron": f.neuron, "rule": f.rule, "encoder": n.Encoder.Kind, "neurons": n.Neurons,
			"ticks": n.Encoder.Ticks, "preset": f.preset,
			"data": set.Name, "samples": set.Len(), "test_samples": t.Images, "seed": f.seed,
			"unlabelled_neurons": r.Silent, "silent_images": t.Silent,
			"learning": counts, "learning_energy": energy, "setting": n.Setting,
			"constants": newConstantsJSON(n.Constants), "model": f.out,
			"per_test_image": map[string]float64{
				"synops":       per(t.Counts.Core.Synops, t.Images),
				"spikes":       per(t.Counts.Core.Spikes, t.Images),
				"input_spikes": per(t.Counts.InputSpikes, t.Images),
			},
		})
	}
	a.printf("%d %s neurons learned by %s from %s images of %s, %s spikes in %d ticks, %.1f s",
		n.Neurons, f.neuron, f.rule,
		thousands(int64(n.Images)), set.Name, n.Encoder.Kind, n.Encoder.Ticks, seconds)
	a.printf("accuracy %s on %s test images (proportion weighting; %s by all activity)",
		percent(share(t.CorrectProportion)), thousands(int64(t.Images)),
		percent(share(t.CorrectAll)))
	whole := func(x float64) string { return thousands(int64(math.Round(x))) }
	a.printf("an image costs %s input spikes, %s synops, %s spikes; learning from one took "+
		"%s weight updates and %s draws",
		whole(per(t.Counts.InputSpikes, t.Images)), whole(per(t.Counts.Core.Synops, t.Images)),
		tenths(per(t.Counts.Core.Spikes, t.Images)),
		whole(per(r.Counts.Core.LearningUpdates, n.Images)),
		whole(per(r.Counts.Core.Draws, n.Images)))
	if energy != nil {
		a.printf("learning from an image took %v", energy)
	}
	if f.preset == "paper" {
		a.printf("learned in lock-step, which no chip does: updates of 64 images summed, weights "+
			"scaled by %s host operations an image; tested on chip %s",
			whole(per(r.Counts.HostMACs, n.Images)), f.chip)
	}
	a.printf("wrote %s", f.out)
	return nil
}
