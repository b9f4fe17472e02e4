package trace

import (
	"bytes"
	"encoding/csv"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
