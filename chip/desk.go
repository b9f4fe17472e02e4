package chip

import (
	"sync"

	"adder/core"
)

// desk is the scratch memory of a core while it advances by a window of ticks, which it leaves as
// it found it. An engine has as many as it advances cores at a time.
type desk struct {
	window core.Window
	// due are the sets of spikes of the ticks.
	due []uint64
}

// desks are those that no core has.
type desks struct {
	guard sync.Mutex
	free  []*desk
}

func (d *desks) take() *desk {
	d.guard.Lock()
	defer d.guard.Unlock()
	last := len(d.free) - 1
	if last < 0 {
		return new(desk)
	}
	taken := d.free[last]
	d.free = d.free[:last]
	return taken
}

func (d *desks) put(back *desk) {
	d.guard.Lock()
	defer d.guard.Unlock()
	d.free = append(d.free, back)
}
