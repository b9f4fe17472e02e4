package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"adder/compiler"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/setting"
)

// isSNN goes by the ending: a network that `train stdp` wrote.
func isSNN(path string) bool { return strings.EqualFold(filepath.Ext(path), ".snn") }

// openSNN reads a network that `train stdp` wrote and compiles it. It is in the
// chip's integers already, so flags that quantise, convert or place have no
// effect.
func openSNN(path string, f *modelFlags) (*load, error) {
	n, err := learned.Open(path)
	if err != nil {
		return nil, err
	}
	p, err := f.openChip(f.chip)
	if err != nil {
		return nil, err
	}
	config := n.Encoder
	if f.encoder != "" && f.encoder != config.Kind {
		config = f.config(f.encoder, 0)
	}
	if f.ticks > 0 {
		config.Ticks = f.ticks
	}
	if f.intensity > 0 {
		config.Intensity = f.intensity
	}
	encoder, err := encode.New(config)
	if err != nil {
		return nil, err
	}
	n.Encoder = encoder.Config()
	result, err := n.Compile(p)
	if err != nil {
		return nil, fitOrUsage(err)
	}
	return &load{image: result.Image, report: &result.Report}, nil
}

// inspectSNN prints what a trained network holds.
func (a *app) inspectSNN(path string) error {
	n, err := learned.Open(path)
	if err != nil {
		return err
	}
	labelled := make([]int, n.Classes)
	for _, label := range n.Labels {
		if label >= 0 {
			labelled[label]++
		}
	}
	if a.json {
		encoder := compiler.EncoderSettings(n.Encoder)
		return a.printJSON(map[string]any{
			"model": n.Name, "neuron": n.Neuron.String(), "rule": n.Rule.String(),
			"encoder": newEncoderJSON(&encoder), "setting": n.Setting,
			"shape": n.Shape, "neurons": n.Neurons, "parameters": len(n.Weights),
			"images": n.Images, "seed": n.Seed, "data": n.Data, "labelled": labelled,
			"constants": newConstantsJSON(n.Constants),
		})
	}
	compete := "of which one wins at a time"
	if n.Setting.Arbiter == setting.ArbiterNone {
		compete = "which all may fire at once"
	}
	a.printf("%s: %d inputs of shape %v reach %d %s neurons, %s", n.Name, len(n.Weights)/n.Neurons,
		n.Shape, n.Neurons, n.Neuron, compete)
	a.printf("learned by %s from %s of %s, seed %d", n.Rule, count(n.Images, "image"), n.Data,
		n.Seed)
	a.printf("input: %s, %s of %s; threshold %s", n.Encoder.Kind, count(n.Encoder.Ticks, "tick"),
		seconds(n.Encoder.TickSeconds), thresholds(n))
	a.printf("neurons per class: %v", labelled)
	a.printConstants(n.Constants)
	return nil
}

// thresholds describes the thresholds of the neurons, in the chip's units.
func thresholds(n *learned.Network) string {
	if len(n.Theta) == 0 {
		return fmt.Sprint(n.Setting.Threshold)
	}
	low, high := n.Theta[0], n.Theta[0]
	for _, theta := range n.Theta {
		low, high = min(low, theta), max(high, theta)
	}
	return fmt.Sprintf("%d + %d to %d", n.Setting.Threshold, low, high)
}
