package layout

import (
	"fmt"

	"adder/core"
)

// MaxTicks bounds the ticks of a sample, and the depth of a population, so that the
// last tick of a run has a number.
const MaxTicks = core.MaxTicks

// validateReferences checks that axons name rows and plasticities groups of their core: code that
// measures or prints an image follows these without loading it onto a core.
func validateReferences(cfg *core.Config) error {
	for i, a := range cfg.Axons {
		if a.Row < 0 || int(a.Row) >= len(cfg.Rows) {
			return fmt.Errorf("axon %d names row %d: there are %d", i, a.Row, len(cfg.Rows))
		}
	}
	for i := range cfg.Plasticity {
		p := &cfg.Plasticity[i]
		if p.Group < 0 || int(p.Group) >= len(cfg.Groups) {
			return fmt.Errorf("plasticity %d is of group %d: there are %d", i, p.Group,
				len(cfg.Groups))
		}
		if p.FirstRow < 0 || p.Rows < 0 || int64(p.FirstRow)+int64(p.Rows) > int64(len(cfg.Rows)) {
			return fmt.Errorf("plasticity %d learns %d rows from %d on: there are %d", i, p.Rows,
				p.FirstRow, len(cfg.Rows))
		}
	}
	for i := range cfg.Rows {
		if r := &cfg.Rows[i]; r.Count < 0 || r.Format > core.Typed {
			return fmt.Errorf("row %d: format %d with %d weights", i, r.Format, r.Count)
		}
	}
	return nil
}
