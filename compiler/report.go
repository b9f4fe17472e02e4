package compiler

import (
	"slices"

	"adder/chip/profile"
	"adder/compiler/balance"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/compiler/levels"
	"adder/compiler/place"
	"adder/compiler/quantise"
	"adder/compiler/rates"
	"adder/compiler/relay"
	"adder/compiler/split"
	"adder/layout"
	"adder/router"
)

// Report is the report of a compilation.
type Report struct {
	// Converted is set where the network was an ANN; Conversion then lists
	// its activations.
	Converted  bool
	Conversion []convert.LayerScale
	Layers     []quantise.Report
	// Levels is the report of the quantised network, nil without a code.
	Levels *levels.Report
	// Choice is how the bits were chosen, nil where the options set them.
	Choice *levels.Choice
	// Splits are the layers that were split because the fan-in of their neurons exceeds a core.
	Splits []split.Layer
	// Constants are the constants of a learned network and their integers, as far as its file has
	// them.
	Constants []quantise.Constant
	// Warnings are deviations of the compiled network from the model.
	Warnings   []string
	Cores      []CoreFill
	CoresTotal int
	Neurons    int
	// Synapses counts nonzero weights, SynapseBits the memory they take as stored, UnrolledBits
	// that memory if no axons shared a row.
	Synapses, SynapseBits, UnrolledBits int64
	WeightBits                          int
	// Latency is the largest depth: the ticks from an input to the output that it causes.
	Latency int
	// RoutedHops is the number of links that one spike of every source crosses together;
	// HopLowerBound a lower bound for any placement of these loads; RowMajorHops the number for
	// row-major placement.
	RoutedHops, HopLowerBound, RowMajorHops int64
	// Bottleneck is the slowest core in a mean tick, as estimated, nil on a chip without times.
	// Balance is the report of balancing, nil unless Options.Balance is set.
	Bottleneck *balance.State
	Balance    *balance.Report
	// CoreWork is the estimated work of each core in a mean tick, in the order of Cores, nil on a
	// chip without times.
	CoreWork []balance.CoreWork
	// Relays are the relay neurons that were added, nil if there are none.
	Relays *relay.Report
	// Board is the use of a board of several chips, nil for one chip.
	Board *BoardUse
	// RouterKeys is the number of sources in the fullest multicast table of a
	// router, and RouterKeysLimit how many one holds, 0 where the chip does not say.
	RouterKeys, RouterKeysLimit int
	// HopsPerTick are the same weighted by the rates of the sources, nil where these are not known.
	HopsPerTick *HopsPerTick
}

// LimitFill is the use of one limit of a core; Have is above 0.
type LimitFill struct {
	Limit string `json:"limit"`
	Used  int64  `json:"used"`
	Have  int64  `json:"have"`
}

// Share is the part of the limit that is used.
func (l *LimitFill) Share() float64 { return float64(l.Used) / float64(l.Have) }

// HopsPerTick are links crossed in a mean tick: with the placement, with row-major placement, and a
// lower bound for any placement.
type HopsPerTick struct {
	Routed     float64 `json:"routed"`
	RowMajor   float64 `json:"row_major"`
	LowerBound float64 `json:"lower_bound"`
}

// BoardUse is a network's use of a board of several chips: the chips with a core load, and
// BorderHops, the links between chips that one spike of every source crosses, which are also
// counted as routed hops.
type BoardUse struct {
	Width      int   `json:"width"`
	Height     int   `json:"height"`
	ChipsUsed  int   `json:"chips_used"`
	BorderHops int64 `json:"border_hops"`
}

// CoreFill is the use of a core's limits.
type CoreFill struct {
	// Tile is the number of the core's tile, X and Y its coordinates.
	Tile    int      `json:"tile"`
	X       int16    `json:"x"`
	Y       int16    `json:"y"`
	Layers  []string `json:"layers"`
	Neurons int      `json:"neurons"`
	Axons   int      `json:"axons"`
	Bits    int64    `json:"synapse_bits"`
	Routes  int      `json:"routes"`
	// Unrolled is the value of Bits if no axons shared a row.
	Unrolled int64 `json:"unrolled_bits"`
	// Tightest is the limit that the core is closest to, and Share its used share.
	Tightest string  `json:"tightest"`
	Share    float64 `json:"share"`
	// Limits has each limit that the chip states.
	Limits []LimitFill `json:"limits"`
	// Full names the limit that kept the core from holding more of its
	// layer, or is empty where the layer ended.
	Full string `json:"full,omitempty"`
}

func (r *Report) fill(s *state) {
	m := s.mapping
	r.CoresTotal = m.Chip.Cores()
	r.WeightBits = s.opts.WeightBits
	r.Synapses = s.image.Synapses
	for p := range s.net.Populations {
		r.Neurons += s.net.Populations[p].Size
	}
	r.Latency = s.net.Latency(int(s.image.Encoder.Ticks))
	r.fillCores(s)
	r.RouterKeys, r.RouterKeysLimit = slices.Max(
		s.image.Routes.Keys(s.image.Routes.Topology())), m.Chip.Core.RouterKeys
	r.fillHops(s)
}

func (r *Report) fillCores(s *state) {
	r.Cores = fill(s.image, &s.opts.Chip.Core)
	for i := range r.Cores {
		r.SynapseBits += r.Cores[i].Bits
		r.UnrolledBits += r.Cores[i].Unrolled
	}
}

// Fill returns the use of the limits of an image's cores.
func Fill(img *layout.Image) []CoreFill {
	limits := profile.Core{}
	if p, err := profile.Parse(img.Chip.Name, img.Chip.Profile); err == nil {
		limits = p.Core
	}
	return fill(img, &limits)
}

func fill(img *layout.Image, limits *profile.Core) []CoreFill {
	memory := layout.Measure(img)
	out, topology := make([]CoreFill, len(img.Cores)), img.Routes.Topology()
	for i := range img.Cores {
		f := &memory.Cores[i]
		out[i] = CoreFill{
			Tile: int(f.Tile), X: topology.At(f.Tile).X, Y: topology.At(f.Tile).Y,
			Neurons: int(f.Neurons), Axons: int(f.Axons), Bits: f.SynapseBits(),
			Unrolled: f.UnrolledBits, Routes: int(f.Routes),
			Full: img.Cores[i].Full,
		}
		out[i].share(limits)
		for _, g := range img.Cores[i].Config.Groups {
			name := img.Populations[g.Population].Name
			if !slices.Contains(out[i].Layers, name) {
				out[i].Layers = append(out[i].Layers, name)
			}
		}
	}
	return out
}

// share lists the limits and finds the one that the core comes closest to.
func (f *CoreFill) share(limits *profile.Core) {
	for _, l := range []LimitFill{
		{fit.LimitNeurons, int64(f.Neurons), int64(limits.Neurons)},
		{fit.LimitAxons, int64(f.Axons), int64(limits.InputAxons)},
		{fit.LimitMemory, f.Bits, limits.SynapseMemory},
		{fit.LimitRoutes, int64(f.Routes), int64(limits.OutputRoutes)},
	} {
		if l.Have == 0 {
			continue
		}
		f.Limits = append(f.Limits, l)
		if share := l.Share(); share > f.Share {
			f.Tightest, f.Share = l.Limit, share
		}
	}
}

func (r *Report) fillBoard(s *state) {
	m := s.mapping
	board, ok := m.Chip.Topology().(*router.Board)
	if !ok {
		return
	}
	used := map[router.Coord]bool{}
	for _, tile := range m.Tiles {
		used[board.Chip(board.At(router.Core(tile)))] = true
	}
	r.Board = &BoardUse{
		Width: m.Chip.Board.Width, Height: m.Chip.Board.Height,
		ChipsUsed: len(used), BorderHops: s.objective.Borders(m.Tiles),
	}
}

func (r *Report) fillHops(s *state) {
	m, o := s.mapping, s.objective
	rows := place.RowMajor(len(m.Parts))
	r.RoutedHops, r.RowMajorHops = o.Hops(m.Tiles), o.Hops(rows)
	r.HopLowerBound = o.HopsBound(len(m.Parts))
	r.fillBoard(s)
	if s.opts.Rates == nil {
		return
	}
	perTick := func(x int64) float64 { return float64(x) / rates.Full }
	r.HopsPerTick = &HopsPerTick{
		Routed: perTick(o.HopsPerTick(m.Tiles)), RowMajor: perTick(o.HopsPerTick(rows)),
		LowerBound: perTick(o.TotalBound(len(m.Parts))),
	}
}
