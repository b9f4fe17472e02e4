package kernel

// Until is the input and the output of a group for the ticks until one of its neurons fires. Tick k
// has its sums from Sums[k*Stride] on, which are kept.
type Until struct {
	Sums          []int32
	Stride, Ticks int
	// Active and Saturated are those of the ticks that went by.
	Active, Saturated int64
	// potential and sums are scratch.
	potential, sums []int32
	fired           []uint64
}

// Bounded reports whether the assembly accepts inputs of magnitude up to size, or is not used.
func (n *Neurons) Bounded(size int64) bool {
	return n.set != AVX512 || size>>n.constants.Right+1 <= maxInput>>n.constants.Left
}

// UpdateUntil is Update for one tick after the other as long as no neuron fires, and
// returns how many ticks that are: in the tick in which one would, nothing has happened.
// No neuron is refractory, and Bounded must have been true of the sums.
func (n *Neurons) UpdateUntil(u *Until) (ticks int) {
	u.Active, u.Saturated = 0, 0
	count := len(n.state.Potential)
	if count == 0 || u.Ticks == 0 {
		return u.Ticks
	}
	if len(u.potential) < count {
		u.potential, u.sums = make([]int32, count), make([]int32, count)
		u.fired = make([]uint64, (count+63)>>6)
	}
	if n.set != AVX512 {
		return n.updateEachUntil(u)
	}
	s := &n.step
	s.done, s.neurons, s.ticks, s.stride = Done{}, count, u.Ticks, u.Stride<<2
	s.accumulator, s.other = &u.Sums[0], &u.potential[0]
	ticks = s.runUntil()
	u.Active, u.Saturated = s.done.Active, s.done.Saturated
	if ticks&1 != 0 { // potentials go to and fro
		copy(n.state.Potential, u.potential)
	}
	return ticks
}

// updateEachUntil is UpdateUntil by Update.
func (n *Neurons) updateEachUntil(u *Until) int {
	potential, sums := n.state.Potential, u.Sums
	before, now := u.potential[:len(potential)], u.sums[:len(potential)]
	for k := range u.Ticks {
		copy(before, potential)
		copy(now, sums)
		done := n.Update(now, nil, u.fired)
		if done.Spikes > 0 {
			copy(potential, before)
			return k
		}
		u.Active += done.Active
		u.Saturated += done.Saturated
		if k < u.Ticks-1 {
			sums = sums[u.Stride:]
		}
	}
	return u.Ticks
}
