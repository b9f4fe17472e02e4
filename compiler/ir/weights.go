package ir

// Each calls emit for every nonzero weight of source i, by ascending
// target.
func (w *Weights) Each(i int, emit func(target int32, weight int16)) {
	switch {
	case w.Dense != nil:
		for t, v := range w.Dense[i*w.Targets : (i+1)*w.Targets] {
			if v != 0 {
				emit(int32(t), int16(v))
			}
		}
	case w.Dense16 != nil:
		for t, v := range w.Dense16[i*w.Targets : (i+1)*w.Targets] {
			if v != 0 {
				emit(int32(t), v)
			}
		}
	default:
		for k := w.Start[i]; k < w.Start[i+1]; k++ {
			if w.Value[k] != 0 {
				emit(w.Target[k], w.Value[k])
			}
		}
	}
}

// IsDense reports whether every source has a weight for every target.
func (w *Weights) IsDense() bool { return w.Dense != nil || w.Dense16 != nil }

// NonZero counts the nonzero weights.
func (w *Weights) NonZero() int64 {
	var n int64
	for i := range w.Sources {
		w.Each(i, func(int32, int16) { n++ })
	}
	return n
}
