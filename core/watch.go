package core

// Watch sees which neurons of a core change from one look to the next, for the
// clocked engine, whose slots of idle and active neurons differ in time, and
// for traces. It reads the state and changes none.
type Watch struct {
	core               *Core
	potential, current []int32
}

// NewWatch returns a watch that has seen the core as it is.
func NewWatch(c *Core) *Watch {
	w := &Watch{core: c, potential: make([]int32, len(c.potential)),
		current: make([]int32, len(c.current))}
	w.Look()
	return w
}

// Look sees the core as it is.
func (w *Watch) Look() {
	copy(w.potential, w.core.potential)
	copy(w.current, w.core.current)
}

// Changes appends the neurons whose potential or current differs from what it
// was at the last look, in ascending order, and looks.
func (w *Watch) Changes(changed []int32) []int32 {
	for n, v := range w.core.potential {
		if v != w.potential[n] || len(w.current) > 0 && w.core.current[n] != w.current[n] {
			changed = append(changed, int32(n))
		}
	}
	w.Look()
	return changed
}
