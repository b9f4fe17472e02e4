package survey

import (
	"context"
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
)

// onBoard is a chip on a board, and whether it is one of several: a chip that holds one network, or
// a layer in each core, makes no boards.
func onBoard(p *profile.Profile, b profile.Board) (*profile.Profile, bool, error) {
	switch {
	case b.Chips() <= 1 && p.Board.Chips() > 1:
		return p, true, nil
	case b.Chips() <= 1 || alone(p):
		return p, false, nil
	case p.FitOnly != nil:
		return several(p, b.Chips()), true, nil
	}
	chip := p.Chip()
	width, height := b.Width*chip.Width, b.Height*chip.Height
	if max(width, height) > profile.MaxSide {
		return nil, true, fmt.Errorf("%s chips make a mesh of %d x %d cores, of which a side has at "+
			"most %d", b, width, height, profile.MaxSide)
	}
	on, err := p.OnBoard(b)
	return on, true, err
}

// alone reports whether no boards are made of a chip.
func alone(p *profile.Profile) bool {
	return p.Single != nil || p.FitOnly != nil && p.FitOnly.Classes == nil
}

// oneOf is one chip of a board.
func oneOf(p *profile.Profile) *profile.Profile {
	out := *p
	if p.FitOnly == nil {
		out.Mesh.Width, out.Mesh.Height = p.Chip().Width, p.Chip().Height
	}
	out.Board = profile.Board{Width: 1, Height: 1}
	return &out
}

// several has the cores of a number of chips, to be counted: it is not on a board.
func several(p *profile.Profile, chips int) *profile.Profile {
	out := *p
	out.Mesh.Width *= chips
	if p.FitOnly != nil {
		f := *p.FitOnly
		f.Classes = slices.Clone(f.Classes)
		for i := range f.Classes {
			f.Classes[i].Count *= chips
		}
		out.FitOnly = &f
	}
	return &out
}

// maxChipTries bounds the numbers of chips that are tried.
const maxChipTries = 8

// chips is the least number of chips found that has cores enough for the network, 0 where none
// was found. On more chips than one, small loads share cores as on one.
func (t *trial) chips(ctx context.Context) (int, error) {
	if alone(t.one) || t.found.cores == 0 {
		return 0, nil
	}
	if !t.several.tried {
		n, err := t.countChips(ctx)
		if err != nil {
			return 0, err
		}
		t.several.tried, t.several.chips = true, n
	}
	return t.several.chips, nil
}

// inUse is how many chips the cores are of that a network takes which fits.
func (t *trial) inUse(ctx context.Context) (int, error) {
	if t.chip.Cores() == t.one.Cores() {
		return 1, nil
	}
	if t.one.FitOnly != nil {
		return t.countChips(ctx) // one kind of core may be short before all are
	}
	return ceilDiv(t.found.cores, t.one.Cores()), nil
}

// countChips tries numbers of chips, from that of the cores upwards.
func (t *trial) countChips(ctx context.Context) (int, error) {
	per := t.one.Cores()
	n := ceilDiv(t.found.cores, per)
	for range maxChipTries {
		h, err := t.holdOn(ctx, several(t.one, n))
		if err != nil {
			return 0, err
		}
		if !slices.ContainsFunc(h.limits, func(e fit.Excess) bool {
			return e.Limit == fit.LimitCores || t.breaks(e)
		}) {
			if t.compiled {
				t.found.cores = h.cores // before only some were known to be needed
			}
			return n, nil
		}
		if h.cores == 0 {
			return 0, nil
		}
		n = max(n+1, ceilDiv(h.cores, per))
	}
	return 0, nil
}

// holdOn checks the unchanged network against another number of chips.
func (t *trial) holdOn(ctx context.Context, on *profile.Profile) (*holding, error) {
	n, err := t.layers(t.model.Form)
	if err != nil {
		return nil, err
	}
	h := hold(n, on)
	if !t.compiled {
		return h, nil
	}
	return t.compileOn(ctx, on, t.model.Form, h)
}

// boardText says how many chips do, and the board that has as many.
func boardText(one *profile.Profile, chips int) string {
	text := fmt.Sprintf("%d chips", chips)
	b := boardOf(chips)
	if one.FitOnly != nil {
		return fmt.Sprintf("%s (--board %s)", text, b)
	}
	if _, err := one.OnBoard(b); err != nil {
		return text + ", more than a board has"
	}
	return fmt.Sprintf("%s (--board %s)", text, b)
}

// boardOf is the board nearest to a square that has so many chips, or a few more.
func boardOf(chips int) profile.Board {
	height := 1
	for (height+1)*(height+1) <= chips {
		height++
	}
	return profile.Board{Width: ceilDiv(chips, height), Height: height}
}
