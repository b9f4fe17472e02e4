package core

import "adder/core/kernel"

// packs reports whether stretches are worth packing: all of their weights have 4 bits, and
// whole lines of the hull take no more memory than its bytes.
func (m *panelMaker) packs(stretches []stretch, hull stretch) bool {
	size := kernel.PackedSize(int(hull.count))
	if int32(size) > hull.count || repeatedInt(size, len(stretches)) > maxStore {
		return false
	}
	const lowest, highest = -1 << (kernel.PackedBits - 1), 1<<(kernel.PackedBits-1) - 1
	for i := range stretches {
		s := &stretches[i]
		for _, w := range m.store[s.offset:][:s.count] {
			if w < lowest || w > highest {
				return false
			}
		}
	}
	return true
}

// pack writes stretches as packed rows of their hull, each once.
func (m *panelMaker) pack(stretches []stretch, hull stretch) *kernel.Packed {
	packed := &kernel.Packed{Offsets: make([]uint32, len(stretches))}
	places, end := map[stretch]uint32{}, uint32(0)
	for i, s := range stretches {
		at, met := places[s]
		if !met {
			at = end
			places[s] = at
			end += uint32(kernel.PackedSize(int(hull.count)))
		}
		packed.Offsets[i] = at
	}
	packed.Weights = make([]uint8, end)
	for s, at := range places {
		row := packed.Weights[at:]
		for k, w := range m.store[s.offset:][:s.count] {
			kernel.Pack(row, int(s.first-hull.first)+k, w)
		}
	}
	return packed
}
