package router

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestAgendas: the ring hands over what the priority queue does.
func TestAgendas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		queue, ring := newHeap(), newRing()
		now, id := int64(0), int32(0)
		for range rapid.IntRange(1, 60).Draw(t, "cycles") {
			for range rapid.IntRange(0, 5).Draw(t, "events") {
				ahead := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 3*buckets),
					rapid.Int64Range(buckets-1, buckets+1)).Draw(t, "ahead")
				queue.push(now+ahead, event{actor: id})
				ring.push(now+ahead, event{actor: id})
				id++
			}
			until := now + rapid.Int64Range(0, 2*buckets).Draw(t, "until")
			want, some := queue.next(until)
			got, ok := ring.next(until)
			require.Equal(t, some, ok)
			if !ok {
				continue
			}
			require.Equal(t, want, got)
			now = want
			for {
				want, some := queue.pop()
				got, ok := ring.pop()
				require.Equal(t, some, ok)
				require.Equal(t, want, got)
				if !ok {
					break
				}
			}
		}
	})
}

// TestAgendaDoesNotMatter: the mesh does the same with a calendar and a ring as
// with everything in the priority queue.
func TestAgendaDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, timing, forest, parcels := drawParcels(t)
		a, b := &script{parcels: slices.Clone(parcels)}, &script{parcels: slices.Clone(parcels)}
		a.run(m, timing, forest, newRing())
		b.run(m, timing, forest, newHeap())
		require.Equal(t, a.parcels, b.parcels)
		require.Equal(t, a.mesh.Load(), b.mesh.Load())
	})
}

// BenchmarkAgenda compares the calendar and the ring with the priority queue that
// they stand for, on the same traffic.
func BenchmarkAgenda(b *testing.B) {
	for _, c := range []struct {
		name string
		make func() agenda
		near int64
	}{
		{"calendar", func() agenda { return newRing() }, days},
		{"ring", func() agenda { return newRing() }, 1},
		{"queue", func() agenda { return newHeap() }, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := Mesh{Width: 8, Height: 8}
			t := &traffic{m: m, pattern: uniform, rate: 0.2, seed: 1}
			t.mesh = newClocked(m, plain(), nil, t, c.make(), c.near)
			var hops int64
			cpu := cpuSeconds(b)
			for b.Loop() {
				hops += t.run(2000).hops
			}
			b.ReportMetric(float64(hops)/(cpuSeconds(b)-cpu), "hops/CPU-s")
		})
	}
}
