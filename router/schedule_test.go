package router

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// entry is a spike in the naive schedule: a list that is sorted when asked.
type entry struct {
	due  int32
	core Core
	axon int32
}

// popNaive removes the spikes of the first tick and core due by t.
func popNaive(list []entry, t int32) (rest []entry, core Core, axons []int32, ok bool) {
	slices.SortStableFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.core, b.core))
	})
	if len(list) == 0 || list[0].due > t {
		return list, 0, nil, false
	}
	first := list[0]
	for len(list) > 0 && list[0].due == first.due && list[0].core == first.core {
		axons = append(axons, list[0].axon)
		list = list[1:]
	}
	return list, first.core, axons, true
}

// TestScheduleMatchesASortedList mixes additions, with delays beyond what a
// wheel tells apart, and pops, and adds while a batch is lent.
func TestScheduleMatchesASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const cores = 5
		s := NewSchedule(cores)
		var naive []entry
		now := int32(0)
		add := func(t *rapid.T) {
			e := entry{
				due: now + rapid.OneOf(rapid.Int32Range(0, 3), rapid.Int32Range(0, 62),
					rapid.Int32Range(0, 300)).Draw(t, "delay"),
				core: Core(rapid.Int32Range(0, cores-1).Draw(t, "core")),
				axon: rapid.Int32Range(0, 99).Draw(t, "axon"),
			}
			s.Add(e.due, e.core, e.axon)
			naive = append(naive, e)
		}
		t.Repeat(map[string]func(*rapid.T){
			"add":  add,
			"more": func(t *rapid.T) { add(t); add(t); add(t) },
			"tick": func(t *rapid.T) {
				now += rapid.Int32Range(0, 5).Draw(t, "pass")
				for {
					rest, wantCore, want, wantOK := popNaive(naive, now)
					naive = rest
					core, axons, ok := s.Pop(now)
					require.Equal(t, wantOK, ok)
					if !ok {
						return
					}
					add(t)
					require.Equal(t, wantCore, core)
					require.Equal(t, want, axons)
				}
			},
			"reset": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "really") == 0 {
					s.Reset()
					naive, now = nil, 0
				}
			},
			"": func(t *rapid.T) {
				due, ok := s.NextDue()
				require.Equal(t, len(naive) > 0, ok)
				if ok {
					want := slices.MinFunc(naive, func(a, b entry) int {
						return cmp.Compare(a.due, b.due)
					}).due
					require.Equal(t, want, due)
				}
			},
		})
	})
}

func TestScheduleExtremes(t *testing.T) {
	s := NewSchedule(2)
	s.Add(math.MaxInt32, 1, math.MaxInt32)
	s.Add(math.MaxInt32, 0, 0)
	_, _, ok := s.Pop(math.MaxInt32 - 1)
	require.False(t, ok)
	core, axons, ok := s.Pop(math.MaxInt32)
	require.True(t, ok)
	require.Equal(t, Core(0), core)
	require.Equal(t, []int32{0}, axons)
	s.Reset()
	_, ok = s.NextDue()
	require.False(t, ok)
}

// TestScheduleAllocatesNothing runs ticks of changing load after a first round.
func TestScheduleAllocatesNothing(t *testing.T) {
	s := NewSchedule(40)
	now := int32(0)
	round := func() {
		for tick := range int32(20) {
			for core := range Core(40) {
				for axon := range int32(10) + tick {
					s.Add(now+1+axon&7, core, axon)
				}
			}
			now++
			for _, _, ok := s.Pop(now); ok; _, _, ok = s.Pop(now) {
			}
		}
		s.Reset()
	}
	round()
	round()
	require.Zero(t, testing.AllocsPerRun(5, round))
}

// BenchmarkSchedule asks what a spike costs from Add to Pop, on a chip of some
// cores that each hear some spikes per tick.
func BenchmarkSchedule(b *testing.B) {
	for _, c := range []struct {
		cores, spikes, delays int32
	}{{16, 100, 1}, {128, 100, 1}, {128, 10, 1}, {128, 10, 32}} {
		b.Run(fmt.Sprintf("cores=%d/spikes=%d/delays=%d", c.cores, c.spikes, c.delays),
			func(b *testing.B) {
				s := NewSchedule(int(c.cores))
				b.ReportAllocs()
				var now, delay int32
				for n := 0; n < b.N; {
					for core := range Core(c.cores) {
						for axon := range c.spikes {
							s.Add(now+1+delay, core, axon)
							n++
						}
						if delay++; delay >= c.delays {
							delay = 0
						}
					}
					now++
					for _, _, ok := s.Pop(now); ok; _, _, ok = s.Pop(now) {
					}
				}
			})
	}
}
