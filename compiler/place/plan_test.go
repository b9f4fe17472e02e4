package place

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler/partition"
	"adder/compiler/testnets"
)

func planned(t *testing.T) (*partition.Mapping, *Plan) {
	t.Helper()
	chip, err := profile.Load("loihi")
	require.NoError(t, err)
	c := mapped{name: "plan", chip: "loihi", build: trained(testnets.Pool)}
	m, _ := c.placed(t)
	require.Equal(t, chip.Cores(), m.Chip.Cores())
	return m, PlanOf(m)
}

// TestPlanComesBack writes a placement, moves a load and reads it.
func TestPlanComesBack(t *testing.T) {
	m, plan := planned(t)
	read, err := parsePlan(plan.Text())
	require.NoError(t, err)
	require.Equal(t, plan, read)
	read.Cores[3].X, read.Cores[3].Y = 15, 7
	require.NoError(t, Follow(m, read))
	require.Equal(t, 7*16+15, m.Tiles[3])
	require.Equal(t, read, PlanOf(m))
}

// TestPlanIsRefused changes one thing at a time.
func TestPlanIsRefused(t *testing.T) {
	m, _ := planned(t)
	for _, c := range []struct {
		name, want string
		change     func(p *Plan)
	}{
		{"other network", "it is for network mlp on chip loihi, not for cnn on loihi",
			func(p *Plan) {
				p.Network = "mlp"
			}},
		{"other chip", "not for cnn on loihi", func(p *Plan) { p.Chip = "adder" }},
		{"load left out", "13 core loads, the network has 14: write it anew", func(p *Plan) {
			p.Cores = p.Cores[1:]
		}},
		{"load twice", "core 1 of the list: load 0 is placed twice", func(p *Plan) {
			p.Cores[1].Load = 0
		}},
		{"no such load", "load 99: the network has loads 0 to 13", func(p *Plan) {
			p.Cores[0].Load = 99
		}},
		{"off the mesh", "at (16, 0): the mesh is 16 x 8", func(p *Plan) {
			p.Cores[2].X, p.Cores[2].Y = 16, 0
		}},
		{"tile twice", "where load 0 stands", func(p *Plan) {
			p.Cores[5].X, p.Cores[5].Y = p.Cores[0].X, p.Cores[0].Y
		}},
		{"other neurons", "the plan says 1 of neuron2", func(p *Plan) { p.Cores[0].Neurons = 1 }},
		{"other layers", "the plan says", func(p *Plan) { p.Cores[0].Layers = []string{"fc"} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := PlanOf(m)
			c.change(p)
			before := m.Tiles
			require.ErrorContains(t, Follow(m, p), c.want)
			m.Tiles = before
		})
	}
	_, err := parsePlan([]byte("network: a\nchip: b\ncores: []\nseed: 3\n"))
	require.ErrorContains(t, err, "placement")
	_, err = parsePlan([]byte("cores: {"))
	require.ErrorContains(t, err, "placement")
}

func TestPlansThatGrow(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("[", 65000): "placement: line 1: lists and mappings are nested " +
			"deeper than 32",
		"cores: &a [1]\nnetwork: [*a, *a]\n": "placement: line 1: anchors and aliases",
	} {
		_, err := parsePlan([]byte(text))
		require.ErrorContains(t, err, want)
	}
	path := filepath.Join(t.TempDir(), "p.yaml")
	require.NoError(t, os.WriteFile(path, nil, 0o644))
	require.NoError(t, os.Truncate(path, 12<<30)) // takes no room on the disk
	_, err := ReadPlan(path)
	require.ErrorContains(t, err, "such a file has at most 16777216")
}

func TestPlansThatAreNoText(t *testing.T) {
	for _, text := range []string{"PK\x03\x04\x00\x00", "cores: \xff\xfe"} {
		_, err := parsePlan([]byte(text))
		require.ErrorContains(t, err, "this is not text")
	}
}

// FuzzParsePlan reads whatever text as a plan, which must end in a plan or an error.
func FuzzParsePlan(f *testing.F) {
	f.Add([]byte("network: \"m\"\nchip: \"adder\"\ncores:\n  - {load: 0, x: 1, y: 2, neurons: 3, " +
		"layers: [\"a\"]}\n"))
	f.Add([]byte("cores: [{load: -1}]"))
	f.Add([]byte("cores: *x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := parsePlan(text); err == nil {
			_ = p.Text()
		}
	})
}
