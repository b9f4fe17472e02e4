package nir

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
	"adder/internal/outside"
	"adder/snn"
)

// dataFolder is where the outside test data lies, with the folder nir in
// it: networks of several tools with inputs and what they answer.
func dataFolder(t *testing.T) string {
	return outside.Folder(t, "nir")
}

// recording is an .npz file that holds inputs and expected outputs.
type recording struct {
	t    *testing.T
	file *npz.File
}

func openRecording(t *testing.T, path string) *recording {
	f, err := npz.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return &recording{t, f}
}

func (r *recording) array(name string) *npz.Array {
	a, err := r.file.Array(name)
	require.NoError(r.t, err)
	return a
}

func (r *recording) numbers(name string) []float64 {
	v, err := r.array(name).Float64s()
	require.NoError(r.t, err)
	return v
}

func (r *recording) integers(name string) []int {
	v, err := r.array(name).Int64s()
	require.NoError(r.t, err)
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}

// unpack turns packed bits, one row per sample and the first element in
// the highest bit, into [samples][ticks][size].
func (r *recording) unpack(name string, ticks, size int) [][][]uint8 {
	a := r.array(name)
	packed, err := a.Uint8s()
	require.NoError(r.t, err)
	stride := a.Shape[1]
	require.Equal(r.t, (ticks*size+7)/8, stride)
	out := make([][][]uint8, a.Shape[0])
	for n := range out {
		row := packed[n*stride:]
		out[n] = make([][]uint8, ticks)
		for t := range out[n] {
			out[n][t] = make([]uint8, size)
			for i := range size {
				bit := t*size + i
				out[n][t][i] = row[bit/8] >> (7 - bit%8) & 1
			}
		}
	}
	return out
}

// spikes reads the spikes of a node, which may be packed, as
// [samples][ticks][size].
func (r *recording) spikes(name string) [][][]uint8 {
	if r.file.Has(name + ".shape") {
		shape := r.integers(name + ".shape")
		return r.unpack(name, shape[1], snn.Shape(shape[2:]).Size())
	}
	a := r.array(name)
	values, err := a.Uint8s()
	require.NoError(r.t, err)
	return fold(values, a.Shape)
}

func fold[T any](values []T, shape []int) [][][]T {
	size := snn.Shape(shape[2:]).Size()
	out := make([][][]T, shape[0])
	for n := range out {
		for range shape[1] {
			out[n] = append(out[n], values[:size])
			values = values[size:]
		}
	}
	return out
}

// requireClose allows a relative difference of 1e-9.
func requireClose(t *testing.T, want, got []float64, msg string, args ...any) {
	require.Len(t, got, len(want))
	for i, w := range want {
		if math.Abs(w-got[i]) > 1e-9*math.Abs(w)+1e-13 {
			require.Failf(t, "values differ", "element %d: want %g, got %g; "+msg,
				append([]any{i, w, got[i]}, args...)...)
		}
	}
}

// network reads a file that must be understood.
func network(t *testing.T, path string, dt float64) *snn.Network {
	n, err := Read(path, Options{DT: dt})
	require.NoError(t, err)
	for _, w := range n.Warnings {
		t.Log("warning:", w)
	}
	return n
}

// replay runs every sample of a recording and compares outputs, spikes and
// potentials.
func replay(t *testing.T, model, record string) {
	rec := openRecording(t, record)
	n := network(t, model, rec.numbers("dt")[0])
	engine, err := snn.NewReference(n, snn.ReferenceOptions{})
	require.NoError(t, err)

	var probes snn.Probes
	for _, name := range rec.file.Names() {
		switch kind, node, _ := strings.Cut(name, "/"); {
		case strings.HasSuffix(name, ".shape"):
		case kind == "spk":
			probes.Spikes = append(probes.Spikes, node)
		case kind == "v":
			probes.Potentials = append(probes.Potentials, node)
		}
	}
	own := snn.Probes{Spikes: dotted(probes.Spikes), Potentials: dotted(probes.Potentials)}
	output := n.Nodes[n.Outputs()[0]].Name
	shape := rec.integers("input_shape")
	var results []*snn.Record
	for _, sample := range rec.unpack("input_bits", shape[1], snn.Shape(shape[2:]).Size()) {
		result, err := engine.RunSpikes(sample, own)
		require.NoError(t, err)
		results = append(results, result)
	}
	want := rec.array("out/" + output)
	values, err := want.Float64s()
	require.NoError(t, err)
	for s, sample := range fold(values, want.Shape) {
		for k, tick := range sample {
			requireClose(t, tick, results[s].Output[k], "output, sample %d, tick %d", s, k)
		}
	}
	for i, node := range probes.Spikes {
		for s, sample := range rec.spikes("spk/" + node) {
			require.Equal(t, sample, results[s].Spikes[own.Spikes[i]], "spikes of %s, sample %d",
				node, s)
		}
	}
	for i, node := range probes.Potentials {
		a := rec.array("v/" + node)
		values, err := a.Float64s()
		require.NoError(t, err)
		for s, sample := range fold(values, a.Shape) {
			for k, tick := range sample {
				requireClose(t, tick, results[s].Potentials[own.Potentials[i]][k],
					"potential of %s, sample %d, tick %d", node, s, k)
			}
		}
	}
	t.Logf("%d samples of %d ticks, %d spike and %d potential probes agree", len(results), shape[1],
		len(probes.Spikes), len(probes.Potentials))
}

// dotted names nodes of nested graphs as this package does.
func dotted(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strings.ReplaceAll(name, "/", ".")
	}
	return out
}

// TestPrimitives runs small graphs, one feature each, against values made
// by an interpreter of its own.
func TestPrimitives(t *testing.T) {
	models, err := filepath.Glob(filepath.Join(dataFolder(t), "synth", "*.nir"))
	require.NoError(t, err)
	require.NotEmpty(t, models)
	for _, model := range models {
		t.Run(strings.TrimSuffix(filepath.Base(model), ".nir"), func(t *testing.T) {
			replay(t, model, strings.TrimSuffix(model, ".nir")+".npz")
		})
	}
}

// TestPublicNetworks runs networks that the tools' repositories publish.
func TestPublicNetworks(t *testing.T) {
	root := dataFolder(t)
	records, err := filepath.Glob(filepath.Join(root, "cases", "*.npz"))
	require.NoError(t, err)
	require.NotEmpty(t, records)
	for _, record := range records {
		name := strings.TrimSuffix(filepath.Base(record), ".npz")
		t.Run(name, func(t *testing.T) {
			replay(t, filepath.Join(root, "public", strings.TrimSuffix(name, "__dt1")+".nir"),
				record)
		})
	}
}

// TestBrokenPublicNetworks: these were published with errors.
func TestBrokenPublicNetworks(t *testing.T) {
	root := dataFolder(t)
	tests := []struct{ file, want string }{
		{"NIRTorch__braille__ed8f57e", `node "lif2" (CubaLIF): tau_syn has shape 38, the signal 7`},
		{"NIR__braille__a7c67c3",
			`graph: edges (fc1, lif1), (lif1, fc2) name unknown node "lif1"; ` +
				`there is lif1.input, lif1.lif, lif1.output, lif1.w_rec`},
		{"NIR__braille_noDelay_noBias_subtract_subgraph__4b359ff",
			`graph "lif1": edges (input, lif), (lif, lin), (lif, output), (lin, lif) ` +
				`name unknown node "lif1.lif"; there is lif1`},
		{"NIR__braille_v2__50b2fc2", `name unknown node "lif1"; there is lif1.input`},
		{"NIR__braille_zero_subgraph__c5db44f", `graph "lif1": edges (input, lif), `},
		{"spyx__spyx_shd__8764a75",
			`node "linear" (Linear): weight has shape 128x64 (outputs x inputs), ` +
				`the signal 128; the weight may be stored transposed`},
	}
	broken := map[string]bool{}
	for _, tt := range tests {
		broken[tt.file] = true
		t.Run(tt.file, func(t *testing.T) {
			path := filepath.Join(root, "public", tt.file+".nir")
			_, err := Read(path, Options{})
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, path)
		})
	}
	models, err := filepath.Glob(filepath.Join(root, "public", "*.nir"))
	require.NoError(t, err)
	for _, model := range models {
		name := strings.TrimSuffix(filepath.Base(model), ".nir")
		_, err := os.Stat(filepath.Join(root, "cases", name+".npz"))
		require.Equal(t, broken[name], os.IsNotExist(err), "%s is either replayed or refused", name)
	}
}

// TestTrainingTool holds the engine against the spikes that snnTorch
// itself produced with the networks it trained, in float32.
func TestTrainingTool(t *testing.T) {
	for _, name := range []string{"dev_mlp_lif", "dev_rnn_leaky"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dataFolder(t), "snntorch", name)
			rec := openRecording(t, path+".npz")
			n := network(t, path+".nir", 0)
			engine, err := snn.NewReference(n, snn.ReferenceOptions{})
			require.NoError(t, err)
			hidden := "1"
			if _, ok := n.Find(hidden); !ok {
				hidden = "1.lif"
			}
			ticks := rec.integers("T")[0]
			shape := func(layer string) int { return rec.integers(layer + "_spike_shape")[2] }
			wantHidden := rec.unpack("L1_spike_bits", ticks, shape("L1"))
			wantOut := rec.unpack("L3_spike_bits", ticks, shape("L3"))
			labels := rec.integers("label")
			right := 0
			for s, sample := range rec.unpack("input_bits", ticks, rec.integers("input_shape")[0]) {
				result, err := engine.RunSpikes(sample, snn.Probes{Spikes: []string{hidden, "3"}})
				require.NoError(t, err)
				require.Equal(t, wantHidden[s], result.Spikes[hidden], "hidden spikes, sample %d",
					s)
				require.Equal(t, wantOut[s], result.Spikes["3"], "output spikes, sample %d", s)
				if mostSpikes(result.Output) == labels[s] {
					right++
				}
			}
			require.InDelta(t, rec.numbers("acc200")[0], float64(right)/float64(len(labels)), 1e-9,
				"accuracy")
		})
	}
}

// mostSpikes is the class that spiked most often, the lowest of several.
func mostSpikes(output [][]float64) int {
	counts := make([]float64, len(output[0]))
	for _, tick := range output {
		for i, z := range tick {
			counts[i] += z
		}
	}
	best := 0
	for i, c := range counts {
		if c > counts[best] {
			best = i
		}
	}
	return best
}

// TestDamagedNetworks damages files of every tool in 10,000 ways. None may
// make the reader panic, allocate a gigabyte or take a second.
func TestDamagedNetworks(t *testing.T) {
	root := dataFolder(t)
	var files [][]byte
	for _, folder := range []string{"public", "synth", "snntorch"} {
		models, err := filepath.Glob(filepath.Join(root, folder, "*.nir"))
		require.NoError(t, err)
		for _, model := range models {
			b, err := os.ReadFile(model)
			require.NoError(t, err)
			if len(b) < 400_000 { // the large one is 700 x 1200 weights and little else
				files = append(files, b)
			}
		}
	}
	require.Greater(t, len(files), 30)
	rng := rand.New(rand.NewPCG(7, 8))
	read := 0
	var slowest time.Duration
	var largest uint64
	for k := range 10_000 {
		b := damage(rng, files[k%len(files)])
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		if attempt(t, b) {
			read++
		}
		slowest = max(slowest, time.Since(start))
		runtime.ReadMemStats(&after)
		largest = max(largest, after.TotalAlloc-before.TotalAlloc)
		require.Less(t, largest, uint64(1<<30), "bytes allocated for file %d", k)
	}
	require.Less(t, slowest, 20*time.Second, "a hang: files take milliseconds")
	t.Logf("%d of 10000 can still be read; at most %.3f s and %d bytes allocated", read,
		slowest.Seconds(), largest)
}
