package toggle

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Netlist is a flat module of cells.
type Netlist struct {
	cells []instance
	// names are those of each net, as a dump has them: name or name[bit].
	names map[int][]string
}

// instance is a cell, with the net of each of its pins; -1 is a constant.
type instance struct {
	name, kind string
	pins       map[string]int
}

// yosysFile is the part of yosys's JSON that is read.
type yosysFile struct {
	Modules map[string]struct {
		Cells map[string]struct {
			Type        string           `json:"type"`
			Connections map[string][]any `json:"connections"`
		} `json:"cells"`
		Netnames map[string]struct {
			Bits   []any `json:"bits"`
			Offset int   `json:"offset"`
		} `json:"netnames"`
	} `json:"modules"`
}

// ReadNetlist reads a module of a file that yosys wrote with write_json.
func ReadNetlist(path, module string) (*Netlist, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("netlist: %w", err)
	}
	var file yosysFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: no netlist of yosys: %w", path, err)
	}
	m, ok := file.Modules[module]
	if !ok {
		return nil, fmt.Errorf("%s has no module %s", path, module)
	}
	n := &Netlist{names: map[int][]string{}}
	for name, c := range m.Cells {
		i := instance{name: name, kind: c.Type, pins: map[string]int{}}
		for pin, bits := range c.Connections {
			if len(bits) != 1 {
				return nil, fmt.Errorf("%s: cell %s: pin %s has %d bits: map the netlist to "+
					"cells of the library", path, name, pin, len(bits))
			}
			i.pins[pin] = net(bits[0])
		}
		n.cells = append(n.cells, i)
	}
	slices.SortFunc(n.cells, func(a, b instance) int { return strings.Compare(a.name, b.name) })
	for name, of := range m.Netnames {
		for k, bit := range of.Bits {
			full := name
			if len(of.Bits) > 1 {
				full = name + "[" + strconv.Itoa(k+of.Offset) + "]"
			}
			if at := net(bit); at >= 0 {
				n.names[at] = append(n.names[at], full)
			}
		}
	}
	for _, names := range n.names {
		slices.Sort(names)
	}
	return n, nil
}

// net is the number of a bit; a text such as "0" is a constant.
func net(bit any) int {
	if number, ok := bit.(float64); ok {
		return int(number)
	}
	return -1
}
