package code

import (
	"fmt"

	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/core"
	"adder/quantised"
)

// layer is a population that is being lowered.
type layer struct {
	*lowering
	from   *quantised.Population
	at     *places
	pop    *ir.Population
	bounds *bounds
	// run is the number of neurons of a window of a maximum, 1 for none.
	run int
	// group is the common part of all groups.
	group core.Group
	// reach is the largest magnitude of potentials and thresholds, bias that of biases.
	reach, bias int64
}

// groups makes the groups of the population.
func (m *layer) groups() {
	switch {
	case m.group.Integrator:
		m.add(0, m.at.size, m.group)
		for i := range m.at.size {
			m.neuron(i, i, 0, m.align())
		}
	case m.from.Theta != nil:
		m.add(0, m.at.size, m.group)
		for i := range m.at.size {
			theta := m.from.Theta[m.at.member(m.lastOf(i))]
			m.threshold(i, multiples{raised(theta, m.align()), raised(theta>>1, m.align())})
		}
	default:
		m.byBoundaries()
	}
}

// check records the models that the chip lacks or, if it has them, the limits that are exceeded.
func (m *layer) check() {
	need := map[core.Model]int64{}
	for i := range m.pop.Groups {
		for _, model := range m.pop.Groups[i].Models() {
			need[model] += int64(m.pop.Groups[i].Count)
		}
	}
	lacks := false
	for _, model := range core.ModelNames() {
		if need[model] > 0 && !m.chip.HasModel(model) {
			m.misfit = append(m.misfit, fit.Lacks(m.from.Name, model, need[model], m.chip))
			lacks = true
		}
	}
	if lacks {
		return
	}
	if m.reach > limit(m.chip) {
		m.misfit = append(m.misfit, tooWide(m.from.Name, bitsFor(m.reach), m.chip))
		return
	}
	if need, have := bitsFor(m.bias), m.chip.Widths.BiasBits; need > have {
		m.misfit = append(m.misfit, fit.Excess{
			Layer: m.from.Name, Limit: "bits of a bias", Need: int64(need), Have: int64(have),
			Help: "take fewer bits of weights or of activations, or a chip with wider biases",
		})
	}
}

// align is the left shift of every input.
func (m *layer) align() int { return m.chip.Widths.Align }

// lastOf is the last place of the window of place i. Padding of a window comes first.
func (m *layer) lastOf(i int) int { return i/m.run*m.run + m.run - 1 }

// add adds a group of count neurons from first on.
func (m *layer) add(first, count int, g core.Group) {
	g.First, g.Count = int32(first), int32(count)
	m.pop.Groups = append(m.pop.Groups, g)
}

// byBoundaries makes a group of each run of neurons that share their boundaries.
func (m *layer) byBoundaries() {
	of := make([]int, 0, m.from.Neurons)
	for i := range m.from.Groups {
		for range m.from.Groups[i].Count {
			of = append(of, i)
		}
	}
	group := func(i int) int { return of[m.at.member(m.lastOf(i))] }
	for first := 0; first < m.at.size; {
		last := first + 1
		for last < m.at.size && group(last) == group(first) {
			last++
		}
		m.shared(first, last, m.from.Groups[group(first)].Boundaries)
		first = last
	}
}

// shared makes a group of neurons with boundaries in common: by multiples of a threshold where
// these mean the same, of potentials with as few fractional bits as suffice and the chip has, else
// by a table.
func (m *layer) shared(first, last int, boundaries []int64) {
	least, greatest := m.extremes(first, last)
	for fraction := 0; fraction <= m.chip.Weights.ExponentMax; fraction++ {
		shift := fraction + m.align()
		if magnitude := max(greatest, -least); bitsFor(magnitude)+
			shift > m.chip.Widths.PotentialBits {
			break
		}
		found, ok := findMultiples(intervals(boundaries, m.from.Bits, shift, least, greatest))
		if !ok || !m.holds(first, last, found, shift) {
			continue
		}
		g := m.group
		g.WeightExp = int8(fraction)
		m.add(first, last-first, g)
		for i := first; i < last; i++ {
			m.threshold(i, found)
		}
		return
	}
	g := m.group
	g.Code.Table = m.table(table(boundaries, m.from.Bits, m.align(), limit(m.chip)))
	m.add(first, last-first, g)
	for i := first; i < last; i++ {
		m.neuron(i, m.at.member(i), 0, m.align())
	}
	m.reach++ // the highest word is for what is never reached
}

// extremes are the least and the greatest sum of neurons.
func (m *layer) extremes(first, last int) (least, greatest int64) {
	least, greatest = 1<<62, -1<<62
	for i := first; i < last; i++ {
		if n := m.at.member(i); n >= 0 {
			least, greatest = min(least, m.bounds.least(n)), max(greatest, m.bounds.greatest(n))
		}
	}
	return least, greatest
}

// holds reports whether potentials and thresholds of neurons fit the chip.
func (m *layer) holds(first, last int, by multiples, shift int) bool {
	most := limit(m.chip)
	if by.theta > most>>(m.from.Bits-1) {
		return false
	}
	for i := first; i < last; i++ {
		if n := m.at.member(i); n >= 0 && m.bounds.reach(n, by.offset, shift) > most {
			return false
		}
	}
	return true
}

// threshold gives place i a threshold, and its neuron the offset of the multiples.
func (m *layer) threshold(i int, by multiples) {
	m.reach = max(m.reach, raised(by.theta, m.from.Bits-1))
	m.pop.Threshold[i] = int32(by.theta)
	fraction := int(m.pop.Groups[len(m.pop.Groups)-1].WeightExp)
	m.neuron(i, m.at.member(i), by.offset, fraction+m.align())
}

// neuron gives place i what neuron n has in a potential that is its sum, shifted left, and
// an offset. What fills a window has no synapses, and a potential that is never the largest.
func (m *layer) neuron(i, n int, offset int64, shift int) {
	unit := m.from.Unit[0]
	if len(m.from.Unit) > 1 {
		unit = m.from.Unit[max(n, 0)]
	}
	m.pop.Unit[i] = float64(int64(1)<<shift) / unit
	if n < 0 { // the last of its window has no lower sum
		m.pop.Bias[i] = int32(raised(m.bounds.least(m.at.member(m.lastOf(i))), shift) + offset)
		return
	}
	bias := raised(m.bounds.bias[n], shift) + offset
	m.pop.Bias[i] = int32(bias)
	m.bias = max(m.bias, bias, -bias)
	m.reach = max(m.reach, m.bounds.reach(n, offset, shift))
}

// table is 1 + the index of a table of boundaries in the network, which has each once.
func (m *layer) table(words core.BoundaryTable) int32 {
	key := fmt.Sprint(words)
	if m.tables[key] == 0 {
		m.net.Boundaries = append(m.net.Boundaries, words)
		m.tables[key] = int32(len(m.net.Boundaries))
	}
	return m.tables[key]
}
