package profile

import (
	"fmt"
	"strings"

	"adder/core"
)

// The bounds of what the format can say. They keep every product of two
// figures far from overflow; a chip's own limits are usually much lower.
const (
	maxSide    = MaxSide
	maxNeurons = 1 << 16
	maxEntries = 1 << 24
	maxMemory  = 1 << 40 // bits
	maxWord    = 1 << 12 // bits
	maxCycles  = 1e12
	maxClock   = 1e12
	maxPower   = 1e15 // nanowatts
	maxText    = 400
)

// field is one field of the format: how its value is read into the profile and how it is shown. A
// section has fields instead of a value.
type field struct {
	key      string
	optional bool
	// absent, if not nil, is called with the path of each optional field that is missing.
	absent func(path string)
	read   func(d *decoder, v value) error
	show   func() string
	fields []field
	// enter runs when an optional section is present.
	enter func()
}

// schema is the format: the fields of a profile in the order in which they
// are read and shown, bound to p.
func schema(p *Profile) []field {
	timing, single, offChip := new(Timing), new(Single), new(OffChip)
	return []field{
		name("name", &p.Name),
		prose("description", &p.Description),
		section("mesh",
			integer("width", &p.Mesh.Width, 1, maxSide, "cores"),
			integer("height", &p.Mesh.Height, 1, maxSide, "cores"),
			optional(flag("reroute", &p.Mesh.Reroute))),
		boardFields(&p.Board),
		flag("multicast", &p.Multicast),
		{key: "ports", read: readPorts(p), show: func() string { return showPorts(p.Ports) }},
		section("core",
			integer("neurons", &p.Core.Neurons, 1, maxNeurons, "neurons"),
			integer("input_axons", &p.Core.InputAxons, 1, maxEntries, "entries"),
			optional(quantity("synapse_memory", &p.Core.SynapseMemory, memory(), 1, maxMemory)),
			integer("output_routes", &p.Core.OutputRoutes, 1, maxEntries, "destinations"),
			optional(integer("routes_per_neuron", &p.Core.RoutesPerNeuron, 1, maxEntries,
				"destinations")),
			optional(section("crossbar",
				integer("axons", &p.Core.Crossbar.Axons, 1, maxEntries, "axons"),
				integer("columns", &p.Core.Crossbar.Columns, 1, maxEntries, "columns"))),
			integer("max_delay", &p.Core.MaxDelay, 0, 255, "ticks"),
			optional(integer("router_keys", &p.Core.RouterKeys, 1, maxEntries, "sources")),
			optional(integer("table_words", &p.Core.TableWords, 0, maxEntries, "words"))),
		offChipFields(p, offChip),
		section("weights",
			integer("min_bits", &p.Weights.MinBits, 1, 16, "bits"),
			integer("max_bits", &p.Weights.MaxBits, 1, 16, "bits"),
			integer("exponent_min", &p.Weights.ExponentMin, -8, 15, ""),
			integer("exponent_max", &p.Weights.ExponentMax, -8, 15, ""),
			choices("formats", &p.Weights.Formats, Dense, Sparse, Others, Typed),
			optional(integer("axon_types", &p.Weights.AxonTypes, 1, core.MaxTypes, "types")),
			flag("shared_rows", &p.Weights.SharedRows),
			choices("sign_modes", &p.Weights.SignModes, Mixed, Excitatory, Inhibitory),
			integer("sparse_index_bits", &p.Weights.SparseIndexBits, 0, 16, "bits"),
			integer("plastic_bits", &p.Weights.PlasticBits, 0, 16, "bits")),
		section("widths",
			integer("potential_bits", &p.Widths.PotentialBits, 2, 32, "bits"),
			choice("potential_overflow", &p.Widths.PotentialOverflow, Saturate, Wrap),
			integer("current_bits", &p.Widths.CurrentBits, 2, 32, "bits"),
			choice("current_overflow", &p.Widths.CurrentOverflow, Saturate, Wrap),
			integer("align", &p.Widths.Align, 0, 15, "bits"),
			integer("threshold_bits", &p.Widths.ThresholdBits, 1, 32, "bits"),
			integer("threshold_shift", &p.Widths.ThresholdShift, 0, 31, "bits"),
			flag("threshold_unsigned", &p.Widths.ThresholdUnsigned),
			integer("bias_bits", &p.Widths.BiasBits, 1, 32, "bits"),
			integer("bias_exponent_max", &p.Widths.BiasExponentMax, 0, 31, ""),
			integer("decay_digits", &p.Widths.DecayDigits, 0, 7, "digits")),
		choice("duplicates", &p.Duplicates, AddDuplicates, MergeDuplicates),
		choices("models", &p.Models, core.ModelNames()...),
		choices("resets", &p.Resets, ResetValue, ResetSubtract),
		choice("drops", &p.Drops, DropNever, DropWhenFull),
		{key: "single", optional: true, fields: singleSchema(single), enter: func() {
			p.Single = single
		}},
		{key: "timing", optional: true, fields: timingSchema(timing), enter: func() {
			p.Timing = timing
		}},
	}
}

func timingSchema(t *Timing) []field {
	c, r, b, hertz := &t.Core, &t.Router, &t.Barrier, &t.Clock
	return []field{
		// The clock comes first: times are converted to its periods.
		quantity("clock", &t.Clock, frequency(), 1, maxClock),
		figureOf(t, section("core",
			flag("early_start", &c.EarlyStart),
			figureOf(t, cycles("axon_lookup", &c.AxonLookup, hertz)),
			figureOf(t, cycles("row_start", &c.RowStart, hertz)),
			figureOf(t, quantity("memory_word", &c.MemoryWord, memory(), 1, maxMemory)),
			figureOf(t, cycles("memory_cycle", &c.MemoryCycle, hertz)),
			optional(cycles("off_chip_latency", &c.OffChipLatency, hertz)),
			optional(cycles("off_chip_cycle", &c.OffChipCycle, hertz)),
			optional(cycles("delay_write", &c.DelayWrite, hertz)),
			optional(cycles("delay_read", &c.DelayRead, hertz)),
			figureOf(t, integer("lanes", &c.Lanes, 1, 1024, "adders")),
			figureOf(t, cycles("dense_step", &c.DenseStep, hertz)),
			figureOf(t, cycles("sparse_step", &c.SparseStep, hertz)),
			figureOf(t, cycles("others_step", &c.OthersStep, hertz)),
			figureOf(t, cycles("neuron_update", &c.NeuronUpdate, hertz)),
			figureOf(t, cycles("neuron_idle", &c.NeuronIdle, hertz)),
			optional(cycles("update_fill", &c.UpdateFill, hertz)),
			optional(cycles("draw", &c.Draw, hertz)),
			figureOf(t, cycles("spike_out", &c.SpikeOut, hertz)),
			figureOf(t, cycles("packet_out", &c.PacketOut, hertz)),
			figureOf(t, integer("output_fifo", &c.OutputFIFO, 1, maxEntries, "packets")),
			figureOf(t, cycles("learning_update", &c.LearningUpdate, hertz)),
			figureOf(t, cycles("reset_write", &c.ResetWrite, hertz)))),
		figureOf(t, section("router",
			figureOf(t, cycles("pipeline", &r.Pipeline, hertz)),
			figureOf(t, cycles("local", &r.Local, hertz)),
			figureOf(t, cycles("east", &r.East, hertz)),
			figureOf(t, cycles("west", &r.West, hertz)),
			figureOf(t, cycles("north", &r.North, hertz)),
			figureOf(t, cycles("south", &r.South, hertz)),
			optional(cycles("border", &r.Border, hertz)),
			optional(cycles("border_interval", &r.BorderInterval, hertz)),
			figureOf(t, integer("input_buffer", &r.InputBuffer, 1, maxEntries, "packets")))),
		figureOf(t, section("barrier",
			optional(cycles("base", &b.Base, hertz)),
			optional(cycles("per_hop", &b.PerHop, hertz)),
			optional(cycles("per_border", &b.PerBorder, hertz)),
			field{key: "table", optional: true, read: readBarrierTable(b, hertz),
				show: func() string {
					return showBarrierTable(b.Table, *hertz)
				}})),
		optional(quantity("static_power", &t.StaticPower, power(), 1, maxPower)),
	}
}

func section(key string, fields ...field) field { return field{key: key, fields: fields} }

// figureOf is a figure of timing, or a section of them, that may be absent, and is then not
// known.
func figureOf(t *Timing, f field) field {
	f.absent = func(path string) { t.Unknown = append(t.Unknown, path) }
	return optional(f)
}

func optional(f field) field {
	f.optional = true
	return f
}

func name(key string, to *string) field {
	return field{key: key, show: func() string {
		return *to
	}, read: func(d *decoder, v value) (err error) {
		*to, err = d.name(v)
		return err
	}}
}

func prose(key string, to *string) field {
	return field{key: key, show: func() string {
		return *to
	}, read: func(d *decoder, v value) error {
		s, err := d.text(v)
		s = strings.TrimSpace(s)
		switch {
		case err != nil:
			return err
		case s == "" || len(s) > maxText:
			return d.fail(v, "%d characters: write 1 to %d", len(s), maxText)
		}
		*to = s
		return nil
	}}
}

func flag(key string, to *bool) field {
	return field{key: key, show: func() string {
		return yesNo(*to)
	}, read: func(d *decoder, v value) (err error) {
		*to, err = d.bool(v)
		return err
	}}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func integer(key string, to *int, low, high int, unit string) field {
	return field{key: key, show: func() string {
		return count(*to, unit)
	}, read: func(d *decoder, v value) (err error) {
		*to, err = d.counted(v, low, high, unit)
		return err
	}}
}

// count writes a number with its unit, given in the plural.
func count(n int, unit string) string {
	switch {
	case unit == "":
		return fmt.Sprint(n)
	case n == 1 && strings.HasSuffix(unit, "ies"):
		unit = strings.TrimSuffix(unit, "ies") + "y"
	case n == 1:
		unit = strings.TrimSuffix(unit, "s")
	}
	return fmt.Sprintf("%d %s", n, unit)
}

func quantity(key string, to *int64, dim dimension, low, high int64) field {
	return field{key: key, show: func() string {
		return dim.format(*to)
	}, read: func(d *decoder, v value) error {
		text, err := d.quantityText(v, dim.what, dim.example)
		if err != nil {
			return err
		}
		n, err := dim.parse(text)
		switch {
		case err != nil:
			return d.fail(v, "%w", err)
		case n < low || n > high:
			return d.fail(v, "%s is out of range: write %s to %s", text, dim.format(low),
				dim.format(high))
		}
		*to = n
		return nil
	}}
}

func cycles(key string, to *Cycles, hertz *int64) field {
	return field{key: key, show: func() string {
		return showCycles(*to, *hertz)
	}, read: func(d *decoder, v value) (err error) {
		*to, err = d.cycles(v, *hertz)
		return err
	}}
}

func choice[T ~string](key string, to *T, known ...T) field {
	return field{key: key, show: func() string {
		return string(*to)
	}, read: func(d *decoder, v value) (err error) {
		*to, err = oneOf(d, v, known)
		return err
	}}
}

func choices[T ~string](key string, to *[]T, known ...T) field {
	return field{key: key, show: func() string {
		return join(*to)
	}, read: func(d *decoder, v value) error {
		items, err := d.list(v)
		if err != nil {
			return err
		}
		*to = make([]T, len(items))
		for i, item := range items {
			if (*to)[i], err = oneOf(d, item, known); err != nil {
				return err
			}
			for _, earlier := range (*to)[:i] {
				if earlier == (*to)[i] {
					return d.fail(item, "%q is listed twice: list it once", earlier)
				}
			}
		}
		return nil
	}}
}

func oneOf[T ~string](d *decoder, v value, known []T) (T, error) {
	s, err := d.text(v)
	if err != nil {
		return "", err
	}
	for _, k := range known {
		if T(s) == k {
			return k, nil
		}
	}
	return "", d.fail(v, "%q is not known: write one of %s", s, join(known))
}

func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

func readPorts(p *Profile) func(*decoder, value) error {
	return func(d *decoder, v value) error {
		items, err := d.list(v)
		if err != nil {
			return err
		}
		p.Ports = make([]Port, len(items))
		for i, item := range items {
			port := &p.Ports[i]
			fields := []field{
				name("name", &port.Name),
				integer("x", &port.X, 0, maxSide-1, ""),
				integer("y", &port.Y, 0, maxSide-1, ""),
			}
			if err := d.section(item, fields, nil); err != nil {
				return err
			}
		}
		return nil
	}
}

func showPorts(ports []Port) string {
	words := make([]string, len(ports))
	for i, port := range ports {
		words[i] = fmt.Sprintf("%s at (%d, %d)", port.Name, port.X, port.Y)
	}
	return strings.Join(words, ", ")
}

func readBarrierTable(b *Barrier, hertz *int64) func(*decoder, value) error {
	return func(d *decoder, v value) error {
		items, err := d.list(v)
		if err != nil {
			return err
		}
		b.Table = make([]BarrierEntry, len(items))
		for i, item := range items {
			entry := &b.Table[i]
			fields := []field{
				integer("tiles", &entry.Tiles, 1, maxSide*maxSide, "tiles"),
				cycles("time", &entry.Time, hertz),
			}
			if err := d.section(item, fields, nil); err != nil {
				return err
			}
		}
		return nil
	}
}

func showBarrierTable(table []BarrierEntry, hertz int64) string {
	words := make([]string, len(table))
	for i, entry := range table {
		words[i] = fmt.Sprintf("%s: %s", count(entry.Tiles, "tiles"), showCycles(entry.Time, hertz))
	}
	return strings.Join(words, ", ")
}
