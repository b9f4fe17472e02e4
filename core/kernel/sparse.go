package kernel

import "math/bits"

// Synapse is an entry of a sparse row.
type Synapse struct {
	Neuron uint16
	Weight int16
}

// Run is a sparse row as a spike reaches it: Count entries from Start of their store on,
// for neurons that are counted from Base. A run of no entries has none anywhere.
type Run struct {
	Start       uint32
	Count, Base uint16
}

// MaxRun is the largest number of entries of a run.
const MaxRun = 1<<16 - 1

// Ticks is the number of ticks that AddTicks sums side by side.
const Ticks = 32

// AddEntries adds the entries of the chosen runs to sums. No run names a neuron twice.
func (s Set) AddEntries(sums []int32, entries []Synapse, runs []Run, chosen []int32) {
	if len(chosen) == 0 || len(entries) == 0 || s.addEntries(sums, entries, runs, chosen) {
		return
	}
	for _, c := range chosen {
		r := &runs[c]
		to := sums[r.Base:]
		for _, e := range entries[r.Start:][:r.Count] {
			to[e.Neuron] += int32(e.Weight)
		}
	}
}

// AddOnes adds the entry of each chosen number to its sum.
func AddOnes(sums []int32, entries []Synapse, chosen []int32) {
	for _, c := range chosen {
		e := entries[c]
		sums[e.Neuron] += int32(e.Weight)
	}
}

// AddTicks adds the entries of run i to the sums of the ticks of which masks[i] has a bit set, and
// clears masks. sums has Ticks sums of 16 bits for each neuron, which the caller has checked to be
// enough.
func (s Set) AddTicks(sums []int16, entries []Synapse, runs []Run, masks []uint32) {
	if len(masks) == 0 || len(entries) == 0 || s.addTicks(sums, entries, runs, masks) {
		return
	}
	for i, mask := range masks {
		r := &runs[i]
		for _, e := range entries[r.Start:][:r.Count] {
			to := sums[(int(r.Base)+int(e.Neuron))<<5:][:Ticks]
			for rest := mask; rest != 0; rest &= rest - 1 {
				to[bits.TrailingZeros32(rest)] += e.Weight
			}
		}
		masks[i] = 0
	}
}

// TakeTicks adds what AddTicks summed to rows of neurons sums, one row for each tick from the first
// on and at most Ticks, and clears it. narrow has a multiple of sixteen neurons.
func (s Set) TakeTicks(rows []int32, neurons, ticks int, narrow []int16) {
	first := s.takeTicks(rows, neurons, ticks, narrow)
	for n := first; n < neurons; n++ {
		from := narrow[n<<5:][:Ticks]
		at := n
		for k := range ticks {
			rows[at] += int32(from[k])
			at += neurons
		}
		clear(from)
	}
}
