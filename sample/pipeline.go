package sample

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"adder/internal/grouped"
)

// The orders of a picture's axes.
const (
	LayoutCHW = "chw"
	LayoutHWC = "hwc"
)

// Pipeline is the preprocessing of a training pipeline: a number v becomes (v * Scale - Mean) /
// Std, by channel. A uint8 element is v = pixel/255; real numbers are v. The zero value is no
// preprocessing.
type Pipeline struct {
	// Scale multiplies first; 0 means 1.
	Scale float64
	// Mean and Std have one entry for all or one per channel; empty means 0 and 1.
	Mean, Std []float64
	// Layout is the order in which the network takes the axes of pictures, LayoutCHW
	// or LayoutHWC, or "" for that of the samples.
	Layout string
	// Bytes is set for a network whose file says that its input is of bytes: real
	// numbers are then 0 to 255 as well, and v is a 255th of them.
	Bytes bool
}

// Check returns an error for an impossible pipeline.
func (p *Pipeline) Check() error {
	finite := func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
	switch {
	case !finite(p.Scale) || p.Scale < 0:
		return fmt.Errorf("--scale %g: write a number above 0, such as 255 for a network that "+
			"was trained on 0 to 255",
			p.Scale)
	case slices.ContainsFunc(p.Mean, func(x float64) bool { return !finite(x) }):
		return fmt.Errorf("--mean %v: write finite numbers", p.Mean)
	case slices.ContainsFunc(p.Std, func(x float64) bool { return !finite(x) || x <= 0 }):
		return fmt.Errorf("--std %v: write numbers above 0", p.Std)
	case len(p.Mean) > 1 && len(p.Std) > 1 && len(p.Mean) != len(p.Std):
		return fmt.Errorf("--mean has %d numbers and --std %d: give one for all or one per channel",
			len(p.Mean), len(p.Std))
	case p.Layout != "" && p.Layout != LayoutCHW && p.Layout != LayoutHWC:
		return fmt.Errorf("--layout %s: write %s or %s", p.Layout, LayoutCHW, LayoutHWC)
	}
	return nil
}

// channels is the number of entries that differ by channel, 1 where none do.
func (p *Pipeline) channels() int { return max(len(p.Mean), len(p.Std), 1) }

// scale is the factor that comes first.
func (p *Pipeline) scale() float64 {
	if p.Scale == 0 {
		return 1
	}
	return p.Scale
}

// affine gives the factor and the shift of a channel: x = factor * v + shift.
func (p *Pipeline) affine(channel int) (factor, shift float64) {
	mean, std := at(p.Mean, channel, 0), at(p.Std, channel, 1)
	return p.scale() / std, -mean / std
}

// number is v of a channel after preprocessing.
func (p *Pipeline) number(v float64, channel int) float64 {
	if p.plain() {
		return v
	}
	return (float64(v*p.scale()) - at(p.Mean, channel, 0)) / at(p.Std, channel, 1)
}

// plain reports whether numbers are unchanged.
func (p *Pipeline) plain() bool { return p.scale() == 1 && len(p.Mean) == 0 && len(p.Std) == 0 }

// at is entry k of a parameter that has one for all, one each, or none.
func at(x []float64, k int, none float64) float64 {
	switch len(x) {
	case 0:
		return none
	case 1:
		return x[0]
	}
	return x[k]
}

// axes is the order of the elements of a sample.
type axes struct {
	// shape is that of the sample as the network takes it.
	shape []int
	// from has, per element, its place in the set's sample, or is nil where they are
	// the same.
	from []int32
	// channel is the axis of the channels.
	channel int
}

// channelOf is the channel of an element, of so many.
func (a *axes) channelOf(element, channels int) int {
	if channels == 1 {
		return 0
	}
	after := 1
	for _, d := range a.shape[a.channel+1:] {
		after *= d
	}
	return element / after % channels
}

// hwc turns channels x height x width around, chw back.
func hwc(shape []int) []int { return []int{shape[1], shape[2], shape[0]} }
func chw(shape []int) []int { return []int{shape[2], shape[0], shape[1]} }

// fewChannels is more than a picture's channels, and less than its sides.
const fewChannels = 4

// looksHWC goes by the one side that is as small as channels are.
func looksHWC(shape []int) bool { return shape[2] <= fewChannels && shape[0] > fewChannels }

// newAxes decides how samples of a shape reach a network that takes input, nil where
// that is not known. picture says that the samples are channels x height x width.
func newAxes(shape []int, picture bool, layout string, input []int, channels int) (*axes, error) {
	a := &axes{shape: shape}
	if len(shape) == 3 {
		if err := a.turn(picture, layout, input); err != nil {
			return nil, err
		}
	}
	if input != nil && Size(a.shape) != Size(input) {
		return nil, wrongShape(shape, input)
	}
	return a, a.findChannels(layout, picture, channels)
}

// wrongShape says that samples are not what a network takes.
func wrongShape(shape, input []int) error {
	return fmt.Errorf("a sample has shape %s, %s elements, and the model takes %s, %s",
		form(shape), grouped.Int(int64(Size(shape))), form(input), grouped.Int(int64(Size(input))))
}

// turn permutes the axes of a picture into the requested order.
func (a *axes) turn(picture bool, layout string, input []int) error {
	is := LayoutCHW
	if !picture && looksHWC(a.shape) {
		is = LayoutHWC
	}
	turned := hwc(a.shape)
	if is == LayoutHWC {
		turned = chw(a.shape)
	}
	fits := slices.Equal(input, turned) && !slices.Equal(input, a.shape)
	switch {
	case layout == "" && fits && picture:
		layout = LayoutHWC
	case layout == "" && fits:
		return fmt.Errorf("a sample has shape %s and the model takes %s: --layout %s turns the "+
			"samples, --layout %s feeds them as they are",
			form(a.shape), form(input), other(is), is)
	}
	if layout == "" || layout == is {
		return nil
	}
	a.from = permutation(a.shape, is)
	a.shape = turned
	return nil
}

func other(layout string) string {
	if layout == LayoutCHW {
		return LayoutHWC
	}
	return LayoutCHW
}

// permutation has, per element of a picture in the other order, its place in this one.
func permutation(shape []int, is string) []int32 {
	from := make([]int32, 0, Size(shape))
	if is == LayoutCHW {
		for k := range shape[1] * shape[2] {
			for c := range shape[0] {
				from = append(from, int32(c*shape[1]*shape[2]+k))
			}
		}
		return from
	}
	for c := range shape[2] {
		for k := range shape[0] * shape[1] {
			from = append(from, int32(k*shape[2]+c))
		}
	}
	return from
}

// findChannels finds the axis with as many channels as a pipeline has numbers.
func (a *axes) findChannels(layout string, picture bool, channels int) error {
	last := len(a.shape) - 1
	if last == 2 && (layout == LayoutHWC || layout == "" && !picture && looksHWC(a.shape) ||
		picture && a.from != nil) {
		a.channel = last
	}
	switch {
	case channels == 1 || a.shape[a.channel] == channels:
		return nil
	case last != 2 && a.shape[last] == channels:
		a.channel = last
		return nil
	}
	return fmt.Errorf("--mean and --std have %d numbers and a sample of shape %s has %d "+
		"channels: give one for all or one per channel",
		channels, form(a.shape), a.shape[a.channel])
}

// form writes a shape as 3x32x32.
func form(shape []int) string {
	out := ""
	for i, d := range shape {
		if i > 0 {
			out += "x"
		}
		out += fmt.Sprint(d)
	}
	return out
}

var errNoSamples = errors.New("there are no samples to measure the range of the input on")
