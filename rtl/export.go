package rtl

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"adder/chip"
	"adder/internal/wholefile"
	"adder/spike"
)

//go:embed verilog/*.v verilog/*.cpp files/*
var shipped embed.FS

// Summary is the size of an export.
type Summary struct {
	Cores, Routers, Keys, Samples int
	// Cycles and Stalls are those of all samples on the cycle engine.
	Cycles, Stalls int64
	// WeightBits are the bits of the memories of rows.
	WeightBits int64
}

// outputs are the output files of a simulation or a synthesis in a folder: they are removed when
// the folder is rewritten, since an old simulator would pass anything.
var outputs = []string{"obj_dir", "sim.vvp", "sim.log", "sim.passed", "synth.json", "synth.log",
	"lint.log", "netlist.v", "chip.asc", "pnr.log"}

// Export writes a chip, and samples to compare it with the cycle engine, into a folder, which is
// created if needed. Files of an earlier export are removed.
func Export(ctx context.Context, c *chip.Chip, ticks int, trains []*spike.Train,
	dir string) (*Summary, error) {
	d, err := newDesign(c, ticks)
	if err != nil {
		return nil, err
	}
	if len(trains) == 0 {
		return nil, errors.New("no sample to hold the hardware to: give one or more")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("rtl: %w", err)
	}
	if err := clean(dir); err != nil {
		return nil, err
	}
	stimulus, err := d.newStimulus(trains)
	if err != nil {
		return nil, err
	}
	s := &Summary{Cores: len(d.cores), Routers: len(d.mesh.routers), Keys: len(d.keys.sources),
		Samples: len(trains)}
	var outcomes []*chip.Outcome
	if err := create(dir, "expect.txt", func(w io.Writer) (err error) {
		outcomes, err = d.writeExpected(ctx, w, trains)
		return err
	}); err != nil {
		return nil, err
	}
	for _, o := range outcomes {
		s.Cycles += o.Cycles.Total
		s.Stalls += o.Cycles.Stalls
	}
	memories := d.memories()
	for _, m := range append(memories, &stimulus.spikes, &stimulus.upto) {
		if err := create(dir, m.name, m.write); err != nil {
			return nil, err
		}
	}
	for i := range d.cores {
		s.WeightBits += int64(len(d.cores[i].words.words)) * int64(d.cores[i].words.width)
	}
	if err := create(dir, "chip.v", d.writeChip); err != nil {
		return nil, err
	}
	return s, d.writeFiles(dir, len(trains), len(stimulus.spikes.words), s)
}

// memories are those of cores and routers.
func (d *Design) memories() []*memory {
	var out []*memory
	for i := range d.cores {
		c := &d.cores[i]
		for what, m := range map[string]*memory{
			"pointers": &c.pointers, "entries": &c.entries, "words": &c.words,
			"constants": &c.neurons.constants, "sends": &c.neurons.sends,
		} {
			m.name = coreFile(i, what)
			out = append(out, m)
		}
	}
	for i := range d.mesh.routers {
		r := &d.mesh.routers[i]
		out = append(out, r.memory(routerFile(r)))
	}
	return out
}

// clean removes what earlier exports, simulations and syntheses wrote.
func clean(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, "*.hex"))
	if err != nil {
		return fmt.Errorf("rtl: %w", err)
	}
	for _, name := range outputs {
		old = append(old, filepath.Join(dir, name))
	}
	for _, path := range old {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("rtl: %w", err)
		}
	}
	return nil
}

// create writes a file of a folder whole.
func create(dir, name string, write func(io.Writer) error) error {
	file, err := wholefile.Create(filepath.Join(dir, name))
	if err != nil {
		return fmt.Errorf("rtl: %w", err)
	}
	defer file.Abort()
	if err := write(file); err != nil {
		return err
	}
	if err := file.Commit(); err != nil {
		return fmt.Errorf("rtl: %w", err)
	}
	return nil
}

// writeFiles writes the Verilog of the parts and what builds with it.
func (d *Design) writeFiles(dir string, samples, spikes int, s *Summary) error {
	largest := 1
	for i := range d.cores {
		largest = max(largest, d.cores[i].cfg.Neurons())
	}
	about := map[string]any{
		"Model": d.img.Model, "Chip": d.img.Chip.Name, "Cores": len(d.cores),
		"Routers": len(d.mesh.routers), "Key": d.keys.bits(), "Keys": len(d.keys.sources),
		"Neurons": largest, "Samples": samples, "Run": d.run(), "Spikes": max(spikes, 1),
		"Cycles": s.Cycles, "Stalls": s.Stalls,
		"Output": d.outputCore(), "Potential": int(d.cores[d.outputCore()].neurons.potential),
	}
	return fs.WalkDir(shipped, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := shipped.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		if plain, ok := strings.CutSuffix(name, ".tmpl"); ok {
			made, err := template.New(name).Parse(string(text))
			if err != nil {
				return err
			}
			return create(dir, plain, func(w io.Writer) error { return made.Execute(w, about) })
		}
		return create(dir, name, func(w io.Writer) error { _, err := w.Write(text); return err })
	})
}

// outputCore is the core that holds the first neurons of what is read.
func (d *Design) outputCore() int {
	tile := d.img.Populations[d.img.Readout.Population].Segments[0].Tile
	for i := range d.cores {
		if d.cores[i].tile == tile {
			return i
		}
	}
	return 0
}
