package chip

import (
	"slices"
	"strings"

	"adder/core"
)

// NotTimedError says that the times of an image on its chip are not known.
type NotTimedError struct {
	Chip string
	// Figures are those that the chip's profile does not state, by their paths.
	Figures []string
}

// Error implements error.
func (e *NotTimedError) Error() string {
	return "chip " + e.Chip + ": times are not known, since its profile states no " +
		strings.Join(e.Figures, ", ") + ": the fast engine runs without them"
}

// Untimed lists the figures of time that a run of the image depends on and the chip's profile does
// not state, by their paths; it is nil where all are known. Figures that the image does not need,
// such as those of rows of a format that it does not have, are not listed.
func (c *Chip) Untimed(learn bool) []string {
	t := c.profile.Timing
	if t == nil {
		return []string{"timing"}
	}
	need := append([]string{
		"core.axon_lookup", "core.row_start", "core.lanes", "core.neuron_update",
		"core.neuron_idle", "core.spike_out", "core.packet_out", "core.output_fifo",
		"core.reset_write", "router.pipeline", "router.local", "router.input_buffer", "barrier",
	}, c.profile.MemoryFigures()...)
	for figure, has := range map[string]bool{
		"core.dense_step":  c.hasRow(core.Dense8, core.Dense16, core.Plastic),
		"core.sparse_step": c.hasRow(core.Sparse, core.Typed),
		"core.others_step": c.hasRow(core.Others), "core.learning_update": learn,
		"router.east": c.profile.Mesh.Width > 1, "router.west": c.profile.Mesh.Width > 1,
		"router.north": c.profile.Mesh.Height > 1, "router.south": c.profile.Mesh.Height > 1,
	} {
		if has {
			need = append(need, figure)
		}
	}
	slices.Sort(need)
	return t.Lacks(need...)
}

// hasRow reports whether a core has a row of one of some formats.
func (c *Chip) hasRow(formats ...core.RowFormat) bool {
	for i := range c.image.Cores {
		for _, r := range c.image.Cores[i].Config.Rows {
			if slices.Contains(formats, r.Format) {
				return true
			}
		}
	}
	return false
}
