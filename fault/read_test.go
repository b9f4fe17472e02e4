package fault_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/fault"
	"adder/router"
)

func TestRead(t *testing.T) {
	s, err := fault.Read("flip=1e-4, " +
		"bits=6+7,layer=fc1,seed=3,protect=parity,stuck0=0.1,stuck1=0,weight=0.02,threshold=0.5")
	require.NoError(t, err)
	require.Equal(t, fault.Spec{Seed: 3, Flip: 1e-4, Stuck0: 0.1, Bits: []int{6, 7}, Layer: "fc1",
		Protect: fault.Parity,
		Weight:  0.02, Threshold: 0.5}, s)
	sites :=
		"dead=0.1,firing=0.2,dead_neurons=3:1:17+0:0:5,firing_neurons=3:1:18,cores=0.5,dead_cores=3:1+4:2,links=0.25," +
			"dead_links=3:1:east+0:0:south,loads=move,drop=0.1,delay=0.2,duplicate=0.3,delay_ticks=4"
	want := fault.Spec{
		Dead: 0.1, Firing: 0.2, DeadNeurons: []fault.Neuron{{Tile: fault.Tile{X: 3, Y: 1}, N: 17},
			{N: 5}},
		FiringNeurons: []fault.Neuron{{Tile: fault.Tile{X: 3, Y: 1}, N: 18}}, Cores: 0.5,
		Links:     0.25,
		DeadCores: []fault.Tile{{X: 3, Y: 1}, {X: 4, Y: 2}}, Loads: fault.MoveLoads,
		DeadLinks: []fault.Link{{Tile: fault.Tile{X: 3, Y: 1}, Dir: router.East},
			{Dir: router.South}},
		Drop: 0.1, Delay: 0.2, Duplicate: 0.3, DelayTicks: 4,
	}
	s, err = fault.Read(sites)
	require.NoError(t, err)
	require.Equal(t, want, s)
	s, err = fault.Read("dead=0.1,loads=refuse")
	require.NoError(t, err)
	require.Equal(t, fault.Spec{Dead: 0.1}, s)
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.yaml")
	for text, want := range map[string]fault.Spec{
		"flip: 1e-4\nbits: [6, 7]\nprotect: secded\n": {Flip: 1e-4, Bits: []int{6, 7},
			Protect: fault.SECDED},
		"dead_neurons: [3:1:17, \"0:0:5\"]\ndead_cores: [3:1]\ndead_links: [3:1:east]\nloads: " +
			"refuse\n": {
			DeadNeurons: []fault.Neuron{{Tile: fault.Tile{X: 3, Y: 1}, N: 17}, {N: 5}},
			DeadCores:   []fault.Tile{{X: 3, Y: 1}},
			DeadLinks:   []fault.Link{{Tile: fault.Tile{X: 3, Y: 1}}},
		},
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		s, err := fault.Read(path)
		require.NoError(t, err, text)
		require.Equal(t, want, s)
	}
	for text, want := range map[string]string{"flop: 1\n": "flop", "dead_cores: [3]\n": "X:Y",
		"loads: burn\n": "refuse, move and lose"} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		_, err := fault.Read(path)
		require.ErrorContains(t, err, want)
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "give settings",
		"flip":                   "give settings",
		"flop=1":                 "is no fault",
		"flip=x":                 "is no number",
		"flip=2":                 "0 to 1",
		"flip=NaN":               "0 to 1",
		"flip=0.6,stuck1=0.6":    "1 at most",
		"drop=0.6,delay=0.6":     "1 at most",
		"dead=0.6,firing=0.6":    "1 at most",
		"flip=0.1,flip=0.2":      "there twice",
		"bits=a":                 "with +",
		"bits=16":                "bits 0 to 15",
		"protect=prayer":         "parity and secded",
		"weight=-1":              "0 to 1",
		"flip=0.1,seed=minusone": "is no number",
		"dead_neurons=3:1":       "X:Y:N",
		"dead_neurons=3:1:-2":    "X:Y:N",
		"dead_cores=3":           "X:Y",
		"dead_cores=3:99999":     "X:Y",
		"dead_links=3:1:up":      "with east, west, north or south",
		"loads=burn":             "refuse, move and lose",
		"delay_ticks=300":        "1 to 255",
		"delay_ticks=x":          "is no number",
		"dead_neurons=0:0:1,firing_neurons=0:0:1": "one of these",
	} {
		_, err := fault.Read(text)
		require.ErrorContains(t, err, want, text)
	}
}

// FuzzRead: no text, of settings or of a file, does more than to be refused, and what is taken
// is what a chip can be.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"flip=1e-4,bits=6+7,layer=fc1,seed=3", "dead=0.1,firing_neurons=3:1:18",
		"dead_links=3:1:east+0:0:south,loads=move",
		"drop=0.1,delay=0.2,delay_ticks=4", "flip: 1e-4\nbits: [6, 7]\n",
		"dead_cores: [3:1]\ndead_links: [\"3:1:east\"]\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func() (fault.Spec, error){
			func() (fault.Spec, error) { return fault.Parse(text) },
			func() (fault.Spec, error) { return fault.ParseFile([]byte(text)) },
		} {
			s, err := read()
			if err != nil {
				require.NotEmpty(t, strings.TrimSpace(err.Error()))
				continue
			}
			require.NoError(t, s.Check())
		}
	})
}
