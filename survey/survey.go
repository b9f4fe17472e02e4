package survey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/snn"
)

// Model is the network of a survey.
type Model struct {
	Name string
	// Net is the network as trained, nil for one that Layers states.
	Net *snn.Network
	// Layered are the layers of a network that is integers from the start.
	Layered *Network
	Form    Form
	// Size compiles it for an emulated chip in a form, up to its core loads. A network that does
	// not fit is a *fit.Error.
	Size func(ctx context.Context, chip *profile.Profile, form Form) (*compiler.Sizing, error)

	mu sync.Mutex
	// known are its layers by form, without the width of weights.
	known map[Form]*Network
}

// layers are the model's in a form; the caller may change them, but not the contents of slices.
func (m *Model) layers(f Form) (*Network, error) {
	bits := f.WeightBits
	f.WeightBits = 0
	m.mu.Lock()
	defer m.mu.Unlock()
	n, ok := m.known[f]
	switch {
	case m.Layered != nil:
		n = m.Layered
	case !ok:
		var err error
		if n, err = Layers(m.Net, f); err != nil {
			return nil, err
		}
		if m.known == nil {
			m.known = map[Form]*Network{}
		}
		m.known[f] = n
	}
	out := *n
	out.WeightBits = bits
	return &out, nil
}

// Options are the options of a survey.
type Options struct {
	// Compile compiles networks of any size for emulated chips; without it those of more than
	// MaxSynapses are sized by the shapes of their layers.
	Compile bool
	// Board is the grid of each chip; the zero Board is that of each profile. Chips that do not
	// form boards are checked as single chips.
	Board profile.Board
	// Workers is the number of chips that are tried in parallel; it changes no result.
	Workers int
}

// MaxSynapses is the largest number of synapses of a network that a survey compiles.
const MaxSynapses = 250_000

// FitOnlyLabel is the label of a chip that is not emulated.
const FitOnlyLabel = "fit only: not emulated"

// The ways to size a network.
const (
	// Compiled results went through the compiler's passes.
	Compiled = "compiled"
	// ByShape results are computed from the shapes of layers alone, as if all weights were nonzero.
	ByShape = "by shape"
)

// Limit is a limit that a network exceeds, with a remedy. If Need and Have are 0, Limit is a
// sentence on a feature that the chip lacks.
type Limit struct {
	Layer string `json:"layer"`
	Limit string `json:"limit"`
	Need  int64  `json:"need"`
	Have  int64  `json:"have"`
	Help  string `json:"help"`
	// Mendable says that a change on this chip would lift the limit; Help names it.
	Mendable bool `json:"mendable"`
}

// Board is a grid of chips.
type Board struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// String is the board as --board takes it, "" for nil.
func (b *Board) String() string {
	if b == nil {
		return ""
	}
	return profile.Board{Width: b.Width, Height: b.Height}.String()
}

// Fit is the result of a survey for a network on a chip.
type Fit struct {
	Model string `json:"model"`
	Chip  string `json:"chip"`
	Fits  bool   `json:"fits"`
	// Exact is set if Adder emulates the chip; otherwise Label is FitOnlyLabel.
	Exact bool   `json:"exact"`
	Label string `json:"label"`
	// Limits are those that bind; the ones that no change on this chip would lift come first.
	Limits []Limit `json:"limits"`
	// Board is the grid of chips, nil for a single chip.
	Board *Board `json:"board"`
	// Cores is the number of cores of all layers, nil if a layer fits no number of cores.
	// CoresTotal is that of the chip or the board. Chips is the number of chips needed, nil if more
	// chips would not help.
	Cores      *int `json:"cores"`
	CoresTotal int  `json:"cores_total"`
	Chips      *int `json:"chips"`
	// Fill is the used share of the scarcest resource, which Fullest names; nil if the network does
	// not fit.
	Fill    *float64 `json:"fill"`
	Fullest string   `json:"fullest"`
	// Accuracy, Seconds and EnergyPJ are those of an inference, nil where they were not
	// measured or have no source. AccuracyInterval is the 95 % interval at so many Samples.
	Accuracy         *float64    `json:"accuracy"`
	AccuracyInterval *[2]float64 `json:"accuracy_interval"`
	Samples          *int        `json:"samples"`
	Seconds          *float64    `json:"seconds"`
	EnergyPJ         *float64    `json:"energy_pj"`
	// EnergySource names the table or figure behind EnergyPJ.
	EnergySource string `json:"energy_source"`
	// Sized is the way the network was sized: Compiled or ByShape.
	Sized string `json:"sized"`
	// Close says that the number of cores by shape is so near to the chip's that the compiler may
	// decide otherwise.
	Close bool `json:"close"`
	// Places are the cores of each layer, for chips of several kinds of cores.
	Places []Place `json:"places"`
	// Caution says what a fit on this chip does not check.
	Caution string `json:"caution"`

	// refused is why the compiler takes the network for no number of cores.
	refused error
}

// Run checks a model against chips. The results are in the order of the chips.
func Run(ctx context.Context, m *Model, chips []*profile.Profile, o Options) ([]Fit, error) {
	out, errs := make([]Fit, len(chips)), make([]error, len(chips))
	var group sync.WaitGroup
	gate := make(chan struct{}, max(o.Workers, 1))
	for i, chip := range chips {
		group.Add(1)
		go func() {
			defer group.Done()
			gate <- struct{}{}
			defer func() { <-gate }()
			out[i], errs[i] = try(ctx, m, chip, o)
		}()
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, errs[slices.IndexFunc(errs, func(e error) bool { return e != nil })]
	}
	if err := refusedByAll(out); err != nil {
		return nil, err
	}
	nameOthers(out, chips)
	return out, nil
}

// refusedByAll is the error of a network that the compiler takes for no chip: it is not the
// chips that are at fault.
func refusedByAll(out []Fit) (err error) {
	for i := range out {
		if out[i].Exact && out[i].refused == nil {
			return nil
		}
		if err == nil {
			err = out[i].refused
		}
	}
	return err
}

// try holds a model to one chip, or to a board of it.
func try(ctx context.Context, m *Model, chip *profile.Profile, o Options) (Fit, error) {
	out := Fit{Model: m.Name, Chip: chip.Name, Exact: chip.FitOnly == nil, CoresTotal: chip.Cores(),
		Sized: ByShape, Limits: []Limit{}, Places: []Place{}}
	if f := chip.FitOnly; f != nil {
		out.Label, out.Caution = FitOnlyLabel, f.Caution
	}
	on, grid, err := onBoard(chip, o.Board)
	if err != nil {
		out.Board = &Board{Width: o.Board.Width, Height: o.Board.Height}
		out.Refuse(err.Error(), "a smaller board")
		return out, nil
	}
	t := &trial{model: m, chip: on, one: oneOf(chip), known: map[Form]*holding{}}
	if out.CoresTotal = on.Cores(); grid {
		out.Board = &Board{Width: o.Board.Width, Height: o.Board.Height}
		if o.Board.Chips() <= 1 {
			out.Board = &Board{Width: chip.Board.Width, Height: chip.Board.Height}
		}
	}
	n, err := t.layers(m.Form)
	if err != nil {
		return out, err
	}
	t.shaped = hold(n, on)
	t.compiled = on.FitOnly == nil && m.Size != nil && t.shaped.convertible() &&
		(o.Compile || n.Synapses() <= MaxSynapses)
	t.found = t.shaped
	if t.compiled {
		out.Sized = Compiled
		if t.found, err = t.compile(ctx, m.Form, t.shaped); ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err != nil {
			// A constant that the chip does not store, or a form that it does not have.
			out.refused = err
			t.found = &holding{limits: []fit.Excess{{Limit: err.Error()}}}
		}
	}
	return out, out.fill(ctx, t)
}

// fill takes over what a network takes of a chip, or what keeps it from it and would mend that.
func (f *Fit) fill(ctx context.Context, t *trial) (err error) {
	h := t.found
	f.Fits = len(h.limits) == 0
	if h.cores > 0 {
		f.Cores = &h.cores
	}
	chips := 0
	switch {
	case f.Fits:
		f.Fill, f.Fullest = &h.fill, h.fullest
		f.Places = append(f.Places, h.places...)
		if chips, err = t.inUse(ctx); err != nil {
			return err
		}
	case h.onlyCores():
		if chips, err = t.chips(ctx); err != nil {
			return err
		}
	}
	if chips > 0 {
		f.Chips = &chips
	}
	for _, e := range h.limits {
		help, err := t.mend(ctx, &e)
		if err != nil {
			return err
		}
		if e.Limit == fit.LimitCores {
			e.Need = max(e.Need, int64(h.cores)) // the compiler may have known a part of it
		}
		f.Limits = append(f.Limits, Limit{e.Layer, e.Limit, e.Need, e.Have, help, help != ""})
	}
	f.order()
	f.Close = f.Sized == ByShape && f.Exact && (f.Fits || h.onlyCores()) &&
		near(h.cores, f.CoresTotal, t.chip)
	if f.Fits && f.Exact && f.Caution == "" {
		f.Caution = t.shaped.pairs()
	}
	return ctx.Err()
}

// order puts what nothing mends on this chip before all else: no setting helps where it stands.
func (f *Fit) order() {
	slices.SortStableFunc(f.Limits, func(a, b Limit) int {
		switch {
		case a.Mendable == b.Mendable:
			return 0
		case b.Mendable:
			return -1
		}
		return 1
	})
}

// near reports whether a number of cores by shape is within its error of the cores that there
// are: within a quarter, and within a factor of two where weights are stored by types of axons.
func near(cores, have int, chip *profile.Profile) bool {
	if chip.Weights.AxonTypes > 0 {
		return cores < 2*have && have < 2*cores
	}
	return 4*cores < 5*have && 4*have < 5*cores
}

// onlyCores reports whether more cores would do.
func (h *holding) onlyCores() bool {
	return h.cores > 0 && !slices.ContainsFunc(h.limits,
		func(e fit.Excess) bool { return e.Limit != fit.LimitCores })
}

// convertible reports whether the compiler has a form for every layer.
func (h *holding) convertible() bool {
	return !slices.ContainsFunc(h.limits, func(e fit.Excess) bool {
		return e.Limit == maximaAsRates
	})
}

// nameOthers names the chips that a network fits where nothing else mends a limit.
func nameOthers(out []Fit, chips []*profile.Profile) {
	var names []string
	for i := range out {
		if out[i].Fits && chips[i].FitOnly == nil {
			names = append(names, out[i].Chip)
		}
	}
	for i := range out {
		for k := range out[i].Limits {
			l := &out[i].Limits[k]
			switch {
			case l.Help != "":
			case len(names) > 0:
				l.Help = "another chip: " + list(names)
			default:
				l.Help = "no change that was tried mends it"
			}
		}
	}
}

// list writes names as "a, b or c".
func list(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	text := names[0]
	for _, name := range names[1:last] {
		text += ", " + name
	}
	return fmt.Sprintf("%s or %s", text, names[last])
}

// Refuse changes a result to one that does not fit, for a reason that Size does not check.
func (f *Fit) Refuse(why, help string) {
	f.Fits, f.Chips, f.Fill, f.Fullest, f.Places = false, nil, nil, "", []Place{}
	f.Close = false
	f.Limits = append(f.Limits, Limit{Limit: why, Help: help})
}
