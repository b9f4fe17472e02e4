package main

import (
	"context"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/bench"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/layout"
	"adder/router"
	"adder/sample"
	"adder/snn"
	"adder/spike/encode"
)

// runReference runs a model in float64, converted to spikes where it is an
// ANN but not compiled.
func (a *app) runReference(cmd *cobra.Command, path string, f *runFlags) error {
	if isImage(path) {
		return fmt.Errorf("--engine reference runs a model in real numbers; %s is an image", path)
	}
	if isSNN(path) || isCase(path) {
		return fmt.Errorf("--engine reference runs a model in real numbers; %s is integers from "+
			"the start: use the engine fast or cycle", path)
	}
	net, err := readModel(path, &f.modelFlags)
	if err != nil {
		return err
	}
	for _, w := range net.Warnings {
		a.warn("%s: %s", path, w)
	}
	if f.code != codeRate && f.coded(net) {
		return fmt.Errorf("--engine reference runs neurons in real numbers, which have rates: " +
			"give --code rate; what a code carries is compared by --against quantised and `adder " +
			"diagnose`")
	}
	a.chooseEncoder(net, f.data, &f.modelFlags)
	if err := f.useTicks(); err != nil {
		return err
	}
	encoder, err := f.hostEncoder(net)
	if err != nil {
		return err
	}
	fed, err := a.feed(cmd.Context(), net, f.data, &f.modelFlags)
	if err != nil {
		return err
	}
	if net, err = f.spiking(cmd.Context(), fed, encoder); err != nil {
		return err
	}
	source, err := a.referenceSource(fed, encoder, f)
	if err != nil {
		return err
	}
	a.warnPeak(source)
	r := bench.ReferenceRun{Network: net, Source: source, Workers: f.workers,
		Probes: snn.Probes{Spikes: f.probe, Potentials: f.probeV}}
	p := a.newProgress("run")
	r.Progress = p.set
	rec, err := newReferenceRecorder(net, f, source, &r)
	if err != nil {
		return err
	}
	if r.Keep, err = a.keepReference(&r, path, f); err != nil {
		return err
	}
	r.Also = rec.kept()
	cpu := cpuSeconds()
	e, err := bench.EvaluateReference(cmd.Context(), r)
	p.end()
	a.finish()
	a.warnNotes(source)
	if err := rec.close(err); err != nil {
		return goesOn(cmd.Context(), f.checkpoint, err)
	}
	a.warnClipped(source)
	if err := a.printReference(net, f, source, e, cpuSeconds()-cpu); err != nil {
		return err
	}
	return goesOn(cmd.Context(), f.checkpoint, cut(e.Interrupted, e.Samples))
}

// hostEncoder is the encoder of the samples, nil where they are spike
// trains.
func (f *runFlags) hostEncoder(net *snn.Network) (encode.Encoder, error) {
	kind := f.kind(net)
	if kind == layout.EncoderSpikes {
		return nil, nil
	}
	return encode.New(f.config(kind, f.seed))
}

// spiking converts an ANN; other networks are returned as they are.
func (f *runFlags) spiking(ctx context.Context, fed *sample.Fed,
	encoder encode.Encoder) (*snn.Network, error) {
	net := fed.Net
	if !net.IsANN() {
		return net, nil
	}
	c := convert.Options{Calibration: fed.Calibration, Percentile: f.percentile,
		PerChannel: f.perChannel, MaxPool: convert.MaxPool(f.maxPool), Pool: convert.Pool(f.pool),
		InputPeak: 1, ResetToZero: f.toZero()}
	target, err := profile.LoadEmulated(f.chip)
	if err != nil {
		return nil, err
	}
	// Pools get neurons where they would on the chip.
	c.FanIn = fit.FanIn(target, f.bits)
	if encoder != nil {
		c.InputPeak = encoder.Peak()
	}
	out, _, err := convert.Network(ctx, net, c)
	return out, err
}

func (a *app) referenceSource(fed *sample.Fed, encoder encode.Encoder,
	f *runFlags) (sample.Source, error) {
	net := fed.Net
	if f.data == "" {
		return f.recordedSource(inputOf(net), true, net.DT)
	}
	set, err := a.images(f)
	if err != nil {
		return nil, err
	}
	a.warnIntensity(encoder)
	return sample.NewEncoded(set, encoder, fed.Preparation(), sample.InputShape(net))
}

// chipCounts has a null for every count of a chip, which the reference is not.
func chipCounts() map[string]*int64 {
	out := map[string]*int64{}
	for name := range new(chip.Counts).All(router.Mesh{}.Classes()) {
		out[name] = nil
	}
	return out
}

func (a *app) printReference(net *snn.Network, f *runFlags, s sample.Source,
	e *bench.ReferenceEvaluation, cpu float64) error {
	out := runJSON{
		Model: net.Name, Engine: "reference", Data: s.Name(), Encoder: encoderName(s),
		Samples: e.Samples, Interrupted: e.Interrupted, Ticks: e.Ticks,
		Seconds: e.Seconds, CPUSeconds: cpu, Counts: chipCounts(), PerSample: map[string]*float64{},
		Out: f.out,
	}
	spikes := int64(0)
	if e.Labelled {
		accuracy, interval := e.Accuracy(), e.Interval()
		out.Accuracy, out.AccuracyInterval = &accuracy, &interval
	} else {
		out.Classes = e.Classes
	}
	order, err := net.Order()
	if err != nil {
		return err
	}
	for _, i := range order {
		// An output forwards spikes that its neurons have counted.
		if op, ok := net.Nodes[i].Op.(*snn.Neuron); ok && op.Model.Spikes() {
			spikes += e.Spikes[i]
			out.SpikesByLayer = append(out.SpikesByLayer,
				layerSpikes{net.Nodes[i].Name, e.Spikes[i]})
		}
	}
	out.Counts["spikes"], out.Counts["input_spikes"] = &spikes, &e.InputSpikes
	for name, n := range out.Counts {
		out.PerSample[name] = nil
		if n != nil {
			mean := float64(*n) / float64(max(e.Samples, 1))
			out.PerSample[name] = &mean
		}
	}
	if a.json {
		return a.printJSON(out)
	}
	a.printf("%s, reference engine (float64): %s of %s, encoder %s, %s",
		out.Model, count(out.Samples, "sample"), out.Data, out.Encoder, count(out.Ticks, "tick"))
	a.printInterrupted(out.Interrupted)
	if out.Accuracy != nil {
		a.printf("accuracy %s", bench.WithInterval(out.Accuracy, out.AccuracyInterval))
	}
	a.printClasses(out.Classes)
	rows := []table.Row{{"input spikes", thousands(e.InputSpikes),
		tenths(*out.PerSample["input_spikes"])}}
	if _, numbers := s.(sample.Signals); numbers {
		a.printf("inputs are real numbers, and no spikes")
		rows = nil
	}
	for _, l := range out.SpikesByLayer {
		rows = append(rows, table.Row{"spikes of " + l.Layer, thousands(l.Spikes),
			tenths(float64(l.Spikes) / float64(max(e.Samples, 1)))})
	}
	a.printTable(table.Row{"count", "total", "per sample"}, rows)
	a.printf("%.2f s, %.2f CPU s", out.Seconds, out.CPUSeconds)
	if out.Out != "" {
		a.printf("wrote %s", out.Out)
	}
	return nil
}
