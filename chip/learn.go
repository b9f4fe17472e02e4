package chip

import (
	"fmt"

	"adder/core"
)

// Learned is the learned state of each core, in the order of the image. Between two samples it is
// all the state of an engine with Options.Learn beyond the image, so it serves as a checkpoint.
type Learned []core.Learned

// Learned returns a copy of what the engine has learned.
func (r *run) Learned() Learned {
	out := make(Learned, len(r.cores))
	for i, c := range r.cores {
		out[i] = c.Learned()
	}
	return out
}

// SetLearned puts back what Learned returned, of this engine or of another one
// of the same image. The engine must have been made with Options.Learn.
func (r *run) SetLearned(l Learned) error {
	if len(l) != len(r.cores) {
		return fmt.Errorf("learned state of %d cores: %s has %d", len(l), r.chip.image.Model,
			len(r.cores))
	}
	for i, c := range r.cores {
		if err := c.SetLearned(l[i]); err != nil {
			return fmt.Errorf("core at tile %d: %w", r.chip.image.Cores[i].Tile, err)
		}
	}
	return nil
}

// SetBar bars neurons that win from firing for so many samples (core.SetBar).
func (r *run) SetBar(samples uint16) {
	for _, c := range r.cores {
		c.SetBar(samples)
	}
}

// Learned is Fast's.
func (e *Cycle) Learned() Learned { return e.run.Learned() }

// SetLearned is Fast's.
func (e *Cycle) SetLearned(l Learned) error { return e.run.SetLearned(l) }

// SetBar is Fast's.
func (e *Cycle) SetBar(samples uint16) { e.run.SetBar(samples) }
