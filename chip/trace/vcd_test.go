package trace

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// dump is a value change dump that has been read.
type dump struct {
	timescale string
	changes   map[string][]change // by full name; time in cycle
	end       int64
}

// readVCD reads a dump strictly: declarations before use, widths kept, times
// that rise.
func readVCD(t *testing.T, file []byte) *dump {
	d := &dump{changes: map[string][]change{}}
	type signal struct {
		name  string
		width int
	}
	signals := map[string]signal{}
	var scope []string
	lines := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")
	k := 0
	for ; ; k++ {
		words := strings.Fields(lines[k])
		require.Equal(t, "$end", words[len(words)-1], lines[k])
		if words[0] == "$enddefinitions" {
			break
		}
		switch words[0] {
		case "$scope":
			require.Equal(t, "module", words[1])
			scope = append(scope, words[2])
		case "$upscope":
			scope = scope[:len(scope)-1]
		case "$timescale":
			d.timescale = strings.Join(words[1:len(words)-1], " ")
		case "$var":
			require.Len(t, words, 6)
			width, err := strconv.Atoi(words[2])
			require.NoError(t, err)
			require.NotContains(t, signals, words[3])
			signals[words[3]] = signal{name: strings.Join(append(scope, words[4]), "."),
				width: width}
		}
	}
	require.Empty(t, scope)
	now := int64(-1)
	for _, line := range lines[k+1:] {
		switch {
		case line == "$dumpvars" || line == "$end":
		case line[0] == '#':
			next, err := strconv.ParseInt(line[1:], 10, 64)
			require.NoError(t, err)
			require.Greater(t, next, now, "times rise")
			now = next
		default:
			value, id := line[:1], line[1:]
			if line[0] == 'b' {
				value, id, _ = strings.Cut(line[1:], " ")
			}
			s, ok := signals[id]
			require.True(t, ok, line)
			require.LessOrEqual(t, len(value), s.width)
			n := int64(-1 << 62)
			if value != "x" {
				u, err := strconv.ParseUint(value, 2, 64)
				require.NoError(t, err)
				if n = int64(u); s.width == 32 {
					n = int64(int32(u))
				}
			}
			d.changes[s.name] = append(d.changes[s.name], change{cycle: now, value: n})
		}
	}
	d.end = now
	return d
}

// untold gives the value before the first time that of the dump's beginning.
func untold(changes []change) []change {
	out := append([]change{}, changes...)
	out[0].cycle = max(out[0].cycle, 0)
	return out
}

// rises counts the changes to 1.
func rises(changes []change) int {
	n := 0
	for _, c := range changes {
		if c.value == 1 {
			n++
		}
	}
	return n
}

func TestVCD(t *testing.T) {
	file, outcomes := run(t, "x.vcd", chosen...)
	d := readVCD(t, file)
	require.Equal(t, "1 ns", d.timescale)
	total := int64(0)
	for _, o := range outcomes {
		total += o.Cycles.Total
	}
	require.Equal(t, 2*total, d.end, "cycles of 2 ns")
	require.Equal(t, []change{{cycle: 0, value: -1 << 62}, {cycle: 0, value: 0},
		{cycle: 2 * outcomes[0].Cycles.Total, value: 1}}, untold(d.changes["chip.sample"]))
	var seen []int64
	for _, c := range d.changes["chip.tick"] {
		seen = append(seen, c.value)
	}
	chipTicks := outcomes[0].Counts.Ticks
	require.Len(t, seen, 2*int(1+chipTicks), "the reset and the ticks of two samples")
	for i, tick := range seen {
		require.Equal(t, int64(i)%(1+chipTicks)-1, tick)
	}
	require.Contains(t, string(file), "$comment core_1_1 0-8: hidden 0-8 $end\n")
	spikes := 0
	for n := range hidden {
		name := fmt.Sprintf("chip.core_1_1.hidden_%d", n)
		want := 0
		for _, o := range outcomes {
			for tick := range ticks {
				if o.Spikes[0].Get(tick, n) {
					want++
				}
			}
		}
		require.Equal(t, want, rises(d.changes[name+"_spike"]), name)
		spikes += want
		// Only changes are written: drop what repeats from what is expected.
		potentials := []int64{-1 << 62}
		for _, o := range outcomes {
			for tick := range ticks {
				if v := int64(o.Potentials[0][tick*hidden+n]); v != potentials[len(potentials)-1] {
					potentials = append(potentials, v)
				}
			}
		}
		var got []int64
		for _, c := range d.changes[name+"_v"] {
			got = append(got, c.value)
		}
		require.Equal(t, potentials, without(got), name)
	}
	require.Positive(t, spikes)
	require.Contains(t, d.changes, "chip.core_3_3.out_put_1_spike")
	require.NotContains(t, d.changes, "chip.core_3_3.out_put_0_spike")
	deepest := int64(0)
	for _, c := range d.changes["chip.core_1_1.queue"] {
		require.GreaterOrEqual(t, c.value, int64(0))
		deepest = max(deepest, c.value)
	}
	require.Positive(t, deepest)
	for _, name := range []string{"queue", "state"} {
		changes := d.changes["chip.core_1_1."+name]
		require.Greater(t, len(changes), 2, name)
		require.Zero(t, changes[len(changes)-1].value, name)
	}
}

// without drops what equals the value before it.
func without(values []int64) []int64 {
	var out []int64
	for i, v := range values {
		if i == 0 || v != values[i-1] {
			out = append(out, v)
		}
	}
	return out
}

func TestTimescale(t *testing.T) {
	for _, c := range []struct {
		hertz int64
		text  string
		time  uint64 // of cycle 7
	}{
		{500e6, "1 ns", 14}, {10e9, "100 ps", 7}, {1e9, "1 ns", 7}, {1, "1 s", 7},
		{1e12, "1 ps", 7}, {400e6, "100 ps", 175},
		{300e6, "1 fs", 23333333}, {100, "10 ms", 7},
	} {
		scale := newTimescale(c.hertz)
		require.Equal(t, c.text, scale.text, "%d Hz", c.hertz)
		require.Equal(t, c.time, scale.time(7), "%d Hz", c.hertz)
	}
}

func TestIdentifiersDiffer(t *testing.T) {
	seen := map[string]bool{}
	for n := range 94*94 + 200 {
		id := identifier(n)
		require.False(t, seen[id], "%d: %s", n, id)
		seen[id] = true
		for _, b := range []byte(id) {
			require.True(t, b >= '!' && b <= '~')
		}
	}
}
