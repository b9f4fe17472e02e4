package profile

// OffChip is an off-chip memory that holds the weights of all cores: their rows one after the
// other, each starting at a whole word.
type OffChip struct {
	// Memory is its size in bits: of a board, that of each chip.
	Memory int64
	// Word is the width of a word in bits, a power of two.
	Word int
}

// Total is the size of the memories of so many chips, in bits.
func (o *OffChip) Total(b Board) int64 { return o.Memory * int64(b.Chips()) }

// offChipFields are those of a section that a chip with its weights in its cores leaves out.
func offChipFields(p *Profile, o *OffChip) field {
	return field{key: "off_chip", optional: true, enter: func() { p.OffChip = o },
		fields: []field{
			quantity("memory", &o.Memory, memory(), 1, maxMemory),
			integer("word", &o.Word, 1, maxWord, "bits"),
		}}
}

// checkOffChip checks that weights are in one memory only, and gives a core without its own the
// size of the off-chip memory.
func (d *decoder) checkOffChip(p *Profile) error {
	_, stated := d.at["core.synapse_memory"]
	switch {
	case p.OffChip == nil && !stated:
		return d.fail(d.at["core"], "field %q is missing: add it, or a section off_chip where "+
			"weights lie outside of the chip", "synapse_memory")
	case p.OffChip == nil:
		return d.checkOffChipTimes(p)
	case p.OffChip.Word&(p.OffChip.Word-1) != 0:
		return d.fail(d.at["off_chip.word"], "%d bits are no power of two: write one, such as 64",
			p.OffChip.Word)
	case stated:
		return d.fail(d.at["core.synapse_memory"], "weights lie outside of the chip (off_chip): "+
			"remove one of the two")
	case p.Weights.PlasticBits > 0:
		return d.fail(d.at["weights.plastic_bits"], "weights that lie outside of the chip do not "+
			"learn: write 0")
	case p.HasFormat(Typed):
		return d.fail(d.at["weights.formats"], "a crossbar of types lies in its core: leave "+
			"typed or off_chip out")
	}
	p.Core.SynapseMemory = p.OffChip.Memory
	return d.checkOffChipTimes(p)
}

// offChipTimes are the times of the memory outside of the chip, by their paths below timing.
var offChipTimes = []string{"core.off_chip_latency", "core.off_chip_cycle"}

// checkOffChipTimes refuses times of a memory that is not there, and notes which are not
// stated of one that is.
func (d *decoder) checkOffChipTimes(p *Profile) error {
	for _, figure := range offChipTimes {
		path := "timing." + figure
		at, stated := d.at[path]
		switch {
		case stated && p.OffChip == nil:
			return d.fail(at, "the chip has its weights in its cores: add a section off_chip, "+
				"or remove the time")
		case !stated && p.OffChip != nil && p.Timing != nil:
			p.Timing.Unknown = append(p.Timing.Unknown, path)
		}
	}
	return nil
}

// MemoryFigures lists the paths below timing of the times of the memory of rows.
func (p *Profile) MemoryFigures() []string {
	if p.OffChip != nil {
		return offChipTimes
	}
	return []string{"core.memory_word", "core.memory_cycle"}
}

// CoreMemory is the synapse memory inside of a core, in bits.
func (p *Profile) CoreMemory() int64 {
	if p.OffChip != nil {
		return 0
	}
	return p.Core.SynapseMemory
}

// RowBits is the memory of a row of so many bits, rounded up to words.
func (p *Profile) RowBits(bits int64) int64 {
	if p.OffChip == nil {
		return bits
	}
	word := int64(p.OffChip.Word)
	return (bits + word - 1) / word * word
}

// RowTiming are the times of a core with those of the memory that its rows are read from: the
// off-chip memory, where weights are there. The profile must have a section timing.
func (p *Profile) RowTiming() *CoreTiming {
	t := p.Timing.Core
	if p.OffChip != nil {
		t.RowStart += t.OffChipLatency
		t.MemoryWord, t.MemoryCycle = int64(p.OffChip.Word), t.OffChipCycle
	}
	return &t
}
