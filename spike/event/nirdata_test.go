package event

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

// h5 writes HDF5 files in their simplest form: superblock 0, object headers 1, links
// and attributes as messages, contiguous data.
type h5 struct{ b []byte }

// message is one of an object header, padded to 8 bytes.
func message(kind uint16, body []byte) []byte {
	body = append(body, make([]byte, -len(body)&7)...)
	out := binary.LittleEndian.AppendUint16(nil, kind)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(body)))
	return append(append(out, 0, 0, 0, 0), body...)
}

// object appends an object header and returns its address.
func (h *h5) object(messages ...[]byte) uint64 {
	at := uint64(len(h.b))
	all := bytes.Join(messages, nil)
	h.b = append(h.b, 1, 0)
	h.b = binary.LittleEndian.AppendUint16(h.b, uint16(len(messages)))
	h.b = binary.LittleEndian.AppendUint32(h.b, 1)
	h.b = binary.LittleEndian.AppendUint32(h.b, uint32(len(all)))
	h.b = append(append(h.b, 0, 0, 0, 0), all...)
	return at
}

func link(name string, to uint64) []byte {
	return message(6,
		binary.LittleEndian.AppendUint64(append([]byte{1, 0, byte(len(name))}, name...), to))
}

// typed gives the datatype message's body and the bytes of a value.
func typed(value any) (kind, b []byte) {
	var out bytes.Buffer
	switch v := value.(type) {
	case string:
		return []byte{0x13, 1, 0, 0, byte(len(v)), 0, 0, 0}, []byte(v)
	case []float64, float64:
		kind = []byte{0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xff, 3, 0, 0}
	case []int64, int64:
		kind = []byte{0x10, 8, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0}
	case []uint8:
		kind = []byte{0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0}
	default:
		panic(fmt.Sprintf("%T", value))
	}
	if err := binary.Write(&out, binary.LittleEndian, value); err != nil {
		panic(err)
	}
	return kind, out.Bytes()
}

func space(dims ...int) []byte {
	out := []byte{1, byte(len(dims)), 0, 0, 0, 0, 0, 0}
	for _, d := range dims {
		out = binary.LittleEndian.AppendUint64(out, uint64(d))
	}
	return out
}

// attribute is a message of version 3, whose parts are not padded.
func attribute(name string, value any) []byte {
	kind, b := typed(value)
	shape := space()
	out := []byte{3, 0}
	for _, n := range []int{len(name) + 1, len(kind), len(shape)} {
		out = binary.LittleEndian.AppendUint16(out, uint16(n))
	}
	out = append(append(out, 0), name...)
	out = append(append(append(append(out, 0), kind...), shape...), b...)
	return message(0x0c, out)
}

func (h *h5) dataset(value any, dims ...int) uint64 {
	kind, b := typed(value)
	at := uint64(len(h.b))
	h.b = append(append(h.b, b...), make([]byte, -len(b)&7)...)
	place := binary.LittleEndian.AppendUint64([]byte{3, 1}, at)
	place = binary.LittleEndian.AppendUint64(place, uint64(len(b)))
	return h.object(message(1, space(dims...)), message(3, kind), message(8, place))
}

// nirFile wraps an observable as nir.write_data does.
func nirFile(build func(h *h5) uint64) []byte {
	h := &h5{make([]byte, 96)}
	observable := build(h)
	observables := h.object(link("spikes", observable))
	node := h.object(attribute("__type__", "NIRNodeData"), link("observables", observables))
	nodes := h.object(link("in", node))
	root := h.object(attribute("__type__", "NIRGraphData"), link("nodes", nodes))
	head := append([]byte("\x89HDF\r\n\x1a\n"), 0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0)
	for _, v := range []uint64{0, math.MaxUint64, uint64(len(h.b)), math.MaxUint64, 0, root, 0,
		0, 0} {
		head = binary.LittleEndian.AppendUint64(head, v)
	}
	copy(h.b, head)
	return h.b
}

func gridFile(values []uint8, samples, ticks, neurons int, dt float64) []byte {
	return nirFile(func(h *h5) uint64 {
		data := h.dataset(values, samples, ticks, neurons)
		return h.object(attribute("__type__", "TimeGriddedData"), attribute("dt", dt),
			link("data", data))
	})
}

func listFile(idx []int64, times []float64, samples int, neurons int64, tMax float64) []byte {
	return nirFile(func(h *h5) uint64 {
		i := h.dataset(idx, samples, len(idx)/samples)
		t := h.dataset(times, samples, len(idx)/samples)
		return h.object(attribute("__type__", "EventData"), attribute("n_neurons", neurons),
			attribute("t_max", tMax), link("idx", i), link("time", t))
	})
}

// filled is what Fill gives of all samples, [samples][ticks][neurons].
func filled(t *testing.T, d *Data, dt float64) ([]float64, int64) {
	ticks, err := d.Ticks(dt)
	require.NoError(t, err)
	out, outside := make([]float64, d.Samples*ticks*d.Neurons), int64(0)
	for i := range d.Samples {
		n, err := d.Fill(i, dt, func(tick, neuron int, v float64) {
			out[(i*ticks+tick)*d.Neurons+neuron] += v
		})
		require.NoError(t, err)
		outside += n
	}
	return out, outside
}

func readBytes(b []byte, node string) (*Data, error) {
	return ReadData("x.nir", bytes.NewReader(b), int64(len(b)), node)
}

func TestDataGrid(t *testing.T) {
	values := []uint8{0, 1, 0, 1, 1, 0, 0, 0, 0, 2, 0, 1}
	d, err := readBytes(gridFile(values, 2, 3, 2, 0.002), "")
	require.NoError(t, err)
	require.Equal(t, "in", d.Node)
	require.Equal(t, "spikes", d.Observable)
	require.Equal(t, 0.002, d.DT)
	require.Equal(t, 6.0, d.Count())
	got, _ := filled(t, d, 1)
	require.Equal(t, []float64{0, 1, 0, 1, 1, 0, 0, 0, 0, 2, 0, 1}, got)
}

// TestDataList: tick t has the times above t dt, up to (t+1) dt, and time 0 is in the
// first; events of the index -1 are none.
func TestDataList(t *testing.T) {
	idx := []int64{0, 1, 0, 1, 2, -1}
	times := []float64{0, 0.001, 0.0011, 0.003, 0.0031, math.Inf(1)}
	d, err := readBytes(listFile(idx, times, 1, 3, 0.003), "")
	require.NoError(t, err)
	require.Zero(t, d.DT)
	require.Equal(t, 5.0, d.Count())
	got, outside := filled(t, d, 0.001)
	require.Equal(t, []float64{1, 1, 0, 1, 0, 0, 0, 1, 0}, got)
	require.Equal(t, int64(1), outside, "the one after t_max")
	_, err = d.Ticks(1)
	require.ErrorContains(t, err, "give another length of a tick")
	_, err = d.Ticks(1e-20)
	require.ErrorContains(t, err, "give another length of a tick")
}

func TestDataRefuses(t *testing.T) {
	grid := gridFile(make([]uint8, 4), 1, 2, 2, 1)
	for _, c := range []struct {
		name, node string
		file       []byte
		want       string
	}{
		{"another node", "out", grid, `no node "out": the file has ["in"]`},
		{"no data", "", bytes.Replace(grid, []byte("NIRGraphData"), []byte("NIRGraphDato"), 1),
			`the file's __type__ is "NIRGraphDato"`},
		{"a node of another kind", "", bytes.Replace(grid, []byte("NIRNodeData"),
			[]byte("NIRNodeDato"), 1), `node in: its __type__ is "NIRNodeDato"`},
		{"an observable of another kind", "", bytes.Replace(grid, []byte("TimeGriddedData"),
			[]byte("TimeGriddedDato"), 1), `its __type__ is "TimeGriddedDato"`},
		{"no tick", "", gridFile(make([]uint8, 4), 1, 2, 2, 0),
			"dt of node in is 0: want seconds above 0"},
		{"neurons", "", listFile([]int64{1}, []float64{1}, 1, 0, 1), "node in has n_neurons 0"},
		{"not HDF5", "", []byte("hello, world"), "not an HDF5 file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readBytes(c.file, c.node)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "x.nir")
		})
	}
	d, err := readBytes(listFile([]int64{5}, []float64{1}, 1, 3, 1), "")
	require.NoError(t, err)
	_, err = d.Fill(0, 1, func(int, int, float64) {})
	require.ErrorContains(t, err, "sample 0 of node in: neuron 5 at 1 s")
}

// TestDataDamaged: damaged files are read or refused, without a panic; 10,000 of each
// form where the other tests' data is there.
func TestDataDamaged(t *testing.T) {
	count := 500
	if os.Getenv(outside.Variable) != "" && !testing.Short() {
		count = 10000
	}
	r := rand.New(rand.NewSource(2))
	for _, good := range [][]byte{gridFile(make([]uint8, 60), 2, 5, 6, 1),
		listFile(make([]int64, 10), make([]float64, 10), 2, 4, 1)} {
		for range count {
			d, err := readBytes(mutate(r, good), "")
			if err != nil {
				continue
			}
			for i := range min(d.Samples, 4) {
				_, _ = d.Fill(i, 1, func(int, int, float64) {})
			}
		}
	}
}

// TestPublishedData reads a file that the nir package wrote.
func TestPublishedData(t *testing.T) {
	d, err := OpenData(filepath.Join(outside.Folder(t, "finds"), "nir", "nirdata_gridded.nir"), "")
	require.NoError(t, err)
	t.Logf("%s %s: %d samples of %d neurons, dt %g, %g spikes", d.Node, d.Observable, d.Samples,
		d.Neurons, d.DT, d.Count())
	require.Equal(t, "input", d.Node)
	require.Positive(t, d.Count())
}
