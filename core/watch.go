package core

// Watch finds the neurons of a core that changed since it last looked. It is for the clocked
// engine, whose slots of idle and active neurons differ in time, and for traces. It only reads the
// core's state.
type Watch struct {
	core               *Core
	potential, current []int32
}

// NewWatch returns a watch that has looked at the core's present state.
func NewWatch(c *Core) *Watch {
	w := &Watch{core: c, potential: make([]int32, len(c.potential)),
		current: make([]int32, len(c.current))}
	w.Look()
	return w
}

// Look stores the core's present state for the next Changes.
func (w *Watch) Look() {
	copy(w.potential, w.core.potential)
	copy(w.current, w.core.current)
}

// Changes appends the neurons whose potential or current changed since the last look, in ascending
// order, and looks again.
func (w *Watch) Changes(changed []int32) []int32 {
	for n, v := range w.core.potential {
		if v != w.potential[n] || len(w.current) > 0 && w.core.current[n] != w.current[n] {
			changed = append(changed, int32(n))
		}
	}
	w.Look()
	return changed
}
