//go:build !amd64 || purego

package kernel

import "adder/fixedpoint"

func detect() Set { return Plain }

func (s Set) addRows([]int32, *Rows, []int32) int { return 0 }

func (s Set) addEach([]int32, int32) int { return 0 }

func (s Set) list([]int32, []uint64, int32) (n int, ok bool) { return 0, false }

func (s Set) listSets([]int32, []int32, *Due) (n int, ok bool) { return 0, false }

func (s Set) takeParts([]uint16, []uint64, *Parts, []uint64) (needed int64, ok bool) {
	return 0, false
}

func (s Set) sumLists([]int32, int, int, *Rows, []int32, []int32) bool { return false }

func (s Set) ones([]uint64) (n int64, ok bool) { return 0, false }

func (s *step) run(Set) int { return 0 }

func (s Set) addEntries([]int32, []Synapse, []Run, []int32) bool { return false }

func (s Set) addTicks([]int16, []Synapse, []Run, []uint32) bool { return false }

func (s Set) takeTicks([]int32, int, int, []int16) int { return 0 }

func (s *step) runTicks() {}

func (s *step) runUntil() int { return 0 }

func (s Set) addSets([]int32, int, int, *Rows, *Due, []uint64) bool { return false }

func (s Set) countSets([]uint64, *Due) bool { return false }

func (s Set) sumSet([]uint64, []uint64) (sum uint64, ok bool) { return 0, false }

func (s Set) addLines([]int32, int, int, *Lines, *Due) bool { return false }

func (s Set) addPacked(*[packedLine]int32, *Packed, []int32, int) bool { return false }

func (s Set) addPackedSets([]int32, int, int, *Packed, *Due, []uint64) bool { return false }

const permutes = false

func spread([]uint64, int, int, *[256]uint8, []uint8) {}

func (s Set) draws(fixedpoint.Stream, uint64, []uint64, []uint64) int { return 0 }

func (s Set) below(fixedpoint.Stream, uint64, []uint64, []uint64, []uint64) (int64, bool) {
	return 0, false
}
