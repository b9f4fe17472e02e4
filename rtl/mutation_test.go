package rtl

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mutation is a fault of the hardware in one place.
type mutation struct{ what, file, old, new string }

// mutations are faults that the test bench must see, every one of them, in some image.
var mutations = []mutation{
	{"the turn does not go around", "outlet.v",
		"else if (valid) above <= ~(grant | (grant - 5'd1));", ""},
	{"the host goes before spikes", "outlet.v", "wire [4:0] spikes = want & ~host;",
		"wire [4:0] spikes = want & host;"},
	{"classes count for nothing", "outlet.v", "|spikes ? spikes : want", "want"},
	{"a full FIFO takes one more", "fifo.v", "assign full  = count == LAST[COUNT-1:0] + 1'b1;",
		"assign full = 1'b0;"},
	{"a credit too many", "credit.v", "count <= ALL[BITS-1:0];", "count <= ALL[BITS-1:0] + 1'b1;"},
	{"a credit comes late", "inlet.v", "assign give = pop;",
		"reg late; always @(posedge clk) late <= pop && !clear; assign give = late;"},
	{"a branch is forgotten", "router.v", "wire [4:0] left = want[i*5+:5] & ~",
		"wire [4:0] left = 5'd0 & ~"},
	{"the host enters before the core", "router.v", "assign host_take = room && host_valid && " +
		"!fifo_valid;", "assign host_take = room && host_valid;"},
	{"a packet waits a cycle in an empty FIFO", "fifo.v", "assign some  = !empty || push;",
		"assign some = !empty;"},
	{"no early start", "core.v", "turn) && EARLY != 0", "turn) && EARLY == 0"},
	{"work goes on behind what is due", "core.v", "(state == WORKS ? popped != mark : some)",
		"some"},
	{"the window is open too long", "core.v", "tick < {16'd0, DEPTHS[r*16+:16]} + {",
		"tick <= {16'd0, DEPTHS[r*16+:16]} + {"},
	{"deliveries outside the window stay", "synapses.v", "add <= found && to && takes && !clear;",
		"add <= found && to && !clear;"},
	{"accumulators are not emptied", "synapses.v", ".we(wipe || mine || add)", ".we(wipe || add)"},
	{"a row is not rotated", "synapses.v", "if (first[LOG-1:0] == r[LOG-1:0]) turned",
		"if (1'b0) turned"},
	{"a rotated row does not carry", "synapses.v", "group + {{(BANK - 1) {1'b0}}, behind_turn}",
		"group"},
	{"an entry takes a cycle longer", "synapses.v", "at == final_cycle;",
		"at == final_cycle + 1'b1;"},
	{"weights have no sign", "synapses.v", "{(SUM - ADDEND) {addend[ADDEND-1]}}",
		"{(SUM - ADDEND) {1'b0}}"},
	{"at least the threshold", "membrane.v", "wire above = v4 > level4 ||",
		"wire above = v4 >= level4 ||"},
	{"no refractory period", "membrane.v", "if (rest2 != {REST{1'b0}}) drive2 = {WIDE{1'b0}};", ""},
	{"no floor", "membrane.v", "HAS_FLOOR[f3] && limited3", "1'b0 && limited3"},
	{"the leak has one sign", "membrane.v", "sum3 = sum_v3[WIDE-1] ?", "sum3 = 1'b0 ?"},
	{"the bias goes into the wrong sum", "membrane.v", "if (!BIAS_TO_CURRENT[k2] && (",
		"if (1'b1 && ("},
	{"every reset is to a value", "membrane.v", "after = SUBTRACTS[k4] || CODED[k4] ? subtracted " +
		": reset4;", "after = reset4;"},
	{"sums above the bound wrap", "limit.v", "x > TOP ? TOP[WIDTH-1:0]", "1'b0 ? TOP[WIDTH-1:0]"},
	{"decays round down", "decay.v", "assign y = x[WIDTH-1] ? ~kept + 1'b1 : kept;",
		"assign y = x[WIDTH-1] ? ~kept : kept;"},
	{"a slot is a cycle longer", "neurons.v", "phase <= PAUSE[PHASE-1:0];",
		"phase <= PAUSE[PHASE-1:0] + 1'b1;"},
	{"the pipeline goes on while a packet is formed", "neurons.v",
		"assign frozen = wait_for != {WAIT{1'b0}} || (pending && full);", "assign frozen = " +
			"pending && full;"},
	{"the routes take no time", "neurons.v", "wait_for <= READ[WAIT-1:0];",
		"wait_for <= {{(WAIT - 1) {1'b0}}, 1'b1} + {WAIT{READ == 1}};"},
	{"the barrier is a cycle shorter", "barrier.v", "left <= FIRST[BITS-1:0];",
		"left <= FIRST[BITS-1:0] - (CYCLES > 2);"},
	{"currents are kept over samples", "neurons.v", ".wdata(loads ? {CURRENT{1'b0}} : next_u)",
		".wdata(loads ? u : next_u)"},
}

// moreMutations are those of what images have that are drawn with more.
var moreMutations = []mutation{
	{"the excluded neuron is reached", "synapses.v", "target < beyond && target != excluded",
		"target < beyond"},
	{"all others are one more", "synapses.v", "target < beyond && target",
		"target <= beyond && target"},
	{"what is held comes a tick late", "ring.v", "wire [DELAY-1:0] put_at = now + put_for;",
		"wire [DELAY-1:0] put_at = now + put_for + 1'b1;"},
	{"a list is read twice", "ring.v", "counts[now] <= {PLACE{1'b0}};", ""},
	{"what arrives comes before what is held", "core.v", "wire take = may && !first_held && some;",
		"wire take = may && some;"},
	{"what is held is read in no time", "core.v", "assign held_start = passes[DELAY_READ-1];",
		"assign held_start = passes[0];"},
	{"the bias counts in each tick of a window", "membrane.v", "(!CODED[k2] || closes[k2])",
		"1'b1"},
	{"digits are not doubled", "membrane.v", "if (RADIX[k2]) drive2 = drive2",
		"if (1'b0) drive2 = drive2"},
	{"a closed window integrates", "membrane.v", "if (!gathers[k2])", "if (1'b0)"},
	{"digits have one threshold", "membrane.v", "threshold4 <<< digit4", "threshold4"},
	{"a digit is above its threshold", "membrane.v", "|| (coded4 && v4 == level4)", ""},
	{"an open window sends", "membrane.v", "(!CODED[k4] || sends[k4])", "1'b1"},
}

// TestMutationsAreInOnePlace: each fault still has a place in the hardware, and one.
func TestMutationsAreInOnePlace(t *testing.T) {
	for _, m := range slices.Concat(mutations, moreMutations) {
		text, err := shipped.ReadFile("verilog/" + m.file)
		require.NoError(t, err, m.what)
		require.Equal(t, 1, strings.Count(string(text), m.old), m.what)
	}
}

// TestMutationsAreCaught puts each fault into the hardware of some images: the test
// bench fails in one of them at least.
func TestMutationsAreCaught(t *testing.T) {
	need(t, "iverilog", "make")
	if !full() && os.Getenv("ADDER_RTL") != "short" {
		t.Skip("set ADDER_RTL=short for some faults, full for all")
	}
	const images = 20
	dirs := make([]string, images)
	for n := range dirs {
		c, trains := load(t, uint64(n))
		dirs[n] = t.TempDir()
		_, err := Export(t.Context(), c, 0, trains, dirs[n])
		require.NoError(t, err)
	}
	// A third of the images is crowded and another has more: those first that show it.
	from := func(first int) (order []string) {
		for kind := range 3 {
			for n := (first + kind) % 3; n < images; n += 3 {
				order = append(order, dirs[n])
			}
		}
		return order
	}
	for k, m := range slices.Concat(mutations, moreMutations) {
		order := from(2)
		if k >= len(mutations) {
			order = from(1)
		}
		if !full() && k%8 != 0 {
			continue
		}
		t.Run(m.what, func(t *testing.T) {
			shows := func(dir string) bool { return caught(t, dir, m.file, m.old, m.new) }
			require.True(t, slices.ContainsFunc(order, shows), "no image shows it")
		})
	}
}

// caught reports whether the test bench of a folder fails with a text replaced, which
// stands there once.
func caught(t *testing.T, dir, file, old, new string) bool {
	path := filepath.Join(dir, file)
	sound, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(sound), old), "%s has %q once", file, old)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(sound), old, new, 1)),
		0o644))
	out, err := run(t, dir, "sim", "LIMIT=20000")
	require.NoError(t, os.WriteFile(path, sound, 0o644))
	if err != nil {
		require.Contains(t, out, "FAIL", "the fault can be simulated")
	}
	return err != nil
}
