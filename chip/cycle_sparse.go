package chip

import (
	"adder/chip/profile"
	"adder/core"
)

// sparseTime is the time of a sparse row after its start; its entries are consecutive in memory,
// each a number of bits wide. With a word come the entries that end in it. They are added in
// parallel as far as their accumulators are in different banks, and the next word waits for the
// last of them.
//
// Where an axon entry moves the row it moves all entries alike, so the time is that of
// the row.
func sparseTime(t *profile.CoreTiming, bits int64, entries []core.Synapse) int64 {
	var time, next int64 // next is the first word that was not read
	in := make([]int64, t.Lanes)
	for first := 0; first < len(entries); {
		word := (int64(first+1)*bits - 1) / t.MemoryWord
		last := first
		for last < len(entries) && (int64(last+1)*bits-1)/t.MemoryWord == word {
			last++
		}
		turns := fullestBank(in, entries[first:last])
		time += (word-next)*int64(t.MemoryCycle) + max(int64(t.MemoryCycle),
			turns*int64(t.SparseStep))
		first, next = last, word+1
	}
	return time
}

// fullestBank is the most entries whose accumulators share a bank. in has a counter
// of 0 for each bank, and is left so.
func fullestBank(in []int64, entries []core.Synapse) int64 {
	var most int64
	for _, e := range entries {
		bank := int(e.Neuron) % len(in)
		in[bank]++
		most = max(most, in[bank])
	}
	for _, e := range entries {
		in[int(e.Neuron)%len(in)] = 0
	}
	return most
}
