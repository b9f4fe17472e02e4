package survey

import (
	"context"
	"fmt"
	"slices"

	"adder/chip/profile"
	"adder/compiler/convert"
	"adder/compiler/fit"
	"adder/core"
	"adder/snn"
	"adder/spike/encode"
)

// maximaAsRates is the limit of networks whose maxima have no form yet.
const maximaAsRates = "max-pooling layers under rates"

// trial tries changes of a network on a chip.
type trial struct {
	model *Model
	// chip is the chip or board that the network is compared with.
	chip, one *profile.Profile
	// compiled says that results are the compiler's.
	compiled bool
	// found is the result, shaped that by the shapes of layers alone.
	found, shaped *holding
	// known are results of the compiler by form.
	known map[Form]*holding
	// several is the number of chips that would do, once it was sought.
	several struct {
		tried bool
		chips int
	}
}

// change is a possible remedy for a limit.
type change struct {
	text string
	// form changes how the network becomes neurons, layers its layers; what is not set is
	// unchanged.
	form   func(*Form)
	layers func(*Network)
}

// layers are the model's in a form, on the trial's chip.
func (t *trial) layers(f Form) (*Network, error) {
	f.FanIn = fanIn(t.chip, f.WeightBits)
	return t.model.layers(f)
}

// fanIn is the largest fan-in of a neuron on a chip, 0 for no limit.
func fanIn(chip *profile.Profile, weightBits int) int {
	f := chip.FitOnly
	if f == nil {
		return fit.FanIn(chip, weightBits)
	}
	most := 0
	for i := range f.Classes {
		most = max(most, f.Classes[i].Axons*max(f.Classes[i].FanInFactor, 1))
	}
	return most
}

// mend is the least of the changes, in the order of changes, that lifts a limit without exceeding
// another; "" if there is none.
func (t *trial) mend(ctx context.Context, e *fit.Excess) (string, error) {
	for _, c := range t.changes() {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if t.mends(ctx, &c, e) {
			return c.text, nil
		}
	}
	if e.Limit == fit.LimitCores {
		n, err := t.chips(ctx)
		if err != nil {
			return "", err
		}
		if n > 0 {
			return boardText(t.one, n), nil
		}
	}
	return t.smaller(e), nil
}

// mends tries one change: by the shapes where these show the limit, else by compiling.
func (t *trial) mends(ctx context.Context, c *change, e *fit.Excess) bool {
	form := t.model.Form
	if c.form != nil {
		c.form(&form)
	}
	n, err := t.layers(form)
	if err != nil {
		return false
	}
	if c.layers != nil {
		c.layers(n)
	}
	h := hold(n, t.chip)
	if t.compiled && !t.shaped.has(e) {
		if !h.convertible() || c.layers != nil {
			return false
		}
		if h, err = t.compile(ctx, form, h); err != nil {
			return false
		}
	}
	return !h.has(e) && !slices.ContainsFunc(h.limits, t.breaks)
}

// breaks reports whether a limit is one that held before. How many cores a network takes was
// not known where one of its layers fits none.
func (t *trial) breaks(e fit.Excess) bool {
	return !t.found.has(&e) && !t.shaped.has(&e) && !(e.Limit == fit.LimitCores && t.shaped.cores == 0)
}

func (h *holding) has(e *fit.Excess) bool {
	return slices.ContainsFunc(h.limits, func(o fit.Excess) bool { return same(&o, e) })
}

// changes lists possible remedies for a limit, the cheapest first.
func (t *trial) changes() []change {
	var out []change
	f := t.model.Form
	for bits := f.WeightBits - 1; bits >= t.leastBits(); bits-- {
		out = append(out, change{text: fmt.Sprintf("%d-bit weights (--bits %d)", bits, bits),
			form: func(f *Form) { f.WeightBits = bits }})
	}
	if t.model.Net != nil && t.model.Net.IsANN() {
		out = append(out, t.forms(&f)...)
	}
	return out
}

// leastBits is the narrowest width of weights that is worth trying.
func (t *trial) leastBits() int {
	const least = 2
	if f := t.chip.FitOnly; f != nil {
		return max(f.WeightBits[0], least)
	}
	return max(t.chip.Weights.MinBits, least)
}

// forms are other ways from an ANN to neurons.
func (t *trial) forms(f *Form) (out []change) {
	if f.Pool != convert.PoolSpike {
		out = append(out, change{text: "neurons for pools (--pool spike)",
			form: func(f *Form) { f.Pool = convert.PoolSpike }})
	}
	if f.Code == "" && f.MaxPool == "" {
		out = append(out, change{text: "a spiking form of maxima (--maxpool or)",
			form: func(f *Form) { f.MaxPool = convert.MaxPoolOr }})
	}
	for _, code := range []string{"", encode.KindRadix, encode.KindLevel} {
		if code == f.Code {
			continue
		}
		name := code
		if code == "" {
			name = "rate"
		}
		out = append(out, change{text: "another code (--code " + name + ")", form: func(f *Form) {
			f.Code = code
			if code != "" {
				f.MaxPool = ""
			}
		}})
	}
	if f.Code == "" {
		out = append(out, change{text: "a last layer that spikes, whose spikes are counted",
			form: func(f *Form) { f.Spikes = true }})
	}
	return out
}

// parts are the steps in which a network is made smaller to see what fits.
const parts = 1000

// smaller is the largest share of the network that does not meet a limit: of its hidden
// layers or, where these do not matter, of its input.
func (t *trial) smaller(e *fit.Excess) string {
	if slices.Contains(core.ModelNames(), core.Model(modelOf(e.Limit))) {
		return ""
	}
	if share := t.share(e, scaleHidden); share > 0 {
		return fmt.Sprintf("hidden layers of at most %s of their neurons or channels",
			shareText(share))
	}
	if share := t.share(e, scaleInput); share > 0 {
		return fmt.Sprintf("an input of at most %s of its elements", shareText(share))
	}
	return ""
}

// shareText writes a number of parts in percent.
func shareText(share int) string { return fmt.Sprintf("%.3g %%", 100*float64(share)/parts) }

// modelOf is the model that a limit on neurons names.
func modelOf(limit string) string {
	var model string
	if _, err := fmt.Sscanf(limit, "%s neurons", &model); err != nil {
		return ""
	}
	return model
}

// share is the largest number of parts at which the limit is kept, 0 where there is none.
func (t *trial) share(e *fit.Excess, scale func(n *Network, share int)) int {
	mends := func(share int) bool {
		c := change{layers: func(n *Network) { scale(n, share) }}
		return t.mends(context.Background(), &c, e)
	}
	if !t.shaped.has(e) || !mends(1) {
		return 0 // the shapes do not show it, or nothing is small enough
	}
	low, high := 1, parts-1
	for low < high {
		if middle := (low + high + 1) / 2; mends(middle) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// scaleHidden leaves so many parts of the channels or neurons of all layers but the last.
func scaleHidden(n *Network, share int) {
	n.Layers = slices.Clone(n.Layers)
	for i := range n.Layers {
		l := &n.Layers[i]
		l.Inputs = slices.Clone(l.Inputs)
		for k := range l.Inputs {
			p := &l.Inputs[k]
			if p.Source != FromInput && !n.Layers[p.Source].Output {
				p.scale(share)
			}
		}
		if l.Output {
			continue
		}
		l.Shape = slices.Clone(l.Shape)
		before := l.Shape[0]
		l.Shape[0] = part(before, share)
		l.Neurons = l.Neurons / before * l.Shape[0]
	}
	n.narrowed = share
}

// scaleInput leaves so many parts of what the host sends.
func scaleInput(n *Network, share int) {
	n.Input = snn.Shape{part(n.Input.Size(), share)}
	n.Layers = slices.Clone(n.Layers)
	for i := range n.Layers {
		l := &n.Layers[i]
		l.Inputs = slices.Clone(l.Inputs)
		for k := range l.Inputs {
			if p := &l.Inputs[k]; p.Source == FromInput {
				p.scale(share)
			}
		}
	}
}

func part(n, share int) int { return max(n*share/parts, 1) }

// scale leaves a part of a source's channels or elements.
func (p *Projection) scale(share int) {
	if !p.Plane {
		p.FanIn, p.Elements, p.Mixed = part(p.FanIn, share), part(p.Elements, share), part(p.Mixed,
			share)
		return
	}
	if !p.Apart {
		each := max(p.FanIn/max(p.Channels, 1), 1)
		p.Channels = part(p.Channels, share)
		p.FanIn = each * p.Channels
	}
	p.Elements, p.Mixed = part(p.Elements, share), part(p.Mixed, share)
}
