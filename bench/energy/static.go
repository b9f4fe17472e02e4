package energy

// Static is the static power, and the energy of each clock cycle: the terms of a chip's energy that
// no event causes.
type Static struct {
	// Of is what consumes it: a router, or the whole chip.
	Of StaticOf
	// Microwatts is a power, PicojoulesPerCycle an energy; one of them is 0.
	Microwatts, PicojoulesPerCycle float64
	// Text is the figure as the file has it.
	Text     string
	Grade    Grade
	Evidence Evidence
	Source   string
}

// StaticOf is the part of a chip that a static term belongs to.
type StaticOf string

// What static terms belong to.
const (
	// StaticRouter is one router of a tile.
	StaticRouter StaticOf = "router"
	// StaticChip is the chip as a whole.
	StaticChip StaticOf = "chip"
)

// Usage is the hardware that a run keeps powered, and for how long.
type Usage struct {
	// Seconds and Cycles are the time of an inference.
	Seconds, Cycles float64
	// Routers are those of tiles in use; MemoryKiB is the memory of the cores in use.
	Routers   int
	MemoryKiB float64
	// Chip is false for hardware that is not a chip of the table's kind, such as an ANN's lanes:
	// terms of the whole chip do not apply.
	Chip bool
}

// HasStatic reports whether the table says anything of static energy.
func (t *Table) HasStatic() bool {
	return len(t.Statics) > 0 || t.SRAM != nil && t.SRAM.LeakageMicrowatts > 0
}

const picojoulesPerMicrojoule = 1e6

// StaticPJ is the static energy of an inference, in picojoules.
func (t *Table) StaticPJ(u Usage) float64 {
	pj := 0.0
	for _, s := range t.Statics {
		n := 0.0
		switch {
		case s.Of == StaticRouter:
			n = float64(u.Routers)
		case u.Chip:
			n = 1
		}
		pj += float64(n * (float64(s.Microwatts*u.Seconds*picojoulesPerMicrojoule) +
			float64(s.PicojoulesPerCycle*u.Cycles)))
	}
	if t.SRAM != nil {
		pj += float64(t.SRAM.LeakageMicrowatts * u.MemoryKiB * u.Seconds * picojoulesPerMicrojoule)
	}
	return pj
}
