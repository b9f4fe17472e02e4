package trace

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// fields splits a message into its fields.
func fields(t *testing.T, b []byte) map[protowire.Number][]any {
	out := map[protowire.Number][]any{}
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		require.NoError(t, protowire.ParseError(n))
		b = b[n:]
		switch kind {
		case protowire.VarintType:
			v, n := protowire.ConsumeVarint(b)
			require.NoError(t, protowire.ParseError(n))
			out[field], b = append(out[field], v), b[n:]
		case protowire.BytesType:
			v, n := protowire.ConsumeBytes(b)
			require.NoError(t, protowire.ParseError(n))
			out[field], b = append(out[field], v), b[n:]
		default:
			t.Fatalf("field %d has wire type %d", field, kind)
		}
	}
	return out
}

// TestPerfetto reads the trace back by the numbers of the published format,
// which are written out here once more.
func TestPerfetto(t *testing.T) {
	file, outcomes := run(t, "x.perfetto", chosen...)
	potentials, single := map[string][]int64{}, map[string]int{}
	names, counters := map[uint64]string{}, map[uint64]bool{}
	open, spans := map[uint64]uint64{}, map[string]uint64{}
	instants, ticksSeen := int64(0), 0
	for _, p := range fields(t, file)[1] {
		packet := fields(t, p.([]byte))
		require.Equal(t, []any{uint64(1)}, packet[10])
		if d := packet[60]; d != nil {
			track := fields(t, d[0].([]byte))
			uuid := track[1][0].(uint64)
			require.NotContains(t, names, uuid)
			names[uuid] = string(track[2][0].([]byte))
			if track[8] != nil {
				counters[uuid] = true
				require.EqualValues(t, 2, fields(t, track[8][0].([]byte))[3][0])
			}
			if len(names) > 1 {
				require.Contains(t, names, track[5][0].(uint64), "a parent stands before its child")
			}
			continue
		}
		time, event := packet[8][0].(uint64), fields(t, packet[11][0].([]byte))
		uuid := event[11][0].(uint64)
		require.Contains(t, names, uuid)
		switch event[9][0].(uint64) {
		case 1:
			require.NotContains(t, open, uuid, "slices of a track do not overlap")
			open[uuid] = time
			if strings.HasPrefix(string(event[23][0].([]byte)), "tick ") {
				ticksSeen++
			}
		case 2:
			require.Greater(t, time, open[uuid])
			spans[names[uuid]] += time - open[uuid]
			delete(open, uuid)
		case 3:
			if strings.HasPrefix(names[uuid], "core") {
				instants++
			} else {
				require.Equal(t, names[uuid], string(event[23][0].([]byte))+" spikes")
				single[names[uuid]]++
			}
		case 4:
			require.True(t, counters[uuid])
			if strings.HasPrefix(names[uuid], "core") || strings.HasPrefix(names[uuid], "router") {
				require.Less(t, event[30][0].(uint64), uint64(1000))
			}
			potentials[names[uuid]] = append(potentials[names[uuid]], int64(event[30][0].(uint64)))
		default:
			t.Fatal("an event of no type")
		}
	}
	require.Empty(t, open)
	var total, spikes, busy, hops int64
	for _, o := range outcomes {
		total += o.Cycles.Total
		spikes += o.Counts.Core.Spikes
		busy += o.Cycles.Busy[0] + o.Cycles.CoreStalls
		hops += o.Counts.Traffic.Hops.Total()
	}
	const cycle = 2 // ns
	require.EqualValues(t, cycle*total, spans["ticks"])
	require.EqualValues(t, cycle*total, spans["samples"])
	for n := range hidden {
		fired, want := 0, []int64{}
		for _, o := range outcomes {
			for tick := range ticks {
				want = append(want, int64(o.Potentials[0][tick*hidden+n]))
				if o.Spikes[0].Get(tick, n) {
					fired++
				}
			}
			// a tick beyond the input's
			want = append(want, potentials[fmt.Sprintf("hidden:%d v", n)][len(want)])
		}
		require.Equal(t, want, potentials[fmt.Sprintf("hidden:%d v", n)])
		require.Equal(t, fired, single[fmt.Sprintf("hidden:%d spikes", n)])
	}
	require.Equal(t, spikes, instants)
	require.EqualValues(t, len(outcomes)*int(outcomes[0].Counts.Ticks), ticksSeen)
	resets := int64(2 * 2 * hidden) // v and A, in each sample
	require.EqualValues(t, cycle*(busy+resets), spans["core 1,1"])
	for name, span := range spans {
		if strings.HasPrefix(name, "link") {
			hops -= int64(span) / cycle
		}
	}
	require.Zero(t, hops, "each hop is a cycle of a link")
}

// A cycle takes a nanosecond or more, rounded down where it is no whole number of them.
func TestNanoseconds(t *testing.T) {
	for _, c := range []struct {
		hertz int64
		words string
		time  uint64 // of cycle 7
	}{
		{500e6, "", 14}, {1e9, "", 7}, {1, "", 7e9}, {400e6, "", 17}, {300e6, "", 23},
		{10e9, ", shown 10 times slower", 7}, {3e9, ", shown 10 times slower", 23},
	} {
		clock := newNanoseconds(c.hertz)
		require.Equal(t, c.words, clock.words(), "%d Hz", c.hertz)
		require.Equal(t, c.time, clock.at(7), "%d Hz", c.hertz)
	}
}
