package rtl

import "fmt"

// parameters are those of core i.
func (v *verilog) parameters(i int) []string {
	c, d := &v.d.cores[i], v.d
	t := &d.timing.Core
	n := &c.neurons
	var out []string
	set := func(name string, value any) {
		out = append(out, fmt.Sprintf("      .%s(%v)", name, value))
	}
	set("KEY", d.keys.bits())
	set("KEYS", c.pointers.depth())
	set("LOCAL", max(d.timing.Router.Local, 1))
	set("EARLY", one(t.EarlyStart))
	set("QUEUE", c.queue)
	set("RESET_CYCLES", c.resetCycles)
	set("FIFO", t.OutputFIFO)
	set("RANGES", len(c.ranges))
	set("FIRSTS", list(c.ranges, 16, func(s span) int64 { return int64(s.first) }))
	set("LASTS", list(c.ranges, 16, func(s span) int64 { return int64(s.last) }))
	set("TICKS", list(c.ranges, 16, func(s span) int64 { return int64(s.ticks) }))
	set("DEPTHS", list(c.ranges, 16, func(s span) int64 { return int64(s.depth) }))
	set("ENTRIES", c.entries.depth())
	set("PTR", width(c.entries.depth()))
	set("WORDS", c.words.depth())
	set("ROW", c.row)
	set("TIME", c.time)
	set("OVERHEAD", t.AxonLookup+t.RowStart)
	set("LOG", d.lanesLog())
	set("BANK", c.bank)
	set("WEIGHT", c.weight)
	set("ADDEND", c.addend)
	set("SUM", c.sum)
	set("DENSE", one(c.dense))
	set("ROTATE", one(c.rotate))
	set("PAIRS", c.pairs)
	set("OTHERS", one(c.others))
	set("HOLDS", one(c.held > 0))
	set("DELAY", c.delay)
	set("PLACE", width(c.held+1))
	set("DELAY_READ", max(t.DelayRead, 1))
	set("AT", c.at)
	set("WORD", c.words.width)
	set("COUNT", c.cfg.Neurons())
	set("UPDATE", t.NeuronUpdate)
	set("FILL", t.UpdateFill)
	set("SPIKE_OUT", t.SpikeOut)
	set("PACKET_OUT", t.PacketOut)
	set("POTENTIAL", n.potential)
	set("CURRENT", n.current)
	set("WIDE", n.wide)
	set("REST", n.rest)
	set("KEEPS_CURRENT", one(n.keepsCurrent))
	set("KEEPS_REST", one(n.keepsRest))
	set("WRAP_POTENTIAL", one(c.cfg.Widths.WrapPotential))
	set("WRAP_CURRENT", one(c.cfg.Widths.WrapCurrent))
	out = append(out, n.parameters()...)
	for _, f := range [][2]string{
		{"POINTER_FILE", "pointers"}, {"ENTRY_FILE", "entries"}, {"WORD_FILE", "words"},
		{"CONSTANT_FILE", "constants"}, {"SEND_FILE", "sends"},
	} {
		set(f[0], fmt.Sprintf("%q", coreFile(i, f[1])))
	}
	return out
}

// parameters are those of a core's neurons.
func (n *neuronDesign) parameters() []string {
	var out []string
	set := func(name string, value any) {
		out = append(out, fmt.Sprintf("      .%s(%v)", name, value))
	}
	set("KINDS", len(n.kinds))
	set("KIND", width(len(n.kinds)))
	for _, f := range []struct {
		name string
		bits int
		of   func(k kind) int64
	}{
		{"HAS_CURRENT", 1, func(k kind) int64 { return one(k.hasCurrent) }},
		{"BIAS_TO_CURRENT", 1, func(k kind) int64 { return one(k.biasToCurrent) }},
		{"INTEGRATES", 1, func(k kind) int64 { return one(k.integrates) }},
		{"SUBTRACTS", 1, func(k kind) int64 { return one(k.subtracts) }},
		{"HAS_FLOOR", 1, func(k kind) int64 { return one(k.hasFloor) }},
		{"CODED", 1, func(k kind) int64 { return one(k.coded) }},
		{"RADIX", 1, func(k kind) int64 { return one(k.radix) }},
		{"CLOSES", 16, func(k kind) int64 { return int64(k.closes) }},
		{"BITS", 5, func(k kind) int64 { return int64(k.bits) }},
		{"LEFT", 6, func(k kind) int64 { return int64(k.left) }},
		{"RIGHT", 6, func(k kind) int64 { return int64(k.right) }},
		{"REFRACTORY", 16, func(k kind) int64 { return int64(k.refractory) }},
		{"FLOOR", n.wide, func(k kind) int64 { return k.floor }},
		{"LEAK", n.wide, func(k kind) int64 { return k.leak }},
		{"FACTOR_U", 4, func(k kind) int64 { return int64(k.factorU) }},
		{"FACTOR_V", 4, func(k kind) int64 { return int64(k.factorV) }},
	} {
		set(f.name, list(n.kinds, f.bits, f.of))
	}
	for _, f := range []struct {
		name    string
		factors []uint16
	}{{"U", n.factorsU}, {"V", n.factorsV}} {
		factors := f.factors
		if len(factors) == 0 {
			factors = []uint16{0}
		}
		set("FACTORS_"+f.name, len(factors))
		set("PLUS_"+f.name, list(factors, 13, func(x uint16) int64 {
			plus, _ := signedDigits(x)
			return int64(plus)
		}))
		set("MINUS_"+f.name, list(factors, 13, func(x uint16) int64 {
			_, minus := signedDigits(x)
			return int64(minus)
		}))
	}
	own := new(word)
	for c := range columns {
		own.put(one(n.own[c]), 1)
	}
	set("OWN", fmt.Sprintf("5'h%x", &own.value))
	set("CONSTANT", max(n.constants.width, 1))
	set("THRESHOLD", constant(int64(n.shared[columnThreshold]), n.potential))
	set("BIAS", constant(int64(n.shared[columnBias]), n.potential))
	set("RESET", constant(int64(n.shared[columnReset]), n.potential))
	set("FIRST", constant(int64(n.shared[columnFirst]), n.potential))
	set("SENDS", one(n.anySends))
	return out
}

// one is 1 for true.
func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// constant is a number of so many bits.
func constant(value int64, bits int) string {
	return fmt.Sprintf("%d'h%x", bits, &new(word).put(value, bits).value)
}

// list packs a field of each item, the first in the lowest bits.
func list[T any](items []T, bits int, of func(T) int64) string {
	var w word
	for _, item := range items {
		w.put(of(item), bits)
	}
	return fmt.Sprintf("%d'h%x", max(int(w.at), 1), &w.value)
}
