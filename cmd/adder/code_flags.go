package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"adder/compiler/convert"
	"adder/compiler/levels"
	"adder/layout"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

// codeRate is the code that every spiking network has: a level is a number of spikes in so
// many ticks, near enough.
const codeRate = "rate"

// maxPoolExact compares the sums of a window; codes have it, rates do not.
const maxPoolExact = "exact"

// defaultLoss is the largest loss of --activation-bits auto, in points of accuracy.
const defaultLoss = 0.2

// codeFlags say how activations travel.
type codeFlags struct {
	code, activationBits string
	loss                 float64
}

func (f *codeFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.code, "code", "", "how activations travel: rate, or exactly by radix (a "+
		"spike per set bit) or level (a spike per level); default: rate, for quantised (QDQ) "+
		"models radix")
	flags.StringVar(&f.activationBits, "activation-bits", "",
		"radix and level: bits of an activation, or auto for the least synaptic operations "+
			"within --loss; default 4")
	flags.Float64Var(&f.loss, "loss", defaultLoss, "points of accuracy that --activation-bits "+
		"auto may lose on calibration samples")
	offer(cmd, "code", codeRate, encode.KindRadix, encode.KindLevel)
	offer(cmd, "activation-bits", "auto")
}

// auto reports whether bits are chosen.
func (f *codeFlags) auto() bool { return f.activationBits == "auto" }

// bits are those of --activation-bits, 0 where they are not given or chosen.
func (f *codeFlags) bits() (int, error) {
	if f.activationBits == "" || f.auto() {
		return 0, nil
	}
	n, err := strconv.Atoi(f.activationBits)
	if err != nil || n < 1 || n > levels.MaxBits {
		return 0, fmt.Errorf("--activation-bits %s: write 1 to %d, or auto", f.activationBits,
			levels.MaxBits)
	}
	return n, nil
}

// checkCode refuses flags that contradict the code, before any file is read.
func (f *modelFlags) checkCode() error {
	if _, err := f.codeFlags.bits(); err != nil {
		return err
	}
	switch f.code {
	case "":
		return nil
	case codeRate:
		return f.checkRate()
	case encode.KindRadix, encode.KindLevel:
		return f.checkCoded(f.code, "--code "+f.code)
	}
	return fmt.Errorf("--code %s: the codes are %s, %s and %s", f.code, codeRate, encode.KindRadix,
		encode.KindLevel)
}

// checkRate refuses what only exact codes have.
func (f *modelFlags) checkRate() error {
	switch {
	case encode.IsCode(f.encoder):
		return fmt.Errorf("--encoder %s: spikes that say a level exactly need neurons that read "+
			"them: give --code %s", f.encoder, f.encoder)
	case f.activationBits != "":
		return fmt.Errorf("--activation-bits %s: rates have no bits, their levels are the ticks: "+
			"give --code radix or --code level, or --ticks", f.activationBits)
	case f.maxPool == maxPoolExact:
		return errors.New("--maxpool exact: no spiking form of a maximum is exact for rates: " +
			"give --maxpool or, --maxpool first, or --code radix or level")
	}
	return nil
}

// checkCoded refuses flags that a code fixes; why names the reason for the code.
func (f *modelFlags) checkCoded(code, why string) error {
	switch {
	case f.encoder != "" && f.encoder != code:
		return fmt.Errorf("%s and --encoder %s: the code says how inputs are sent: leave "+
			"--encoder out, or give --code rate", why, f.encoder)
	case f.ticks > 0:
		return fmt.Errorf("%s and --ticks %d: the ticks of a code follow from its bits: leave "+
			"--ticks out, or give --input-bits", why, f.ticks)
	case f.intensity > 0:
		return fmt.Errorf("%s and --intensity %g: a code has no rate: leave --intensity out", why,
			f.intensity)
	case f.maxPool != "" && f.maxPool != maxPoolExact:
		return fmt.Errorf("%s and --maxpool %s: a code compares the sums of a window, which is "+
			"exact: leave --maxpool out", why, f.maxPool)
	case f.perChannel:
		return fmt.Errorf("%s and --per-channel: every channel has a unit of its own already: "+
			"leave --per-channel out", why)
	case f.chipTiming:
		return fmt.Errorf("%s and --chip-timing: a level is read in the ticks of its window: "+
			"leave --chip-timing out", why)
	case f.inputBits < 0 || f.inputBits > levels.MaxBits:
		return fmt.Errorf("--input-bits %d: write 1 to %d", f.inputBits, levels.MaxBits)
	case !(f.loss >= 0 && f.loss <= 100):
		return fmt.Errorf("--loss %g: write points of accuracy, such as %g", f.loss, defaultLoss)
	case f.spikeInput:
		return fmt.Errorf("%s: samples that are spikes already have no levels: give --data, or "+
			"--code rate", why)
	}
	return nil
}

// codeOf is the code of a network: that of --code, else radix where its file quantises it.
func (f *modelFlags) codeOf(net *snn.Network) string {
	switch {
	case f.code != "":
		return f.code
	case net.Quantised():
		return encode.KindRadix
	}
	return codeRate
}

// settleCode refuses flags that contradict the code of a network.
func (f *modelFlags) settleCode(net *snn.Network) error {
	code := f.codeOf(net)
	if code == codeRate {
		return f.checkRate()
	}
	why := "--code " + code
	if f.code == "" {
		why = net.Name + " is quantised by its file"
	}
	if err := f.checkCoded(code, why); err != nil {
		return err
	}
	if net.Quantised() && (f.activationBits != "" || f.inputBits != 0) {
		return fmt.Errorf("%s is quantised by its file, which has its bits: leave "+
			"--activation-bits and --input-bits out", net.Name)
	}
	return nil
}

// coded reports whether a network's activations are sent exactly.
func (f *modelFlags) coded(net *snn.Network) bool { return encode.IsCode(f.codeOf(net)) }

// checkImageCode refuses flags that contradict how an image is fed.
func (f *modelFlags) checkImageCode(e *layout.Encoder, model string) error {
	switch {
	case !encode.IsCode(e.Kind) && encode.IsCode(f.encoder):
		return fmt.Errorf("--encoder %s: %s was compiled for rates: compile it with --code %s",
			f.encoder, model, f.encoder)
	case !encode.IsCode(e.Kind):
		return nil
	case f.code != "" && f.code != e.Kind:
		return fmt.Errorf("--code %s: %s was compiled for %s", f.code, model, e.Kind)
	}
	return f.checkCoded(e.Kind, model+" is of code "+e.Kind)
}

// levels are the options of a quantised network.
func (f *modelFlags) levels() levels.Options {
	n, _ := f.codeFlags.bits() // checked before
	return levels.Options{InputBits: f.inputBits, ActivationBits: n}
}

// feedCoded decides how samples are encoded by a code, and reads the calibration samples.
func (a *app) feedCoded(ctx context.Context, net *snn.Network, dir string,
	f *modelFlags) (*sample.Fed, error) {
	p := f.pipeline(net)
	if net.Quantised() || dir == "" {
		if !net.Quantised() && net.IsANN() {
			return nil, fmt.Errorf("%w (--calibrate DIR)", convert.ErrCalibration)
		}
		return sample.NewCoded(net, nil, p, 0)
	}
	set, err := a.openCalibration(dir, false, f.samples)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	fed, err := sample.NewCoded(net, set, p, f.samples)
	if err != nil {
		return nil, err
	}
	for _, label := range set.Labels[:min(len(set.Labels), len(fed.Calibration))] {
		f.labels = append(f.labels, int(label))
	}
	return fed, a.checkANN(ctx, net, set, p)
}
