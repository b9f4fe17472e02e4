package layout

import (
	"adder/core"
	"adder/router"
)

// Version is the newest format version that this package writes and reads. It
// reads all older ones, and writes the oldest that holds an image, 2 at least.
//
//	1  had no receptive fields of population coding
//	2  had no leak by sign, and no section on samples
//	3  had no exact codes
//	4  had no typed rows
//	5  had no boards
//	6  had no values of spikes and no neurons of model shift
//	7 had no weights outside of the chip
//	8 had no neurons of two compartments
//	9  is the newest
const Version = 9

// boardVersion is the first that has boards, valueVersion the first that has values of spikes and
// neurons of model shift, offChipVersion the first that has weights outside of the chip,
// pairVersion the first that has neurons of two compartments.
const boardVersion, valueVersion, offChipVersion, pairVersion = 6, 7, 8, 9

// versionOf is the version that an image is written in.
func versionOf(img *Image) uint32 {
	version := uint32(2)
	for i := range img.Cores {
		for _, g := range img.Cores[i].Config.Groups {
			if g.Pairs {
				return pairVersion
			}
		}
	}
	for i := range img.Cores {
		cfg := &img.Cores[i].Config
		if cfg.Widths.OffChip > 0 {
			return offChipVersion
		}
	}
	for i := range img.Cores {
		cfg := &img.Cores[i].Config
		for _, g := range cfg.Groups {
			if g.Graded > 0 || g.Shift != (core.Shift{}) {
				return valueVersion
			}
		}
		if len(cfg.Types) > 0 {
			version = 5
		}
	}
	if img.Routes.Chip != (router.Mesh{}) {
		return boardVersion
	}
	if version == 5 {
		return version
	}
	if img.Preparation != nil {
		version = 3
	}
	if img.Encoder.Scale != (Real{}) {
		return 4
	}
	for i := range img.Cores {
		for _, g := range img.Cores[i].Config.Groups {
			if g.Code != (core.Code{}) {
				return 4
			}
			if g.Leak != 0 {
				version = 3
			}
		}
	}
	return version
}

// metaSection is everything but routes, weights and cores.
func metaSection(c *codec, img *Image) {
	text(c, &img.Model)
	text(c, &img.Chip.Name)
	bytesOf(c, &img.Chip.Profile)
	text(c, &img.Input.Name)
	list(c, &img.Input.Shape, 4, number[int32])
	number(c, &img.Input.Port)
	encoder(c, &img.Encoder)
	list(c, &img.Populations, 25, population)
	readout(c, &img.Readout)
	number(c, &img.Synapses)
	number(c, &img.Unrolled)
}

func encoder(c *codec, e *Encoder) {
	text(c, &e.Kind)
	number(c, &e.Ticks)
	number(c, &e.Intensity)
	number(c, &e.TickNanoseconds)
	number(c, &e.Bits)
	if c.version >= 2 {
		number(c, &e.Fields)
		number(c, &e.Cut)
	}
	if c.version >= 4 {
		realNumber(c, &e.Scale)
		number(c, &e.Zero)
	}
}

func population(c *codec, p *Population) {
	text(c, &p.Name)
	list(c, &p.Shape, 4, number[int32])
	number(c, &p.Depth)
	boolean(c, &p.Spikes)
	list(c, &p.Segments, 12, func(c *codec, s *Segment) {
		number(c, &s.Tile)
		number(c, &s.First)
		number(c, &s.Count)
	})
	list(c, &p.Unit, 12, realNumber)
	list(c, &p.Rest, 12, realNumber)
}

func realNumber(c *codec, r *Real) {
	number(c, &r.Mantissa)
	number(c, &r.Exponent)
}

func readout(c *codec, r *Readout) {
	number(c, &r.Kind)
	number(c, &r.Population)
	number(c, &r.Classes)
	array(c, &r.Labels)
	array(c, &r.Proportions)
}

// routesSection is the route table, with 16 bytes for every tile of the mesh.
func routesSection(c *codec, img *Image) {
	t := &img.Routes
	number(c, &t.Mesh.Width)
	number(c, &t.Mesh.Height)
	if c.version >= boardVersion {
		number(c, &t.Chip.Width)
		number(c, &t.Chip.Height)
	}
	boolean(c, &t.Unicast)
	list(c, &t.Neurons, 16, routes)
	list(c, &t.Ports, 24, func(c *codec, p *router.PortRoutes) {
		text(c, &p.Name)
		number(c, &p.At.X)
		number(c, &p.At.Y)
		routes(c, &p.Routes)
	})
}

func routes(c *codec, r *router.Routes) {
	array(c, &r.Start)
	array(c, &r.Dests)
}

// hostSection is the layer that the host computes.
func hostSection(c *codec, h *HostLayer) {
	number(c, &h.Population)
	number(c, &h.WeightExp)
	array(c, &h.Weights)
}

// coreSection is one core with its tile.
func coreSection(c *codec, p *PlacedCore) {
	cfg := &p.Config
	number(c, &p.Tile)
	text(c, &p.Full)
	widths(c, &cfg.Widths)
	list(c, &cfg.Groups, 54, group)
	array(c, &cfg.Threshold)
	array(c, &cfg.Bias)
	array(c, &cfg.Reset)
	array(c, &cfg.V0)
	array(c, &cfg.ID)
	list(c, &cfg.Axons, 9, func(c *codec, a *core.Axon) {
		number(c, &a.Row)
		number(c, &a.Base)
		number(c, &a.Delay)
		if c.version >= valueVersion {
			number(c, &a.Value)
		}
	})
	list(c, &cfg.Rows, 25, row)
	array(c, &cfg.Dense8)
	array(c, &cfg.Dense16)
	array(c, &cfg.Sparse)
	array(c, &cfg.Plastic)
	array(c, &cfg.Theta)
	array(c, &cfg.Target)
	list(c, &cfg.Escape, 9, func(c *codec, e *core.EscapeTable) {
		number(c, &e.Shift)
		array(c, &e.Probability)
	})
	list(c, &cfg.Plasticity, 34, plasticity)
	if c.version >= 4 {
		list(c, &cfg.Boundaries, 8, func(c *codec, t *core.BoundaryTable) {
			array(c, (*[]int32)(t))
		})
	}
	if c.version >= 5 {
		list(c, &cfg.Masks, 8, number[uint64])
		list(c, &cfg.Types, 8, func(c *codec, t *[]int16) { array(c, t) })
	}
}

func widths(c *codec, w *core.Widths) {
	number(c, &w.Potential)
	number(c, &w.Current)
	boolean(c, &w.WrapPotential)
	boolean(c, &w.WrapCurrent)
	number(c, &w.Align)
	number(c, &w.DecayDigits)
	number(c, &w.IndexBits)
	boolean(c, &w.MergeDuplicates)
	if c.version >= offChipVersion {
		number(c, &w.OffChip)
	}
}

func group(c *codec, g *core.Group) {
	number(c, &g.First)
	number(c, &g.Count)
	number(c, &g.Population)
	number(c, &g.Depth)
	boolean(c, &g.HasCurrent)
	number(c, &g.DecayU)
	number(c, &g.DecayV)
	boolean(c, &g.BiasToCurrent)
	number(c, &g.WeightExp)
	boolean(c, &g.Integrator)
	number(c, &g.ResetMode)
	number(c, &g.Refractory)
	boolean(c, &g.HasFloor)
	number(c, &g.Floor)
	number(c, &g.Escape)
	boolean(c, &g.Theta.Adaptive)
	boolean(c, &g.Theta.Always)
	number(c, &g.Theta.Plus)
	number(c, &g.Theta.Decay)
	number(c, &g.Theta.Fall)
	number(c, &g.Theta.Min)
	number(c, &g.Winner.Arbiter)
	boolean(c, &g.Winner.LateralReset)
	boolean(c, &g.Winner.Alone)
	if c.version >= 3 {
		number(c, &g.Leak)
	}
	if c.version >= 4 {
		number(c, &g.Code.Kind)
		number(c, &g.Code.Window)
		number(c, &g.Code.Bits)
		number(c, &g.Code.Table)
		number(c, &g.Code.Run)
	}
	if c.version >= valueVersion {
		number(c, &g.Graded)
		number(c, &g.Shift.Most)
		number(c, &g.Shift.V)
		number(c, &g.Shift.U)
		number(c, &g.Shift.W)
		boolean(c, &g.Shift.Second)
	}
	if c.version >= pairVersion {
		boolean(c, &g.Pairs)
	}
}

func plasticity(c *codec, p *core.Plasticity) {
	number(c, &p.Group)
	number(c, &p.FirstRow)
	number(c, &p.Rows)
	number(c, &p.Rule)
	number(c, &p.LTP)
	number(c, &p.LTD)
	for _, t := range []*core.Trace{&p.Pre, &p.Post} {
		number(c, &t.Kind)
		number(c, &t.Length)
	}
	number(c, &p.Offset)
	number(c, &p.Min)
	number(c, &p.Max)
	number(c, &p.Norm.Kind)
	number(c, &p.Norm.Shift)
	number(c, &p.Norm.Step)
	number(c, &p.Norm.Every)
}

func row(c *codec, r *core.Row) {
	number(c, &r.Format)
	number(c, &r.WeightBits)
	number(c, &r.Weight)
	number(c, &r.Shift)
	number(c, &r.Exclude)
	number(c, &r.First)
	number(c, &r.Count)
	number(c, &r.Offset)
	if c.version >= 5 {
		number(c, &r.Type)
	}
	if c.version >= valueVersion {
		boolean(c, &r.Second)
	}
}
