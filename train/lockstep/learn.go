package lockstep

import (
	"math"

	"adder/core"
	"adder/fixedpoint"
	"adder/snn/stdp"
	"adder/train/setting"
)

// Learning in a lock-step run: sections 4 and 5 of docs/neurocore.md with the traces
// of all images of a batch summed per synapse before a rule reads them. An input's
// spike is learned from in the tick of the spike, whatever its delay.

// learningSums holds the events of a tick.
type learningSums struct {
	// pre sums the traces of a neuron over spikes of an input, post those of an
	// input over spikes of a neuron, both [neurons][inputs] and 0 between ticks.
	pre, post []int32
	// touched lists the neurons with events.
	touched []int32
	marked  []bool
}

func newLearningSums(inputs, neurons int) learningSums {
	return learningSums{pre: make([]int32, inputs*neurons), post: make([]int32, inputs*neurons),
		marked: make([]bool, neurons)}
}

// makeTrace lists a trace by its age, until nothing is left of it.
func (n *Network) makeTrace() []int32 {
	var table []int32
	if n.setting.Box {
		for range n.setting.Trace {
			table = append(table, 255)
		}
		return table
	}
	for x := int32(255); x > 0; x -= max(x>>n.setting.Trace, 1) {
		table = append(table, x)
	}
	return table
}

// traceAt is a trace in tick t whose owner last spiked in tick last.
func (n *Network) traceAt(t, last int32) int32 {
	if last == noSpike || int(t-last) >= len(n.trace) {
		return 0
	}
	return n.trace[t-last]
}

// learn changes the weights by the spikes of a tick in all images.
func (n *Network) learn(t int32) {
	for b := range n.images {
		m := &n.images[b]
		for _, i := range m.spikes {
			m.lastPre[i] = t
		}
		n.sumPre(m, t)
		n.sumPost(m, t)
	}
	for _, j := range n.sums.touched {
		n.apply(t, int(j))
		n.sums.marked[j] = false
	}
	n.sums.touched = n.sums.touched[:0]
}

// sumPre adds what the spikes of the inputs meet.
func (n *Network) sumPre(m *image, t int32) {
	if len(m.spikes) == 0 {
		return
	}
	for _, j := range m.spiked {
		y := n.traceAt(t, m.lastPost[j])
		if y == 0 {
			continue
		}
		n.mark(j)
		sums := n.column(n.sums.pre, int(j))
		for _, i := range m.spikes {
			sums[i] += y
		}
	}
}

// sumPost adds what the spikes of the neurons meet.
func (n *Network) sumPost(m *image, t int32) {
	for _, j := range m.fired {
		n.mark(j)
		sums := n.column(n.sums.post, int(j))
		for i, last := range m.lastPre {
			sums[i] += n.traceAt(t, last)
		}
	}
}

func (n *Network) mark(j int32) {
	if !n.sums.marked[j] {
		n.sums.marked[j] = true
		n.sums.touched = append(n.sums.touched, j)
	}
}

func (n *Network) column(of []int32, j int) []int32 { return of[j*n.inputs:][:n.inputs] }

// apply changes the weights into neuron j by the sums of a tick, and clears them.
func (n *Network) apply(t int32, j int) {
	pre, post := n.column(n.sums.pre, j), n.column(n.sums.post, j)
	ltp := n.rounding(t, fixedpoint.PurposeRoundLTP, j)
	ltd := n.rounding(t, fixedpoint.PurposeRoundLTD, j)
	for i := range pre {
		if pre[i] == 0 && post[i] == 0 {
			continue
		}
		old := int64(n.columns[j*n.inputs+i])
		down, up := int64(pre[i])<<8, int64(post[i])<<8
		if n.rule == stdp.WeightDependentPostPre {
			down, up = n.gate(pre[i], old), n.gate(post[i], math.MaxUint16-old)
		}
		change := -ltd.shift(down, n.setting.LTD, i)
		if n.rule == stdp.Hebbian {
			change = -change
		}
		change += ltp.shift(up, uint8(n.setting.LTP[0]), i)
		n.setWeight(i, j, uint16(max(min(old+change, math.MaxUint16), 0)))
		pre[i], post[i] = 0, 0
		n.work.Updates++
	}
	n.work.Draws += ltp.draws + ltd.draws
}

// gate is a sum of traces times the distance to a bound: a 256th of the product, or for box traces
// the distance itself per full trace.
func (n *Network) gate(traces int32, room int64) int64 {
	if n.setting.Box {
		return int64(traces/255) * room
	}
	return int64(traces) * room >> 8
}

// summedRounding gives the draws that the synapses of one neuron round by in a tick:
// one for four neighbours, 16 bits each.
type summedRounding struct {
	stream fixedpoint.Stream
	base   uint64
	quad   int
	bits   uint64
	draws  int64
}

func (n *Network) rounding(t int32, purpose fixedpoint.Purpose, j int) summedRounding {
	return summedRounding{stream: n.source.Stream(n.images[0].number, uint64(t), purpose),
		base: uint64(j) << 24, quad: -1}
}

// shift is x / 2^k, rounded at random by the draw of synapse i.
func (r *summedRounding) shift(x int64, k uint8, i int) int64 {
	if x == 0 || k == core.RateOff {
		return 0
	}
	if quad := i / 4; quad != r.quad {
		r.quad, r.bits = quad, r.stream.Draw(r.base|uint64(quad))
		r.draws++
	}
	return fixedpoint.ShiftStochastic(x, uint(k), r.bits>>(16*(i%4)))
}

// scaleByHost scales the weights into each neuron to the target sum, by a product
// and a division rounded to nearest, which is the host's work.
func (n *Network) scaleByHost() {
	if n.setting.Norm != setting.ByHost {
		return
	}
	for j := range n.neurons {
		column := n.columns[j*n.inputs:][:n.inputs]
		var sum int64
		for _, w := range column {
			sum += int64(w)
		}
		if sum == 0 {
			continue
		}
		for i, w := range column {
			scaled := (int64(w)*int64(n.setting.Target) + sum/2) / sum
			n.setWeight(i, j, uint16(min(scaled, math.MaxUint16)))
		}
		n.work.HostOps += 2 * int64(n.inputs)
	}
}
