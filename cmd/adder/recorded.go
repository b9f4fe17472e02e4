package main

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"adder/sample"
	"adder/sample/recorded"
	"adder/snn"
	"adder/spike/event"
)

// recordedFlags are the flags of samples that are spikes or events already.
type recordedFlags struct {
	spikes, events         string
	eventTicks, downsample int
	eventDT                float64
	polarity, crop         string
	spikeLayout, counts    string
	// opened are the recordings of --events, once they were opened.
	opened *recorded.Recordings
}

func (f *recordedFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.spikes, "spikes", "", "file of spikes: .npz, .npy, .csv, or NIR's data")
	flags.StringVar(&f.spikeLayout, "spike-layout", "", "axes of --spikes: bt is [samples, "+
		"ticks, ...], tb [ticks, samples, ...]; default: bt, unless the file looks otherwise")
	flags.StringVar(&f.counts, "counts", "refuse", "several spikes of a source in a tick: "+
		"refuse, clip to one, or keep for the reference engine")
	flags.StringVar(&f.events, "events", "",
		"recording of an event camera, or folder of them by class")
	flags.IntVar(&f.eventTicks, "event-ticks", 0,
		"cut each recording of --events into so many ticks")
	flags.Float64Var(&f.eventDT, "event-dt", 0, "cut recordings of --events into ticks of so "+
		"many seconds")
	flags.StringVar(&f.polarity, "polarity", "keep", "on and off events: keep as two channels, "+
		"merge, or drop the off ones")
	flags.StringVar(&f.crop, "crop", "", "part of the sensor to see, `WxH+X+Y`")
	flags.IntVar(&f.downsample, "downsample", 0, "make N x N pixels of the sensor one")
	offer(cmd, "spike-layout", "bt", "tb")
	offer(cmd, "counts", "refuse", "clip", "keep")
	offer(cmd, "polarity", "keep", "merge", "drop")
}

// eventsEnding is that of files which list spikes: package spike has the form.
const eventsEnding = ".csv"

// isEvents goes by the ending.
func isEvents(path string) bool { return strings.EqualFold(filepath.Ext(path), eventsEnding) }

// isNIRData goes by the ending.
func isNIRData(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".nir", ".h5", ".hdf5":
		return true
	}
	return false
}

// settleRecorded checks the flags, and treats lists and NIR data as spikes if they were passed as
// events.
func (f *runFlags) settleRecorded(cmd *cobra.Command) error {
	_, errLayout := recorded.ParseLayout(f.spikeLayout)
	_, errCounts := recorded.ParseCounts(f.counts)
	if err := errors.Join(named("spike-layout", errLayout),
		named("counts", errCounts)); err != nil {
		return err
	}
	ofEvents := []string{"event-ticks", "event-dt", "polarity", "crop", "downsample"}
	if f.events == "" || isEvents(f.events) || isNIRData(f.events) {
		if idle := changed(cmd, ofEvents); idle != "" && f.events == "" {
			return fmt.Errorf("%s: these are for recordings of events: give one with --events",
				idle)
		} else if idle != "" {
			return fmt.Errorf("%s: the spikes of %s have ticks already, and no place on a "+
				"sensor: leave these flags out", idle, f.events)
		}
		if f.events != "" {
			f.spikes, f.events = f.events, ""
		}
		return nil
	}
	if given := changed(cmd, []string{"encoder", "intensity", "input-bits"}); given != "" {
		return fmt.Errorf("%s: these turn pictures into spikes, and events are spikes already: "+
			"leave them out with --events", given)
	}
	if f.spikeLayout != "" {
		return errors.New("--spike-layout is for arrays of spikes: recordings of events have none")
	}
	_, err := f.eventOptions()
	return err
}

// named puts a flag before a message.
func named(flag string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("--%s: %w", flag, err)
}

// eventOptions reads the flags of --events.
func (f *runFlags) eventOptions() (recorded.EventOptions, error) {
	o := recorded.EventOptions{Length: f.ticks}
	var err error
	if o.Polarity, err = event.ParsePolarity(f.polarity); err != nil {
		return o, named("polarity", err)
	}
	if o.Counts, err = recorded.ParseCounts(f.counts); err != nil {
		return o, named("counts", err)
	}
	if f.crop != "" {
		if o.Crop, err = event.ParseCrop(f.crop); err != nil {
			return o, named("crop", err)
		}
	}
	const most = 1 << 16
	if f.downsample < 0 || f.downsample > most {
		return o, fmt.Errorf("--downsample %d: write how many pixels of a side become one, 1 to %d",
			f.downsample, most)
	}
	o.Downsample = f.downsample
	o.Binning, err = f.binning()
	return o, err
}

// binning is the division of recordings into ticks.
func (f *runFlags) binning() (event.Binning, error) {
	const most = 1 << 30
	nanoseconds := f.eventDT * 1e9
	switch {
	case f.eventTicks == 0 && f.eventDT == 0:
		return event.Binning{}, fmt.Errorf("--events %s: say how time becomes ticks: "+
			"--event-ticks N cuts each recording into N, --event-dt SECONDS into ticks of that "+
			"length", f.events)
	case f.eventTicks != 0 && f.eventDT != 0:
		return event.Binning{}, errors.New("--event-ticks and --event-dt both say how long a " +
			"tick is: leave one out")
	case f.eventTicks < 0 || f.eventTicks > most:
		return event.Binning{}, fmt.Errorf("--event-ticks %d: write 1 to %d", f.eventTicks, most)
	case f.eventDT != 0 && !(nanoseconds >= 1 && nanoseconds <= math.MaxInt64/2):
		return event.Binning{}, fmt.Errorf("--event-dt %g: write seconds, a nanosecond or more",
			f.eventDT)
	}
	return event.Binning{Ticks: f.eventTicks, Nanoseconds: int64(nanoseconds + 0.5)}, nil
}

// openEvents reads the recordings of --events for their lengths, once.
func (f *runFlags) openEvents() (*recorded.Recordings, error) {
	if f.opened != nil {
		return f.opened, nil
	}
	o, err := f.eventOptions()
	if err != nil {
		return nil, err
	}
	f.opened, err = openRecordings(f.events, f.split, f.limit, o)
	return f.opened, err
}

func openRecordings(path, split string, limit int,
	o recorded.EventOptions) (*recorded.Recordings, error) {
	set, err := event.OpenSet(path, split)
	if err != nil {
		return nil, err
	}
	if limit > 0 {
		set = set.Head(limit)
	}
	return recorded.OpenEvents(set, o)
}

// useTicks lets a model that is compiled for samples of spikes have the length of those,
// and codes its input as spikes.
func (f *runFlags) useTicks() error {
	if f.events != "" {
		r, err := f.openEvents()
		if err != nil {
			return err
		}
		f.ticks, f.spikeInput = r.Ticks(), true
		f.vectors = f.eventVectors
		return nil
	}
	if f.spikes == "" || f.ticks != 0 {
		return nil
	}
	layout, err := recorded.ParseLayout(f.spikeLayout)
	if err != nil {
		return err
	}
	f.ticks, err = recorded.Ticks(f.spikes, recorded.Options{Layout: layout, DT: f.dt})
	return err
}

// eventVectors are the training recordings as an ANN takes them.
func (f *runFlags) eventVectors(net *snn.Network) ([][]float64, error) {
	o, err := f.eventOptions()
	if err != nil {
		return nil, err
	}
	r, err := openRecordings(f.events, "train", f.samples, o)
	if err != nil {
		return nil, err
	}
	if err := r.Fit(inputOf(net)); err != nil {
		return nil, err
	}
	return sample.Vectors(r, f.samples)
}

// inputOf is the shape of a network's input; several are side by side, as
// snn.Reference.Run and the compiler put them.
func inputOf(net *snn.Network) []int {
	inputs := net.Inputs()
	if len(inputs) == 1 {
		return net.Nodes[inputs[0]].Out
	}
	size := 0
	for _, i := range inputs {
		size += net.Nodes[i].Out.Size()
	}
	return []int{size}
}

// recordedSource gives the samples of --spikes or --events to a network with an input of
// that shape, and whose tick has dt seconds, 0 where nothing says it.
func (f *runFlags) recordedSource(shape []int, graded bool, dt float64) (sample.Source, error) {
	if f.events != "" {
		r, err := f.openEvents()
		if err != nil {
			return nil, err
		}
		if err := r.Fit(shape); err != nil {
			return nil, err
		}
		if graded && f.counts == "keep" {
			return recorded.Counted{Recordings: r}, nil
		}
		return r, nil
	}
	layout, errLayout := recorded.ParseLayout(f.spikeLayout)
	counts, errCounts := recorded.ParseCounts(f.counts)
	if err := errors.Join(errLayout, errCounts); err != nil {
		return nil, err
	}
	return recorded.OpenSpikes(f.spikes, recorded.Options{
		Shape: shape, Limit: f.limit, Ticks: f.ticks, Counts: counts, Layout: layout,
		Graded: graded, DT: dt,
	})
}

// wideShape is a shape of an image.
func wideShape(s []int32) []int {
	out := make([]int, len(s))
	for i, d := range s {
		out[i] = int(d)
	}
	return out
}

// encoderName is the name of the encoder of a source's spikes.
func encoderName(s sample.Source) string {
	switch m := s.(type) {
	case *sample.Encoded:
		return m.Encoder.Config().Kind
	case *recorded.Recordings, recorded.Counted:
		return "events"
	}
	return "spikes"
}
