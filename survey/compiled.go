package survey

import (
	"context"
	"errors"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
)

// compile checks a network against an emulated chip by the compiler's passes. Where these end at
// one kind of limit, those of other layers that the shapes show are added.
func (t *trial) compile(ctx context.Context, form Form, shaped *holding) (*holding, error) {
	if h, ok := t.known[form]; ok {
		return h, nil
	}
	h, err := t.compileOn(ctx, t.chip, form, shaped)
	if err == nil {
		t.known[form] = h
	}
	return h, err
}

func (t *trial) compileOn(ctx context.Context, chip *profile.Profile, form Form,
	shaped *holding) (*holding, error) {
	sized, err := t.model.Size(ctx, chip, form)
	var misfit *fit.Error
	if errors.As(err, &misfit) {
		return merged(misfit.Limits, shaped), nil
	}
	if err != nil {
		return nil, err
	}
	h := &holding{cores: sized.Cores}
	for _, u := range sized.Used {
		// The chip has as much in every core as in those that are used.
		h.weigh(u.Limit, u.Used, u.Have/int64(max(sized.Cores, 1))*int64(chip.Cores()))
	}
	return h, nil
}

// merged puts limits of the compiler before those of shapes that it does not name for any
// layer.
func merged(compiled []fit.Excess, shaped *holding) *holding {
	h := &holding{}
	for _, e := range compiled {
		e.Help = ""
		// The use of a single layer is not a limit.
		if e.Limit == fit.LimitCores && e.Layer != "" {
			continue
		}
		if e.Limit == fit.LimitCores {
			h.cores = int(e.Need)
		}
		h.limits = append(h.limits, e)
	}
	for _, e := range shaped.limits {
		named := func(o fit.Excess) bool { return o.Limit == e.Limit }
		if e.Limit != fit.LimitCores && !slices.ContainsFunc(compiled, named) {
			h.limits = append(h.limits, e)
		}
	}
	if len(shaped.limits) > 0 && shaped.cores == 0 {
		h.cores = 0
	}
	return h
}

// same reports whether two are of one limit: of one layer or, where one names none, of all.
func same(a, b *fit.Excess) bool {
	return a.Limit == b.Limit && (a.Layer == b.Layer || a.Layer == "" || b.Layer == "")
}
