package rtl

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"adder/chip"
	"adder/core"
	"adder/layout"
	"adder/rtl/toggle"
	"adder/spike"
)

//go:embed lanes/*
var lanes embed.FS

// lanesOf is how many neurons' operations are played to a lane.
const lanesOf = 8

// laneSlew is the time of the transitions at the inputs of cells, in nanoseconds: that
// of a cell of the OSU 0.18 um library that drives two or three others.
const laneSlew = 0.1

// LaneWork is the workload of a lane.
type LaneWork struct {
	// Name is adder, mac or mac_skip, which skips products with 0.
	Name       string `json:"name"`
	Operations int64  `json:"operations"`
}

// laneFile is the description of an export of lanes.
const laneFile = "lanes.json"

// laneOutputs are the output files of the flow in a folder of lanes.
var laneOutputs = []string{"*.hex", "*.json", "*.net.v", "*.vvp", "*.vcd", "*.log", "*.delay"}

// ExportLanes writes a lane that adds and a lane that multiplies, with the operations of some
// neurons that the host feeds: for the first the weights of the spikes of samples, tick by tick,
// for the second the weights and the elements of the same samples in steps of 1/255. A lane sums a
// neuron's operations one after the other and restarts with each tick, or with each sample.
func ExportLanes(c *chip.Chip, trains []*spike.Train, elements [][]uint8,
	dir string) ([]LaneWork, error) {
	img := c.Image()
	rows, err := laneRows(img)
	if err != nil {
		return nil, err
	}
	adder, mac, skip := &laneWords{}, &laneWords{}, &laneWords{}
	for i, train := range trains {
		if len(elements[i]) != len(rows) {
			return nil, fmt.Errorf("%s: a sample of %d elements for %d inputs: lanes need an "+
				"input for each element", img.Model, len(elements[i]), len(rows))
		}
		for n := range lanesOf {
			adder.spikes(train, rows, n)
			mac.elements(elements[i], rows, n, false)
			skip.elements(elements[i], rows, n, true)
		}
	}
	if min(adder.operations, skip.operations) == 0 {
		return nil, fmt.Errorf("%s: no operation in these samples", img.Model)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("rtl: %w", err)
	}
	return writeLanes(dir, adder, mac, skip)
}

// writeLanes writes the folder; what the flow left there goes.
func writeLanes(dir string, adder, mac, skip *laneWords) ([]LaneWork, error) {
	for _, pattern := range laneOutputs {
		old, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("rtl: %w", err)
		}
		for _, path := range old {
			if err := os.Remove(path); err != nil {
				return nil, fmt.Errorf("rtl: %w", err)
			}
		}
	}
	var work []LaneWork
	for _, w := range []struct {
		name  string
		words *laneWords
	}{{"adder", adder}, {"mac", mac}, {"mac_skip", skip}} {
		if err := create(dir, w.name+".hex", w.words.write); err != nil {
			return nil, err
		}
		work = append(work, LaneWork{Name: w.name, Operations: w.words.operations})
	}
	if err := create(dir, laneFile, func(to io.Writer) error {
		return json.NewEncoder(to).Encode(work)
	}); err != nil {
		return nil, err
	}
	files, err := lanes.ReadDir("lanes")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := lanes.ReadFile("lanes/" + f.Name())
		if err != nil {
			return nil, err
		}
		if err := create(dir, f.Name(), func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return work, nil
}

// laneRow has, for an input, the weights that it adds to each of the neurons chosen.
type laneRow [lanesOf][]int8

// laneRows are the rows of the host's inputs, as far as they reach the neurons chosen: some that
// the host feeds, evenly spread.
func laneRows(img *layout.Image) ([]laneRow, error) {
	port := &img.Routes.Ports[img.Input.Port]
	type neuron struct {
		core int
		n    int32
	}
	weights := make([]map[neuron][]int8, port.Sources())
	heard := map[neuron]bool{}
	for i := range weights {
		weights[i] = map[neuron][]int8{}
		for _, dest := range port.Of(i) {
			at := slices.IndexFunc(img.Cores, func(c layout.PlacedCore) bool {
				return c.Tile == dest.Core
			})
			cfg := &img.Cores[at].Config
			axon := &cfg.Axons[dest.Axon]
			if row := &cfg.Rows[axon.Row]; row.WeightBits > 8 ||
				row.Format != core.Dense8 && row.Format != core.Sparse {
				return nil, fmt.Errorf("%s: lanes have weights of 8 bits: take a network with "+
					"fixed weights of 8 bits or fewer", img.Model)
			}
			eachWeight(cfg, axon, func(n, w int32) {
				of := neuron{at, n}
				heard[of] = true
				weights[i][of] = append(weights[i][of], int8(w))
			})
		}
	}
	if len(heard) < lanesOf {
		return nil, fmt.Errorf(
			"%s: %d neurons hear the host: lanes are played the operations of %d", img.Model,
			len(heard), lanesOf)
	}
	var all []neuron
	for n := range heard {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b neuron) int {
		if a.core != b.core {
			return a.core - b.core
		}
		return int(a.n - b.n)
	})
	rows := make([]laneRow, len(weights))
	for i := range rows {
		for k := range lanesOf {
			rows[i][k] = weights[i][all[k*len(all)/lanesOf]]
		}
	}
	return rows, nil
}

// laneWords are a lane's operations as its test bench reads them.
type laneWords struct {
	memory
	operations int64
}

func (l *laneWords) put(clear, add int64, weight int8, activation uint8) {
	l.add(new(word).put(int64(activation), 8).put(int64(weight), 8).put(add, 1).put(clear, 1))
	l.operations += add
}

// spikes adds the weights of neuron n for each spike of each tick.
func (l *laneWords) spikes(train *spike.Train, rows []laneRow, n int) {
	var inputs []int32
	for t := range train.Ticks() {
		inputs = train.AppendTick(t, inputs[:0])
		for _, i := range inputs {
			for _, w := range rows[i][n] {
				l.put(0, 1, w, 0)
			}
		}
		l.put(1, 0, 0, 0)
	}
}

// elements adds the weights of neuron n times the elements, all or those that are not 0.
func (l *laneWords) elements(x []uint8, rows []laneRow, n int, skip bool) {
	for i, a := range x {
		if skip && a == 0 {
			continue
		}
		for _, w := range rows[i][n] {
			l.put(0, 1, w, a)
		}
	}
	l.put(1, 0, 0, 0)
}

// LaneEnergy is the energy of a lane under its workload, in picojoules per operation, including the
// cycles that clear sums.
type LaneEnergy struct {
	LaneWork
	Cells int     `json:"cells"`
	Area  float64 `json:"area"`
	// Delay is the delay of the longest path in picoseconds.
	Delay float64 `json:"delay_ps"`
	// Internal is the internal energy of cells, Loads the energy that charges the inputs of cells,
	// Clock that of the clock pins of registers.
	Internal float64 `json:"internal_pj"`
	Loads    float64 `json:"loads_pj"`
	Clock    float64 `json:"clock_pj"`
	Total    float64 `json:"total_pj"`
	// Changes are the changes of cells' outputs per operation.
	Changes float64 `json:"changes"`
	// Leakage is the power at rest in nanowatts.
	Leakage float64 `json:"leakage_nw"`
}

// LaneEnergies computes the energies from the results of the flow in an exported folder (make
// energy).
func LaneEnergies(dir, liberty string) ([]LaneEnergy, error) {
	text, err := os.ReadFile(filepath.Join(dir, laneFile))
	if err != nil {
		return nil, fmt.Errorf("%s has no lanes: write them with adder rtl --lanes: %w", dir, err)
	}
	var work []LaneWork
	if err := json.Unmarshal(text, &work); err != nil {
		return nil, fmt.Errorf("%s: %w", laneFile, err)
	}
	library, err := toggle.ReadLibrary(liberty)
	if err != nil {
		return nil, err
	}
	var out []LaneEnergy
	for _, w := range work {
		if w.Operations < 1 {
			return nil, errors.New(laneFile + ": a lane without operations")
		}
		e, err := laneEnergy(dir, w, library)
		if err != nil {
			return nil, fmt.Errorf("%w: run make energy there first", err)
		}
		out = append(out, e)
	}
	return out, nil
}

func laneEnergy(dir string, w LaneWork, library *toggle.Library) (LaneEnergy, error) {
	module := "mac_lane"
	if w.Name == "adder" {
		module = "adder_lane"
	}
	e := LaneEnergy{LaneWork: w}
	netlist, err := toggle.ReadNetlist(filepath.Join(dir, module+".json"), module)
	if err != nil {
		return e, err
	}
	dump, err := toggle.ReadDump(filepath.Join(dir, w.Name+".vcd"), "tb.g.lane")
	if err != nil {
		return e, err
	}
	bill, err := toggle.NewBill(library, netlist, dump, laneSlew)
	if err != nil {
		return e, err
	}
	delay, err := os.ReadFile(filepath.Join(dir, module+".delay"))
	if err != nil {
		return e, err
	}
	if _, err := fmt.Sscan(string(delay), &e.Delay); err != nil {
		return e, fmt.Errorf("%s.delay: %w", module, err)
	}
	of := float64(w.Operations)
	e.Cells, e.Area, e.Leakage = bill.Cells, bill.Area, bill.Leakage
	e.Internal, e.Loads, e.Clock = bill.Internal/of, bill.Loads/of, bill.Clock/of
	e.Total, e.Changes = bill.Total()/of, float64(bill.Changes)/of
	return e, nil
}
