package verify

import (
	"fmt"

	"adder/compiler/ir"
	"adder/core"
	"adder/router"
)

// learning checks that in each core the rows learn that the network lets learn into its
// neurons, in the network's order, and no others.
func (x *expander) learning() error {
	for i := range x.img.Cores {
		tile, cfg := x.img.Cores[i].Tile, &x.img.Cores[i].Config
		next := 0
		for k := range x.net.Projections {
			p := &x.net.Projections[k]
			for g := range cfg.Groups {
				if p.Learning == nil || !x.learns(tile, &cfg.Groups[g], p) {
					continue
				}
				if next == len(cfg.Plasticity) {
					return fmt.Errorf("core at tile %d: projection %s does not learn", tile, p.Name)
				}
				if err := x.rule(tile, &cfg.Plasticity[next], int32(g), p); err != nil {
					return fmt.Errorf("core at tile %d: projection %s: %w", tile, p.Name, err)
				}
				next++
			}
		}
		if next != len(cfg.Plasticity) {
			return fmt.Errorf("core at tile %d: %d runs of rows learn, of the network's "+
				"projections %d", tile, len(cfg.Plasticity), next)
		}
	}
	return nil
}

// learns reports whether a group of a core holds neurons into which a projection learns.
func (x *expander) learns(tile router.Core, g *core.Group, p *ir.Projection) bool {
	n := int(x.logical[tile][g.First] - x.first[p.Target])
	return int(g.Population) == p.Target && n >= p.Weights.First && n < p.Weights.First+
		p.Weights.Count
}

// rule compares what learns with the network's, and its rows with the sources.
func (x *expander) rule(tile router.Core, got *core.Plasticity, group int32,
	p *ir.Projection) error {
	want := *p.Learning
	want.Group, want.FirstRow = group, got.FirstRow
	if *got != want {
		return fmt.Errorf("it learns by %+v, the network's is %+v", *got, want)
	}
	for i := range got.Rows {
		if from, known := x.sources[tile][got.FirstRow+i]; known && from != (source{p.Source,
			int(i)}) || !known {
			return fmt.Errorf("row %d is not that of source %d", got.FirstRow+i, i)
		}
	}
	return nil
}
