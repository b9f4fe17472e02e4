package place

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"adder/compiler/partition"
	"adder/internal/yamlguard"
	"adder/router"
)

// Plan is a placement in a file: the tile of each core load of a network. Compile writes one for
// every network; it can be edited and passed back (Options.Plan).
type Plan struct {
	Network string        `yaml:"network"`
	Chip    string        `yaml:"chip"`
	Cores   []PlannedCore `yaml:"cores"`
}

// PlannedCore places one core load. Load is its index in the partition. Layers and Neurons are its
// contents, so that a plan for other loads is detected.
type PlannedCore struct {
	Load    int      `yaml:"load"`
	X       int      `yaml:"x"`
	Y       int      `yaml:"y"`
	Layers  []string `yaml:"layers"`
	Neurons int      `yaml:"neurons"`
}

// maxPlanBytes is the largest plan that is read: a core load takes a line.
const maxPlanBytes = 16 << 20

// ReadPlan reads the file of a plan.
func ReadPlan(path string) (*Plan, error) {
	text, err := yamlguard.Read(path, maxPlanBytes)
	if err != nil {
		return nil, fmt.Errorf("placement: %w", err)
	}
	plan, err := parsePlan(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return plan, nil
}

// parsePlan reads the text of a plan. Unknown fields are errors.
func parsePlan(text []byte) (p *Plan, err error) {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, errors.New("placement: this is not text: give a file that `adder compile " +
			"--write-placement` wrote")
	}
	// The YAML parser is foreign code: any panic is reported as an error in the text.
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("placement: this is not YAML: %v", r)
		}
	}()
	if err := yamlguard.Check(text); err != nil {
		return nil, fmt.Errorf("placement: %w", err)
	}
	p = new(Plan)
	if err := yaml.UnmarshalWithOptions(text, p, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("placement: %w", err)
	}
	return p, nil
}

// Text is the plan as YAML, a core load per line.
func (p *Plan) Text() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Where the core loads of a network stand: x grows eastwards, y southwards.\n")
	fmt.Fprintf(&b, "network: %q\nchip: %q\ncores:\n", p.Network, p.Chip)
	for _, c := range p.Cores {
		names := make([]string, len(c.Layers))
		for i, l := range c.Layers {
			names[i] = fmt.Sprintf("%q", l)
		}
		fmt.Fprintf(&b, "  - {load: %d, x: %d, y: %d, neurons: %d, layers: [%s]}\n", c.Load, c.X,
			c.Y, c.Neurons, strings.Join(names, ", "))
	}
	return []byte(b.String())
}

// PlanOf is the placement of a mapping.
func PlanOf(m *partition.Mapping) *Plan {
	p := &Plan{Network: m.Net.Name, Chip: m.Chip.Name}
	topology := m.Chip.Topology()
	for i, tile := range m.Tiles {
		at := topology.At(router.Core(tile))
		p.Cores = append(p.Cores, PlannedCore{
			Load: i, X: int(at.X), Y: int(at.Y),
			Layers: layersOf(m, i), Neurons: m.Parts[i].Load.Neurons,
		})
	}
	return p
}

// layersOf names the populations in part i.
func layersOf(m *partition.Mapping, i int) []string {
	var out []string
	for _, q := range m.Parts[i].Pieces {
		if name := m.Net.Populations[q.Population].Name; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Follow places the parts as a plan says.
func Follow(m *partition.Mapping, p *Plan) error {
	if p.Network != m.Net.Name || p.Chip != m.Chip.Name {
		return fmt.Errorf("placement: it is for network %s on chip %s, not for %s on %s", p.Network,
			p.Chip, m.Net.Name, m.Chip.Name)
	}
	if len(p.Cores) != len(m.Parts) {
		return fmt.Errorf("placement: %d core loads, the network has %d: write it anew with "+
			"these settings", len(p.Cores), len(m.Parts))
	}
	m.Tiles = make([]int, len(m.Parts))
	for i := range m.Tiles {
		m.Tiles[i] = unplaced
	}
	taken := make([]int, m.Chip.Cores()) // 1 + load
	for i := range p.Cores {
		if err := followCore(m, &p.Cores[i], taken); err != nil {
			return fmt.Errorf("placement: core %d of the list: %w", i, err)
		}
	}
	return nil
}

func followCore(m *partition.Mapping, c *PlannedCore, taken []int) error {
	if c.Load < 0 || c.Load >= len(m.Parts) {
		return fmt.Errorf("load %d: the network has loads 0 to %d", c.Load, len(m.Parts)-1)
	}
	if m.Tiles[c.Load] != unplaced {
		return fmt.Errorf("load %d is placed twice", c.Load)
	}
	mesh := m.Chip.Mesh
	if c.X < 0 || c.X >= mesh.Width || c.Y < 0 || c.Y >= mesh.Height {
		return fmt.Errorf("load %d at (%d, %d): the mesh is %d x %d", c.Load, c.X, c.Y, mesh.Width,
			mesh.Height)
	}
	if part := &m.Parts[c.Load]; c.Neurons != part.Load.Neurons ||
		!slices.Equal(c.Layers, layersOf(m, c.Load)) {
		return fmt.Errorf("load %d holds %d neurons of %s, the plan says %d of %s: write it anew "+
			"with these settings",
			c.Load, part.Load.Neurons, strings.Join(layersOf(m, c.Load), ", "), c.Neurons,
			strings.Join(c.Layers, ", "))
	}
	tile := m.Chip.Topology().CoreAt(router.Coord{X: int16(c.X), Y: int16(c.Y)})
	if taken[tile] > 0 {
		return fmt.Errorf("load %d at (%d, %d), where load %d stands", c.Load, c.X, c.Y,
			taken[tile]-1)
	}
	taken[tile] = c.Load + 1
	m.Tiles[c.Load] = int(tile)
	return nil
}
