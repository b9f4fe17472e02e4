package layout

import (
	"fmt"
	"math"
)

// Preparation is how the host computes the chip's input from a sample's elements, where they are
// not used as they are: u = v * Gain + Offset, by channel, with v = pixel/255 of a byte and the
// number itself of a real one. Other preprocessing of a training pipeline is in the weights.
type Preparation struct {
	// Layout is the order of the axes in which pictures are fed, "chw" or "hwc", or ""
	// for their own.
	Layout string
	// Signed is set where u is from -1 to 1: the sign of a level, or two lines of
	// spikes, those of plus before those of minus in each channel. Otherwise u is from
	// 0 to 1.
	Signed bool
	// Gain and Offset have one entry for all elements or one per channel; empty means
	// 1 and 0.
	Gain, Offset Reals
}

// Reals are numbers of which there is one for all, or one each.
type Reals []Real

// NewReals holds numbers exactly.
func NewReals(numbers ...float64) Reals {
	out := make(Reals, len(numbers))
	for i, x := range numbers {
		out[i] = NewReal(x)
	}
	return out
}

// NewReal holds a finite number exactly.
func NewReal(x float64) Real {
	const digits = 53
	fraction, exponent := math.Frexp(x)
	return Real{Mantissa: int64(math.Ldexp(fraction, digits)), Exponent: int32(exponent - digits)}
}

// Float is the number.
func (r Real) Float() float64 { return math.Ldexp(float64(r.Mantissa), int(r.Exponent)) }

// At is number k, the one for all, or none where there are none.
func (x Reals) At(k int, none float64) float64 {
	switch len(x) {
	case 0:
		return none
	case 1:
		return x[0].Float()
	}
	return x[k].Float()
}

// preparationSection is how the host prepares samples.
func preparationSection(c *codec, p *Preparation) {
	text(c, &p.Layout)
	boolean(c, &p.Signed)
	list(c, (*[]Real)(&p.Gain), 12, realNumber)
	list(c, (*[]Real)(&p.Offset), 12, realNumber)
}

func validatePreparation(img *Image) error {
	p := img.Preparation
	if p == nil {
		return nil
	}
	if p.Layout != "" && p.Layout != "chw" && p.Layout != "hwc" {
		return fmt.Errorf("samples are prepared in the order %q: it is chw or hwc", p.Layout)
	}
	size, err := product(img.Input.Shape)
	if err != nil {
		return err
	}
	channels := max(len(p.Gain), len(p.Offset))
	for _, x := range []Reals{p.Gain, p.Offset} {
		if len(x) > 1 && (len(x) != channels || size%int64(len(x)) != 0) {
			return fmt.Errorf("samples of %d elements are prepared with %d gains and %d offsets: "+
				"one for all, or one per channel",
				size, len(p.Gain), len(p.Offset))
		}
		for _, r := range x {
			if f := r.Float(); math.IsInf(f, 0) {
				return fmt.Errorf("samples are prepared with %d * 2^%d, which is no finite number",
					r.Mantissa, r.Exponent)
			}
		}
	}
	if lines := img.Host == nil && p.Signed; lines &&
		(len(img.Input.Shape) == 0 || img.Input.Shape[0]%2 != 0) {
		return fmt.Errorf("input %q has shape %v: signed samples take two lines, so that its "+
			"first side is even",
			img.Input.Name, img.Input.Shape)
	}
	return nil
}
