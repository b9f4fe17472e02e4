package trace

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"adder/chip"
	"adder/chip/profile"
	"adder/core"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// keep is a folder to leave the traces of the tests in, for other tools.
var keep = flag.String("keep", "", "folder to leave traces in")

const sources, hidden, outputs, ticks = 12, 9, 4, 5

// image is a network of two layers on two cores, some way apart.
func image(t *testing.T) *layout.Image {
	p, err := profile.Load("adder")
	require.NoError(t, err)
	img := &layout.Image{
		Model: "two layers", Chip: layout.Chip{Name: "adder", Profile: p.Text()},
		Routes: router.Table{Mesh: router.Mesh{Width: 8, Height: 8},
			Neurons: make([]router.Routes, 64)},
		Input:   layout.Input{Name: "in", Shape: []int32{sources}},
		Encoder: layout.Encoder{Kind: "spikes", Ticks: ticks},
		Readout: layout.Readout{Kind: layout.ReadoutCount, Population: 1, Classes: outputs},
	}
	img.Routes.Ports = []router.PortRoutes{{Name: "host", Routes: routes(9, sources)}}
	img.Routes.Neurons[9], img.Routes.Neurons[27] = routes(27,
		hidden), router.Routes{Start: make([]int32, outputs+1)}
	place(img, 9, "hidden", sources, hidden, 0)
	place(img, 27, "out-put", hidden, outputs, hidden)
	return img
}

// routes are those of sources that each have an axon entry of their own.
func routes(to router.Core, sources int) router.Routes {
	r := router.Routes{Start: []int32{0}}
	for i := range sources {
		r.Dests, r.Start = append(r.Dests, router.Dest{Core: to, Axon: int32(i)}), append(r.Start,
			int32(i+1))
	}
	return r
}

func place(img *layout.Image, tile router.Core, name string, from, to int, number uint32) {
	r := rand.New(rand.NewPCG(uint64(tile), 1))
	p := len(img.Populations)
	cfg := core.Config{
		Widths: core.Widths{Potential: 24, Current: 24, IndexBits: 10},
		Groups: []core.Group{{Count: int32(to), Population: int32(p), Depth: int32(p),
			DecayV: 3000}},
	}
	for n := range to {
		cfg.Threshold, cfg.Bias, cfg.Reset = append(cfg.Threshold, 10), append(cfg.Bias,
			0), append(cfg.Reset, 0)
		cfg.V0, cfg.ID = append(cfg.V0, 0), append(cfg.ID, number+uint32(n))
	}
	for i := range from {
		cfg.Axons = append(cfg.Axons, core.Axon{Row: int32(i)})
		cfg.Rows = append(cfg.Rows, core.Row{WeightBits: 8, Count: int32(to), Exclude: -1,
			Offset: int64(len(cfg.Dense8))})
		for range to {
			cfg.Dense8 = append(cfg.Dense8, int8(r.IntN(24)-6))
		}
	}
	img.Cores = append(img.Cores, layout.PlacedCore{Tile: tile, Config: cfg})
	img.Populations = append(img.Populations, layout.Population{
		Name: name, Shape: []int32{int32(to)}, Depth: int32(p), Spikes: true,
		Segments: []layout.Segment{{Tile: tile, Count: int32(to)}},
	})
}

// chosen are the neurons that tests show one by one.
var chosen = []Neurons{{Population: 0, First: 0, Last: hidden - 1},
	{Population: 1, First: 1, Last: 2}, {Population: 1, First: 2, Last: 2}}

// run traces two samples to a file and returns it with what the samples did.
func run(t *testing.T, name string, neurons ...Neurons) (file []byte, outcomes []*chip.Outcome) {
	c, err := chip.Load(image(t))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), name)
	w, err := Create(path, c, Options{Neurons: neurons})
	require.NoError(t, err)
	opts := chip.Options{Spikes: []int{0, 1}, Potentials: []int{0, 1}}
	e, err := c.NewCycle(opts, w)
	require.NoError(t, err)
	plain, err := c.NewCycle(opts, nil)
	require.NoError(t, err)
	for number := range uint64(2) {
		train := spike.NewTrain(sources, ticks)
		r := rand.New(rand.NewPCG(number, 5))
		for tick := range ticks {
			for i := range sources {
				if r.IntN(3) == 0 {
					train.Set(tick, i)
				}
			}
		}
		sample := &chip.Sample{Number: number, Spikes: train}
		o, err := e.Run(t.Context(), sample)
		require.NoError(t, err)
		want, err := plain.Run(t.Context(), sample)
		require.NoError(t, err)
		require.Equal(t, want, o, "a trace changes nothing")
		outcomes = append(outcomes, o)
	}
	_, err = os.Stat(path)
	require.ErrorIs(t, err, os.ErrNotExist, "the file appears when it is whole")
	require.NoError(t, w.Close())
	file, err = os.ReadFile(path)
	require.NoError(t, err)
	if *keep != "" {
		require.NoError(t, os.WriteFile(filepath.Join(*keep, name), file, 0o644))
	}
	return file, outcomes
}

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

func TestMessages(t *testing.T) {
	file, outcomes := run(t, "x.csv")
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, strings.Split(strings.TrimSpace(messagesHeader), ","), rows[0])
	var packets, hops int64
	for _, o := range outcomes {
		packets += o.Counts.Traffic.Packets
		hops += o.Counts.Traffic.Hops.Total()
	}
	require.Len(t, rows[1:], int(packets), "each packet has one core to go to")
	p, err := profile.Load("adder")
	require.NoError(t, err)
	r := p.Timing.Router
	for _, row := range rows[1:] {
		n := make([]int64, len(row))
		for i, text := range row {
			if i != 2 && i != 12 {
				n[i], err = strconv.ParseInt(text, 10, 64)
				require.NoError(t, err)
			}
		}
		send, arrive, wait, links := n[8], n[9], n[10], n[11]
		alone := 2*int64(r.Local) + (links+1)*int64(r.Pipeline) + links*int64(r.East)
		require.Equal(t, alone, arrive-send-wait, "%v", row)
		require.GreaterOrEqual(t, wait, int64(0))
		hops -= links
		if row[2] == "host" {
			require.Equal(t, []string{"0", "0", "1", "1"}, row[4:8])
			require.Equal(t, []string{"in", row[3]}, row[12:])
		} else {
			require.Equal(t, []string{"1", "1", "3", "3"}, row[4:8])
			require.Equal(t, []string{"hidden", row[3]}, row[12:])
		}
	}
	require.Zero(t, hops)
}

// Of chosen neurons there are the messages that they send.
func TestMessagesOfNeurons(t *testing.T) {
	all, _ := run(t, "all.csv")
	some, _ := run(t, "some.csv", Neurons{Population: 0, First: 3, Last: 4})
	want := []string{strings.TrimSpace(messagesHeader)}
	for line := range strings.Lines(string(all)) {
		if strings.HasSuffix(line, ",hidden,3\n") || strings.HasSuffix(line, ",hidden,4\n") {
			want = append(want, strings.TrimSpace(line))
		}
	}
	require.Greater(t, len(want), 2)
	require.Equal(t, want, strings.Split(strings.TrimSpace(string(some)), "\n"))
}

func TestCellsAreQuoted(t *testing.T) {
	require.Equal(t, `"a,""b"""`, cell(`a,"b"`))
	require.Equal(t, "conv", cell("conv"))
	require.Equal(t, "a\uFFFD", cell("a\xff"))
}

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

func TestCreateRefuses(t *testing.T) {
	c, err := chip.Load(image(t))
	require.NoError(t, err)
	dir := t.TempDir()
	for _, bad := range []struct {
		name, want string
		opts       Options
	}{
		{"x.txt", "write .vcd (waveforms), .perfetto (time line) or .csv (messages)", Options{}},
		{"x.vcd", "core 2: the image has cores 0 to 1", Options{Cores: []int{2}}},
		{"x.vcd", "layer 2: the image has 2", Options{Neurons: []Neurons{{Population: 2}}}},
		{"x.vcd", "neurons 0 to 9 of layer hidden: it has 0 to 8",
			Options{Neurons: []Neurons{{Last: 9}}}},
		{"no/x.vcd", "no such file or directory", Options{}},
	} {
		_, err := Create(filepath.Join(dir, bad.name), c, bad.opts)
		require.ErrorContains(t, err, bad.want)
	}
	w, err := Create(filepath.Join(dir, "x.vcd"), c, Options{})
	require.NoError(t, err)
	w.Abort()
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
