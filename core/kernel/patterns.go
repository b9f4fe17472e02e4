package kernel

// Patterns are sequences of spikes by the value of a byte, eight ticks to a table: bit k of
// table p has tick 8p + k.
type Patterns [][256]uint8

// Spread writes the sets of sources that spike in so many ticks, at most eight for each
// table: source i has the pattern of values[i]. The set of tick k begins at sets[k*step].
// It reports whether it did so: without instructions for it nothing is written.
func (s Set) Spread(sets []uint64, step, ticks int, patterns Patterns, values []uint8) bool {
	if s != AVX512 || !permutes {
		return false
	}
	if len(values) == 0 {
		return true
	}
	for p := range patterns {
		now := min(ticks, 8)
		if now == 0 {
			break
		}
		spread(sets, step, now, &patterns[p], values)
		if ticks -= now; ticks > 0 {
			sets = sets[step<<3:]
		}
	}
	return true
}
