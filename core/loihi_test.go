package core

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/npz"
)

// The vectors are of the public bit-accurate model of Loihi's LIF neurons (Lava,
// github.com/lava-nc/lava) and of a Loihi 2 chip (Pedersen et al., "Neuromorphic
// intermediate representation", 2024, single-neuron task).

// loihiData is the path of a file of vectors.
func loihiData(t *testing.T, name string) string {
	root := os.Getenv("ADDER_TESTDATA")
	if root == "" {
		t.Skip("ADDER_TESTDATA is not set: no vectors of Loihi")
	}
	path := filepath.Join(root, "loihi", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no vectors of Loihi: %v", err)
	}
	return path
}

// loihiCell are the constants of a layer in Loihi's terms.
type loihiCell struct {
	Neurons int    `json:"m"`
	Inputs  int    `json:"n"`
	DU      uint16 `json:"du"`
	DV      uint16 `json:"dv"`
	VTh     int32  `json:"vth"`
	BiasM   int32  `json:"bm"`
	BiasE   uint   `json:"be"`
	WExp    int8   `json:"wexp"`
	Bits    uint   `json:"bits"`
	Mode    string `json:"mode"`
}

// core builds the layer; weights are [neurons][inputs]. Loihi decays a current
// by du + 1, aligns currents by 6 bits and thresholds with them, and resets to 0.
func (l *loihiCell) core(t *testing.T, weights []int64) *Core {
	cfg := &Config{
		Widths: Widths{Potential: 24, Current: 24, WrapCurrent: true, Align: 6},
		Groups: []Group{{
			Count: int32(l.Neurons), HasCurrent: true, DecayU: 4096 - (l.DU + 1),
			DecayV: 4096 - l.DV, WeightExp: l.WExp,
		}},
	}
	for n := range l.Neurons {
		cfg.Threshold = append(cfg.Threshold, l.VTh<<6)
		cfg.Bias = append(cfg.Bias, l.BiasM<<l.BiasE)
		cfg.Reset = append(cfg.Reset, 0)
		cfg.V0 = append(cfg.V0, 0)
		cfg.ID = append(cfg.ID, uint32(n))
	}
	for i := range l.Inputs {
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(i)})
		cfg.Rows = append(cfg.Rows, Row{
			Format: Dense16, WeightBits: 9, Count: int32(l.Neurons),
			Offset: int64(len(cfg.Dense16)),
		})
		for n := range l.Neurons {
			cfg.Dense16 = append(cfg.Dense16, l.stored(weights[n*l.Inputs+i]))
		}
	}
	c, err := New(cfg)
	require.NoError(t, err)
	return c
}

// stored is a weight as the chip keeps it: low bits are dropped, one more where
// a bit is spent on the sign.
func (l *loihiCell) stored(w int64) int16 {
	drop := 8 - l.Bits
	if l.Mode == "mixed" {
		drop++
	}
	return int16(w >> drop << drop)
}

// TestLoihiTrace follows one neuron for a thousand ticks. The model buffers input
// by a tick. On a spike the chip's probe shows a code of its own, 128, for v.
func TestLoihiTrace(t *testing.T) {
	for name, resetCode := range map[string]float64{"lif_lava_cpu_fixed.csv": 0,
		"lif_lava_loihi_fixed.csv": 128} {
		t.Run(name, func(t *testing.T) {
			file, err := os.Open(loihiData(t, name))
			require.NoError(t, err)
			defer file.Close()
			rows, err := csv.NewReader(file).ReadAll()
			require.NoError(t, err)
			require.Len(t, rows, 1000)
			cell := loihiCell{Neurons: 1, Inputs: 1, DU: 4095, DV: 163, VTh: 25, Bits: 8,
				Mode: "exc"}
			c := cell.core(t, []int64{10})
			spikes := 0
			for tick := range rows {
				if tick > 0 && number(t, rows[tick-1][0]) == 1 {
					c.Deliver(0)
				}
				fired := c.Tick(int32(tick), 1000, nil)
				require.Equal(t, number(t, rows[tick][2]) == 1, len(fired) == 1, "spike of tick %d",
					tick)
				want := number(t, rows[tick][1])
				if len(fired) == 1 {
					spikes++
					require.Equal(t, resetCode, want)
					want = 0
				}
				require.Equal(t, want, float64(c.Potential(0)), "v of tick %d", tick)
			}
			require.Equal(t, 4, spikes)
		})
	}
}

func number(t *testing.T, text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return x
}

// TestLoihiLayers follows layers of eight neurons: u, v and spikes of 300 ticks,
// with negative weights, weight exponents, biases and saturating potentials.
func TestLoihiLayers(t *testing.T) {
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			file, err := npz.Open(loihiData(t, fmt.Sprintf("case%d.npz", i)))
			require.NoError(t, err)
			defer file.Close()
			var cell loihiCell
			require.NoError(t, json.Unmarshal([]byte(texts(t, file, "cfg")[0]), &cell))
			input := integers(t, file, "inp")
			v, u, s := integers(t, file, "v"), integers(t, file, "u"), integers(t, file, "s")
			ticks := len(v) / cell.Neurons
			c := cell.core(t, integers(t, file, "weights"))
			var spikes int64
			for tick := range ticks {
				for axon := range cell.Inputs {
					if tick > 0 && input[axon*ticks+tick-1] == 1 {
						c.Deliver(int32(axon))
					}
				}
				fired := make([]int64, cell.Neurons)
				for _, n := range c.Tick(int32(tick), int32(ticks), nil) {
					fired[n]++
				}
				at := tick * cell.Neurons
				require.Equal(t, s[at:at+cell.Neurons], fired, "spikes of tick %d", tick)
				for n := range cell.Neurons {
					require.Equal(t, u[at+n], int64(c.Current(n)), "u of neuron %d, tick %d", n,
						tick)
					require.Equal(t, v[at+n], int64(c.Potential(n)), "v of neuron %d, tick %d", n,
						tick)
					spikes += fired[n]
				}
			}
			require.Positive(t, spikes)
			require.Equal(t, spikes, c.Counts().Spikes)
		})
	}
}

func integers(t *testing.T, file *npz.File, name string) []int64 {
	array, err := file.Array(name)
	require.NoError(t, err)
	values, err := array.Int64s()
	require.NoError(t, err)
	return values
}

func texts(t *testing.T, file *npz.File, name string) []string {
	array, err := file.Array(name)
	require.NoError(t, err)
	values, err := array.Strings()
	require.NoError(t, err)
	return values
}
