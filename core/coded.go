package core

// code is a Code as a tick uses it.
type code struct {
	kind   CodeKind
	window int64
	span   int64
	bits   uint
	// table is nil for multiples of the threshold.
	table BoundaryTable
	// first and step are the neurons that fire, of the group, and tests their number.
	first, step int32
	tests       int64
	// adds are the additions of a window's tick, and biases those of the bias in the
	// last.
	adds, biases int64
}

// makeCode prepares the code of a valid group.
func makeCode(g *Group, cfg *Config) code {
	run := max(g.Code.Run, 1)
	made := code{
		kind: g.Code.Kind, bits: uint(g.Code.Bits),
		window: int64(g.Code.Window), span: int64(g.Span(0)),
		first: g.First + run - 1, step: run, adds: int64(g.Count),
	}
	if g.Code.Kind == CodeRadix { // v + v
		made.adds += int64(g.Count)
	}
	if g.Code.Table > 0 {
		made.table = cfg.Boundaries[g.Code.Table-1]
	}
	for n := made.first; n < g.First+g.Count; n += run {
		made.tests++
	}
	for _, bias := range cfg.Bias[g.First:][:g.Count] {
		if bias != 0 {
			made.biases++
		}
	}
	return made
}

// updateCode advances a group with a code by a tick of its span, since ticks after its
// depth (docs/neurocore.md, section 11).
func (c *Core) updateCode(g *group, since int64, out []int32) []int32 {
	k, before := &g.code, len(out)
	var done tally
	n := c.into[g.share]
	switch closing := since == k.window-1; {
	case since < k.window:
		done = c.integrateWindow(g, closing)
		if g.broken {
			c.fail(g, &done)
		}
		n.MembraneAdds += k.adds
		n.countWords(g.upkeep.updates)
		if !closing {
			break
		}
		n.MembraneAdds += k.biases
		if k.step > 1 {
			n.Comparisons += g.upkeep.updates - k.tests
			c.takeLargest(g, &done)
			if g.broken {
				c.fail(g, &done)
			}
		}
	default:
		c.forget(g)
		n.countWords(k.tests)
	}
	if i := since - k.window + 1; i >= 0 && k.bits > 0 {
		out = c.fireCode(g, uint(i), out, &done)
		c.countTests(g, int64(len(out)-before))
	}
	clear(c.accumulator[g.first:g.last])
	n.ActiveUpdates += done.active
	n.IdleUpdates -= done.active
	n.Saturations += done.saturated
	return out
}

// countWords counts the updates of a tick, of which each reads and writes v, as idle
// until they are known.
func (n *Counts) countWords(updates int64) {
	n.NeuronUpdates += updates
	n.IdleUpdates += updates
	n.StateReads += updates
	n.StateWrites += updates
}

// countTests counts the tests of a tick in which so many neurons fired.
func (c *Core) countTests(g *group, fired int64) {
	n, tests := c.into[g.share], g.code.tests
	n.Comparisons += tests
	n.Spikes += fired
	if g.code.table == nil {
		n.MembraneAdds += fired
		return
	}
	n.BoundaryReads += tests
	n.StateReads += tests
	n.StateWrites += tests
}

// integrateWindow adds the input to v, and the bias where the window closes. It leaves in the
// accumulator what changed of v.
func (c *Core) integrateWindow(g *group, closing bool) (done tally) {
	potential := c.potential[g.first:g.last]
	accumulator := c.accumulator[g.first:g.last][:len(potential)]
	bias := c.biasV[g.first:g.last][:len(potential)]
	right, left := g.right&63, g.left&63
	double, add := int64(0), int64(0) // masks
	if g.code.kind == CodeRadix {
		double = -1
	}
	if closing {
		add = -1
	}
	for n := range potential {
		old := potential[n]
		v := int64(old) + int64(old)&double + int64(accumulator[n])>>right<<left + bias[n]&add
		if !c.registerV.fits(v) {
			v = c.registerV.limit(v)
			done.saturated++
		}
		potential[n] = int32(v)
		change := int32(v) ^ old
		accumulator[n] = change
		if change != 0 {
			done.active++
		}
	}
	return done
}

// takeLargest gives the last neuron of each run the largest potential of the run.
func (c *Core) takeLargest(g *group, done *tally) {
	for last := g.code.first; last < g.last; last += g.code.step {
		largest := c.potential[last]
		for n := last - g.code.step + 1; n < last; n++ {
			largest = max(largest, c.potential[n])
		}
		old := c.potential[last] ^ c.accumulator[last]
		was := c.accumulator[last] != 0
		c.potential[last], c.accumulator[last] = largest, largest^old
		switch is := largest != old; {
		case is && !was:
			done.active++
		case was && !is:
			done.active--
		}
	}
}

// fireCode appends the neurons that fire in the i-th tick of those in which a group
// does.
func (c *Core) fireCode(g *group, i uint, out []int32, done *tally) []int32 {
	k, before := &g.code, len(out)
	switch {
	case g.broken:
		out = c.fireBroken(g, i, out, done)
	case k.table != nil:
		out = c.fireByTable(g, i, out)
	case k.kind == CodeRadix:
		out = c.fireByMultiple(g, (k.bits-1-i)&63, out)
	default:
		out = c.fireByMultiple(g, 0, out)
	}
	for _, n := range out[before:] {
		if c.accumulator[n] == 0 {
			done.active++
		}
	}
	return out
}

// fireByMultiple compares with the threshold, shifted, and takes it from those above.
func (c *Core) fireByMultiple(g *group, shift uint, out []int32) []int32 {
	for n := g.code.first; n < g.last; n += g.code.step {
		x := int64(c.threshold[n]) << shift
		if v := int64(c.potential[n]); v >= x {
			c.potential[n] = int32(v - x)
			out = append(out, n)
		}
	}
	return out
}

// fireByTable compares with the boundary that comes next: by bisection, or one after
// the other.
func (c *Core) fireByTable(g *group, i uint, out []int32) []int32 {
	step := uint16(1)
	if g.code.kind == CodeRadix {
		step = 1 << ((g.code.bits - 1 - i) & 15)
	}
	for n := g.code.first; n < g.last; n += g.code.step {
		next := c.passed[n] + step
		if c.potential[n] >= g.code.table[next-1] {
			c.passed[n] = next
			out = append(out, n)
		}
	}
	return out
}

// passes reports whether a neuron can have passed so many boundaries since ticks after
// its depth.
func (k *code) passes(count uint, since int64) bool {
	if k.table == nil {
		return count == 0
	}
	tests := max(since-k.window+1, 0)
	if k.kind == CodeLevel {
		return int64(count) <= min(tests, int64(len(k.table)))
	}
	open := uint(max(int64(k.bits)-tests, 0)) // bits that are not known
	return count>>k.bits == 0 && count>>open<<open == count
}
