package lockstep

import (
	"adder/fixedpoint"
	"adder/spike"
	"adder/train/setting"
)

// The neurons of a lock-step run: sections 3.1 to 3.5 of docs/neurocore.md for one
// group of neurons, an image at a time.

// step advances one image of the batch by a tick.
func (n *Network) step(b int, t int32, train *spike.Train) {
	m := &n.images[b]
	n.deliver(m, t, train)
	n.inhibit(m)
	n.integrate(m)
	m.crossed = n.test(m, t, m.crossed[:0])
	m.fired = append(m.fired[:0], m.crossed...)
	if len(m.crossed) > 1 && n.setting.Arbiter != setting.ArbiterNone {
		m.fired = append(m.fired[:0], n.arbitrate(m, t))
	}
	n.reset(m)
	for _, j := range m.fired {
		n.counts[b*n.neurons+int(j)]++
		if m.lastPost[j] == noSpike {
			m.spiked = append(m.spiked, j)
		}
		m.lastPost[j] = t
	}
	n.tally.Spikes += int64(len(m.fired))
}

// deliver adds the rows of the spikes that arrive.
func (n *Network) deliver(m *image, t int32, train *spike.Train) {
	m.spikes = train.AppendTick(int(t), m.spikes[:0])
	n.tally.InputSpikes += int64(len(m.spikes))
	m.due = append(m.due[:0], m.spikes...)
	if delay := int32(n.setting.InputDelay); delay > 0 {
		m.due = m.due[:0]
		if t >= delay {
			m.due = train.AppendTick(int(t-delay), m.due)
		}
	}
	clear(m.input)
	for _, i := range m.due {
		addWeights(m.input, n.row(i))
		n.tally.Synops += n.fanOut[i]
	}
}

// addWeights adds a row to the sums, of which there are as many.
func addWeights(sums []int32, row []uint8) {
	sums = sums[:len(row)]
	for j, w := range row {
		sums[j] += int32(w)
	}
}

// inhibit takes the inhibition of the spikes of the tick before from all neurons
// but their own.
func (n *Network) inhibit(m *image) {
	amount := n.setting.Inhibition
	if !n.learning {
		amount = n.setting.TestInhibition
	}
	if len(m.fired) == 0 || amount == 0 {
		return
	}
	n.tally.Synops += int64(len(m.fired)) * int64(n.neurons-1)
	all := amount * int32(len(m.fired))
	for j := range m.input {
		m.input[j] -= all
	}
	for _, j := range m.fired {
		m.input[j] += amount
	}
}

// integrate adds the sums to the potentials.
func (n *Network) integrate(m *image) {
	floor := int64(-setting.MaxLevel)
	if n.learning && n.setting.Floor || !n.learning && n.setting.TestFloor {
		floor = 0
	}
	keep := int64(n.setting.Decay)
	for j, v := range m.v {
		x := int64(v) * keep / 4096 // toward zero, as a decay is
		if m.refractory[j] == 0 {
			x += int64(m.input[j])
		} else {
			m.refractory[j]--
		}
		m.v[j] = int32(max(min(x, setting.MaxLevel), floor))
	}
}

// test appends the neurons that are above their thresholds, or fire by chance.
func (n *Network) test(m *image, t int32, out []int32) []int32 {
	if n.escape == nil {
		for j, v := range m.v {
			if int64(v) > n.level[j] {
				out = append(out, int32(j))
			}
		}
		return out
	}
	stream := n.source.Stream(m.number, uint64(t), fixedpoint.PurposeEscape)
	last := int64(len(n.escape) - 1)
	for j, v := range m.v {
		step := (int64(v) - n.level[j]) >> n.shift
		p := n.escape[max(min(step, last), 0)]
		if p == 0 {
			continue
		}
		n.work.Draws++
		if uint32(stream.Draw(uint64(j))) < p {
			out = append(out, int32(j))
		}
	}
	return out
}

// arbitrate returns the one that fires of those that crossed.
func (n *Network) arbitrate(m *image, t int32) int32 {
	best := m.crossed[0]
	if n.setting.Arbiter == setting.ArbiterMargin {
		for _, j := range m.crossed {
			if int64(m.v[j])-n.level[j] > int64(m.v[best])-n.level[best] {
				best = j
			}
		}
		return best
	}
	stream := n.source.Stream(m.number, uint64(t), fixedpoint.PurposeArbiter)
	n.work.Draws += int64(len(m.crossed))
	smallest := stream.Draw(uint64(best))
	for _, j := range m.crossed[1:] {
		if draw := stream.Draw(uint64(j)); draw < smallest {
			best, smallest = j, draw
		}
	}
	return best
}

// reset resets the neurons that fired, the losers of a fair draw too; a winner by margin resets all
// others instead.
func (n *Network) reset(m *image) {
	reset := m.crossed
	if n.setting.Arbiter == setting.ArbiterMargin && len(m.fired) > 0 {
		clear(m.v)
		reset = m.fired
	}
	for _, j := range reset {
		m.v[j], m.refractory[j] = n.setting.Reset, n.setting.Refractory
		n.crossed[j]++
	}
}

// raiseLevels updates the levels to theta.
func (n *Network) raiseLevels() {
	for j, theta := range n.theta {
		level := n.setting.Threshold + theta
		if !n.learning {
			level = n.setting.Cut(level)
		}
		n.level[j] = int64(level) - 1 - int64(n.below)
	}
	clear(n.crossed)
}

// adapt raises theta by the crossings of all images of the batch, then lets it decay.
func (n *Network) adapt(t int32) {
	s := n.setting
	if !s.Adaptive() {
		return
	}
	stream := n.source.Stream(n.images[0].number, uint64(t), fixedpoint.PurposeTheta)
	for j := range n.theta {
		theta := min(int64(n.theta[j])+int64(s.ThetaPlus)*int64(n.crossed[j]), setting.MaxLevel)
		if theta != 0 && s.ThetaDecay > 0 {
			n.work.Draws++
			theta -= fixedpoint.ShiftStochastic(theta, uint(s.ThetaDecay), stream.Draw(uint64(j)))
		}
		n.theta[j] = int32(theta)
	}
}

// fallThetas lowers all thetas once per image of the batch.
func (n *Network) fallThetas() {
	s := n.setting
	if s.ThetaFall == 0 {
		return
	}
	for b := range n.images {
		draw := n.source.Draw(n.images[b].number, 0, 1<<32-1, fixedpoint.PurposeTheta)
		n.work.Draws++
		fall := fixedpoint.ShiftStochastic(int64(s.ThetaFall), 16, draw)
		for j, theta := range n.theta {
			n.theta[j] = int32(max(int64(theta)-fall, min(int64(theta), int64(s.ThetaMin))))
		}
	}
}
