package event

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// maxPicture bounds the pixels of a picture: the largest sensors have 2 million.
const maxPicture = 1 << 24

// Picture draws where the events of a recording are: white where there are none, red
// where most are on, blue where most are off, darker the more there are, by their
// logarithm. Small sensors are drawn larger.
func Picture(r *Recording, s *Summary) (image.Image, error) {
	width, height := max(s.Width, s.MaxX+1), max(s.Height, s.MaxY+1)
	if width*height > maxPicture || s.Events == 0 {
		return nil, fmt.Errorf("%s: %d events on %d x %d pixels cannot be drawn: at most %d "+
			"pixels can, and some event is needed",
			r.Name(), s.Events, width, height, maxPicture)
	}
	all, on := make([]int64, width*height), make([]int64, width*height)
	most := int64(0)
	err := r.Each(func(events []Event) error {
		for _, e := range events {
			if int(e.X) >= width || int(e.Y) >= height {
				return fmt.Errorf("%s changed while it was read", r.Name())
			}
			at := int(e.Y)*width + int(e.X)
			all[at]++
			if e.On {
				on[at]++
			}
			most = max(most, all[at])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	const small = 256 // pixels of a side, below which a picture is enlarged
	scale := max(1, small/max(width, height))
	out := image.NewRGBA(image.Rect(0, 0, width*scale, height*scale))
	for y := range height * scale {
		for x := range width * scale {
			at := y/scale*width + x/scale
			out.SetRGBA(x, y, shade(all[at], on[at], most))
		}
	}
	return out, nil
}

// shade is the colour of a pixel with so many events.
func shade(all, on, most int64) color.RGBA {
	if all == 0 {
		return color.RGBA{255, 255, 255, 255}
	}
	strength := 0.25 + 0.75*math.Log1p(float64(all))/math.Log1p(float64(most))
	share := float64(on) / float64(all)
	fade := func(full float64) uint8 { return uint8(255 - strength*(255-full)) }
	red, blue := 200*share, 200*(1-share)
	return color.RGBA{fade(red), fade(0), fade(blue), 255}
}
