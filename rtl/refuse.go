package rtl

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"adder/chip/profile"
	"adder/core"
	"adder/layout"
)

// RefusedError lists the features of an image that the hardware lacks.
type RefusedError struct {
	Model   string
	Reasons []string
}

// Error implements error.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s has no form in gates: %s", e.Model, strings.Join(e.Reasons, "; "))
}

// Bounds of the hardware.
const (
	maxNeurons = 1 << 14 // of a core
	maxKinds   = 16      // of neurons in a core
	maxRanges  = 32      // of neurons in a core that start in different ticks
	maxFactors = 8       // of decays in a core
	leastLead  = 3       // cycles from an axon entry to its first addition

	maxWait = 64 // cycles of reading what is held
)

// refusal collects reasons, each once.
type refusal struct {
	img     *layout.Image
	reasons []string
}

func (r *refusal) add(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(r.reasons, s) {
		r.reasons = append(r.reasons, s)
	}
}

// refuse lists the features of an image that cannot be built on its chip; nil if there are none.
func refuse(img *layout.Image, p *profile.Profile) error {
	r := &refusal{img: img}
	r.chip(p)
	if p.Timing != nil {
		r.timing(p.Timing)
	}
	if img.Host != nil {
		r.add("layer %s: direct input: take an encoder to spikes",
			img.Populations[img.Host.Population].Name)
	}
	for i := range img.Cores {
		r.core(&img.Cores[i].Config, p)
	}
	if len(r.reasons) == 0 {
		return nil
	}
	return &RefusedError{Model: img.Model, Reasons: r.reasons}
}

func (r *refusal) chip(p *profile.Profile) {
	if p.Timing == nil {
		r.add("chip %s has no timing: take a profile with a section timing", p.Name)
	}
	if r.img.Routes.Unicast {
		r.add("chip %s is unicast: take one with multicast: true", p.Name)
	}
	if p.Board.Chips() > 1 {
		r.add("%s is a board of %s chips: the hardware is that of one", p.Name, p.Board)
	}
	if p.Drops != profile.DropNever {
		r.add("chip %s drops packets: take one with drops: never", p.Name)
	}
	if p.Duplicates != profile.AddDuplicates {
		r.add("chip %s merges duplicates: take one with duplicates: add", p.Name)
	}
	if p.OffChip != nil {
		r.add("chip %s holds its weights outside (off_chip): the hardware reads those of a core "+
			"from its own memory", p.Name)
	}
	if len(r.img.Cores) == 0 {
		r.add("no core is in use")
	}
}

// timing refuses times that the datapath does not keep.
func (r *refusal) timing(t *profile.Timing) {
	if len(t.Unknown) > 0 {
		r.add("timing: the profile states no %s, which the hardware takes",
			strings.Join(t.Unknown, ", "))
		return
	}
	c := &t.Core
	for _, k := range []struct {
		key  string
		ok   bool
		want string
	}{
		{"axon_lookup and row_start", c.AxonLookup+c.RowStart >= leastLead,
			"3 cycles or more together"},
		{"memory_cycle", c.MemoryCycle == 1, "1 cycle"},
		{"dense_step", c.DenseStep == 1, "1 cycle"},
		{"sparse_step", c.SparseStep == 1, "1 cycle"},
		{"lanes", c.Lanes >= 2 && c.Lanes <= 64 && bits.OnesCount(uint(c.Lanes)) == 1,
			"a power of two from 2 to 64"},
		{"neuron_update", c.NeuronUpdate >= 2 && c.NeuronUpdate <= 64, "2 to 64 cycles"},
		{"neuron_idle", c.NeuronIdle == c.NeuronUpdate, "as neuron_update"},
		{"update_fill", c.UpdateFill <= 64, "64 cycles or less"},
		{"spike_out", c.SpikeOut >= 1 && c.SpikeOut <= 64, "1 to 64 cycles"},
		{"packet_out", c.PacketOut >= 1 && c.PacketOut <= 64, "1 to 64 cycles"},
		{"output_fifo", c.OutputFIFO <= 1<<12, "4096 packets or less"},
		{"reset_write", c.ResetWrite >= 1, "1 cycle or more"},
		{"pipeline", t.Router.Pipeline >= 2 && t.Router.Pipeline <= 64, "2 to 64 cycles"},
		{"input_buffer", t.Router.InputBuffer <= 1<<12, "4096 packets or less"},
		{"local, east, west, north and south", max(t.Router.Local, t.Router.East, t.Router.West,
			t.Router.North, t.Router.South) <= 64, "64 cycles or less"},
		{"the barrier", t.Barrier.Cycles(1, 0) >= 1, "1 cycle or more"},
	} {
		if !k.ok {
			r.add("timing: %s of the chip: the hardware takes %s", k.key, k.want)
		}
	}
}

// core refuses what a core cannot do.
func (r *refusal) core(cfg *core.Config, p *profile.Profile) {
	if n := cfg.Neurons(); n > maxNeurons {
		r.add("a core of %d neurons: the hardware counts to %d", n, maxNeurons)
	}
	for i := range cfg.Groups {
		r.group(&cfg.Groups[i])
	}
	for a := range cfg.Axons {
		r.axon(cfg, &cfg.Axons[a], p)
	}
}

func (r *refusal) group(g *core.Group) {
	layer := r.img.Populations[g.Population].Name
	for _, f := range []struct {
		has  bool
		what string
	}{
		{g.Code.Table > 0, "codes with tables of boundaries"},
		{g.Code.Run > 0, "maxima of sums"},
		{g.Theta.Adaptive, "adaptive thresholds"},
		{g.Escape != 0, "random firing"},
		{g.Winner.Arbiter != core.ArbiterNone, "winner-take-all"},
		{g.Pairs, "neurons of two compartments"},
		{g.Graded != 0, "spikes that carry values"},
		{g.Shift != core.Shift{}, "neurons of model shift"},
	} {
		if f.has {
			r.add("layer %s: %s are not in the hardware", layer, f.what)
		}
	}
}

func (r *refusal) axon(cfg *core.Config, a *core.Axon, p *profile.Profile) {
	row := &cfg.Rows[a.Row]
	layer := r.layerOf(cfg, row.First+a.Base)
	if t := p.Timing; a.Delay > 0 && t != nil {
		if t.Core.DelayRead < 1 || t.Core.DelayRead > maxWait ||
			t.Core.AxonLookup+t.Core.DelayWrite < 2 {
			r.add("layer %s: timing of delays: the hardware takes delay_read of 1 to %d cycles, "+
				"and axon_lookup and delay_write of 2 or more together",
				layer, maxWait)
		}
	}
	switch row.Format {
	case core.Others:
		if t := p.Timing; t != nil &&
			(t.Core.OthersStep != 1 || cfg.Widths.BitsRead(row) > t.Core.MemoryWord) {
			r.add("layer %s: timing of rows that reach all others: the hardware takes "+
				"others_step of 1 cycle and a row of one word", layer)
		}
	case core.Typed:
		r.add("layer %s: weights by type of axon are not in the hardware", layer)
	case core.Plastic:
		r.add("layer %s: learning is not in the hardware: take a network with fixed weights", layer)
	case core.Dense16:
		r.add("layer %s: %d-bit weights in dense rows: the hardware has no gearbox, take 8 bits "+
			"or fewer", layer, row.WeightBits)
	case core.Dense8:
		if p.Timing != nil &&
			int64(row.WeightBits)*int64(p.Timing.Core.Lanes) > p.Timing.Core.MemoryWord {
			r.add("layer %s: %d-bit weights for %d lanes from words of %d bits: the hardware has "+
				"no gearbox",
				layer, row.WeightBits, p.Timing.Core.Lanes, p.Timing.Core.MemoryWord)
		}
	}
}

// layerOf names the layer of a neuron of a core; an index after the last is that of the last.
func (r *refusal) layerOf(cfg *core.Config, n int32) string {
	name := ""
	for i := range cfg.Groups {
		g := &cfg.Groups[i]
		if name == "" || n >= g.First {
			name = r.img.Populations[g.Population].Name
		}
	}
	return name
}
