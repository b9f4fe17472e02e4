package event

import (
	"fmt"
	"strings"
)

// Polarity is the treatment of on and off events.
type Polarity uint8

// The ways to treat polarities.
const (
	PolarityKeep  Polarity = iota // two channels, off then on
	PolarityMerge                 // one channel of all events
	PolarityDrop                  // one channel of the on events; the others are left out
)

// polarityNames are the names by which users know the ways, in their order.
func polarityNames() []string { return []string{"keep", "merge", "drop"} }

// ParsePolarity reads the name of a way.
func ParsePolarity(name string) (Polarity, error) {
	for i, n := range polarityNames() {
		if n == name {
			return Polarity(i), nil
		}
	}
	return 0, fmt.Errorf("polarity %q: write %s", name, strings.Join(polarityNames(), ", "))
}

// String is the way's name.
func (p Polarity) String() string { return polarityNames()[p] }

// Channels is the number of channels that a frame has.
func (p Polarity) Channels() int {
	if p == PolarityKeep {
		return 2
	}
	return 1
}

// Crop is a part of the sensor. The zero Crop is all of it.
type Crop struct {
	Width, Height int
	X, Y          int // the upper left pixel
}

// ParseCrop reads "WxH+X+Y".
func ParseCrop(text string) (Crop, error) {
	var c Crop
	n, err := fmt.Sscanf(text, "%dx%d+%d+%d", &c.Width, &c.Height, &c.X, &c.Y)
	back := fmt.Sprintf("%dx%d+%d+%d", c.Width, c.Height, c.X, c.Y)
	const most = 1 << 16
	if err != nil || n != 4 || back != text || c.Width < 1 || c.Height < 1 || c.X < 0 || c.Y < 0 ||
		c.Width > most || c.Height > most || c.X > most || c.Y > most {
		return Crop{}, fmt.Errorf("crop %q: write WxH+X+Y, the width and the height of the part "+
			"and its upper left pixel, as 32x32+1+1", text)
	}
	return c, nil
}

// View maps a recording to a network's input: events outside of the crop and, with PolarityDrop,
// off events are left out; then N x N pixels become one.
type View struct {
	Polarity Polarity
	Crop     Crop
	// Downsample is N; 0 and 1 do not change pixels.
	Downsample int
}

// Frame is the size of a view, in pixels after crop and downsampling.
type Frame struct {
	Channels, Height, Width int
}

// Sources is the number of a frame's elements. Source (c*Height+y)*Width+x is pixel
// (x, y) of channel c.
func (f Frame) Sources() int { return f.Channels * f.Height * f.Width }

// Frame returns the frame of a sensor of a size. A size of 0, 0 is unknown and needs a crop; the
// error says so.
func (v *View) Frame(width, height int) (Frame, error) {
	if c := v.Crop; c.Width > 0 {
		if width > 0 && (c.X+c.Width > width || c.Y+c.Height > height) {
			return Frame{}, fmt.Errorf(
				"the crop %dx%d+%d+%d is not within the sensor's %d x %d pixels", c.Width, c.Height,
				c.X, c.Y, width, height)
		}
		width, height = c.Width, c.Height
	}
	if width <= 0 {
		return Frame{}, fmt.Errorf("the file does not say how large the sensor is: give a crop " +
			"of its size, --crop WxH+0+0")
	}
	n := max(v.Downsample, 1)
	return Frame{Channels: v.Polarity.Channels(), Height: (height + n - 1) / n,
		Width: (width + n - 1) / n}, nil
}

// sees says whether an event is seen at all.
func (v *View) sees(e Event) bool {
	if v.Polarity == PolarityDrop && !e.On {
		return false
	}
	if v.Crop.Width == 0 {
		return true
	}
	x, y := int(e.X)-v.Crop.X, int(e.Y)-v.Crop.Y
	return x >= 0 && y >= 0 && x < v.Crop.Width && y < v.Crop.Height
}

// place is the channel and the pixel of an event that is seen.
func (v *View) place(e Event) (c, x, y int) {
	x, y = int(e.X), int(e.Y)
	if v.Crop.Width > 0 {
		x, y = x-v.Crop.X, y-v.Crop.Y
	}
	if n := v.Downsample; n > 1 {
		x, y = x/n, y/n
	}
	if v.Polarity == PolarityKeep && e.On {
		c = 1
	}
	return c, x, y
}
