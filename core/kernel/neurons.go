package kernel

import "adder/fixedpoint"

// Constants are the constants of a group of neurons (docs/neurocore.md, section 3): the shifts of
// an input, right and then left, the decay of the potential, the ends of a register that saturates,
// the least potential that integration leaves, and whether a reset is taken from the potential or
// replaces it.
type Constants struct {
	Right, Left     uint
	Decay           fixedpoint.Decay
	Lowest, Highest int32
	Floor           int32
	Subtract        bool
}

// State are the neurons of a group, one entry of each for each.
type State struct {
	// Potential changes. Drive enters it besides the input.
	Potential, Drive []int32
	// A neuron fires above its Level. Reset is then its new potential, or subtracted from it
	// (Constants.Subtract).
	Level, Reset []int32
}

// Done is the counts of an update.
type Done struct {
	// Active neurons changed their potential or fired, Saturated sums did not fit.
	Active, Saturated int64
	// Spikes are the neurons that fired.
	Spikes int64
	// Resting neurons were refractory. Of these Discarded had an input and Biased a
	// drive.
	Resting, Discarded, Biased int64
}

// Add adds what was done in another update.
func (d *Done) Add(other *Done) {
	d.Active += other.Active
	d.Saturated += other.Saturated
	d.Spikes += other.Spikes
	d.Resting += other.Resting
	d.Discarded += other.Discarded
	d.Biased += other.Biased
}

// Neurons advances the neurons of a group: those that keep or leak their potential and
// fire above a level. Make one with NewNeurons.
type Neurons struct {
	set       Set
	constants Constants
	state     State
	step      step
}

// step is the arguments of an update in assembly, eight bytes to a field; core/kernel/asm has the
// offsets.
type step struct {
	potential, accumulator, drive, level, reset *int32
	refractory                                  *uint16
	fired                                       *uint64
	start, neurons                              int
	right, left                                 uint64
	// bound is the largest input, before the shift to the left.
	bound                  int64
	lowest, highest, floor int64
	// shift is that of a leak by a power of two, where digits is -1.
	shift    uint64
	digits   int64
	subtract int64
	done     Done
	// What follows is for many ticks: bytes from one to the next of sums and of sets, and
	// the counter of a neuron that fired.
	ticks, stride, rowBytes int
	changed                 *uint64
	rare                    *rare
	period                  int64
	// other is the second buffer of potentials.
	other *int32
	table [fixedpoint.MaxDecayDigits]digit
}

// digit is a shifted copy that is added or, where sign is -1, subtracted.
type digit struct {
	shift, _ uint64
	sign, _  int64
}

const (
	// maxState bounds what assembly takes as potential, drive and reset, and maxInput
	// what it takes as input: their sum is an int32.
	maxState = 1 << 28
	maxInput = 1 << 29
)

// NewNeurons prepares updates of neurons by a set of instructions. It keeps the slices,
// of which there is at least one entry.
func NewNeurons(set Set, c Constants, state State) *Neurons {
	n := &Neurons{set: set, constants: c, state: state}
	if !n.narrow() {
		n.set = Plain
	}
	n.step = step{
		potential: &state.Potential[0], drive: &state.Drive[0], level: &state.Level[0],
		reset: &state.Reset[0],
		right: uint64(c.Right), left: uint64(c.Left), bound: int64(maxInput) >> c.Left,
		lowest: int64(c.Lowest), highest: int64(c.Highest), floor: int64(c.Floor),
	}
	if c.Subtract {
		n.step.subtract = -1
	}
	n.step.setDecay(c.Decay)
	return n
}

// narrow reports whether 32 bits hold all sums. What enters from outside of the group,
// the input, is looked at in every update.
func (n *Neurons) narrow() bool {
	c := &n.constants
	return c.Lowest >= -maxState && c.Highest <= maxState && c.Floor <= maxState &&
		within(n.state.Drive, maxState) && within(n.state.Reset, maxState)
}

// within reports whether all values are in [-limit, limit].
func within(values []int32, limit int32) bool {
	for _, v := range values {
		if v < -limit || v > limit {
			return false
		}
	}
	return true
}

func (s *step) setDecay(d fixedpoint.Decay) {
	switch shift, leaks := d.Leak(); {
	case leaks:
		s.shift, s.digits = uint64(shift), -1
	case d.Factor() == 0: // 1 - 1
		s.table[1].sign, s.digits = -1, 2
	case d.Factor() != fixedpoint.DecayOne:
		for shift, minus := range d.Digits() {
			at := &s.table[s.digits]
			at.shift = uint64(shift)
			if minus {
				at.sign = -1
			}
			s.digits++
		}
	}
}

// Update adds what was summed for the neurons, which it clears, to their potentials,
// and tests and resets them. Neurons with a refractory counter that is not 0 take no
// input and count it down; refractory is nil where there is none. fired has a bit per
// neuron, in whole words, and says who fired.
func (n *Neurons) Update(accumulator []int32, refractory []uint16, fired []uint64) Done {
	clear(fired)
	if len(accumulator) == 0 {
		return Done{}
	}
	s := &n.step
	s.done, s.neurons = Done{}, len(accumulator)
	s.accumulator, s.refractory, s.fired = &accumulator[0], nil, &fired[0]
	if refractory != nil {
		s.refractory = &refractory[0]
	}
	for s.start = 0; s.start < len(accumulator); {
		first := max(s.run(n.set), s.start)
		s.start = min(first+tail, len(accumulator))
		n.plain(first, s.start, accumulator, refractory, fired)
	}
	return s.done
}

// tail is how many neurons the plain loop takes where assembly stopped.
const tail = 16

// plain advances neurons first..last-1. It holds for potentials and inputs of any size.
func (n *Neurons) plain(first, last int, accumulator []int32, refractory []uint16, fired []uint64) {
	c, s, done := &n.constants, &n.state, &n.step.done
	for i := first; i < last; i++ {
		old := s.Potential[i]
		v := c.Decay.Apply(int64(old))
		input := int64(accumulator[i]) >> c.Right << c.Left
		accumulator[i] = 0
		if refractory != nil && refractory[i] > 0 {
			refractory[i]--
			done.rest(input, s.Drive[i])
		} else {
			v += input + int64(s.Drive[i])
		}
		kept := max(c.hold(v, done), c.Floor)
		changed := kept != old
		if kept > s.Level[i] {
			fired[i>>6] |= 1 << (i & 63)
			done.Spikes++
			changed = true
			kept = c.hold(c.back(kept, s.Reset[i]), done)
		}
		if changed {
			done.Active++
		}
		s.Potential[i] = kept
	}
}

// rest counts a refractory neuron with an input and a drive.
func (d *Done) rest(input int64, drive int32) {
	d.Resting++
	if input != 0 {
		d.Discarded++
	}
	if drive != 0 {
		d.Biased++
	}
}

// hold is the value of a sum in the register.
func (c *Constants) hold(v int64, done *Done) int32 {
	kept := min(max(v, int64(c.Lowest)), int64(c.Highest))
	if kept != v {
		done.Saturated++
	}
	return int32(kept)
}

// back is the potential after a reset.
func (c *Constants) back(v, reset int32) int64 {
	if c.Subtract {
		return int64(v) - int64(reset)
	}
	return int64(reset)
}
