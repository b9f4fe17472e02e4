package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"math"
)

// samplePicture is a sample with what both sides take it for.
type samplePicture struct {
	Number int
	// ANN is "" without one.
	Label, SNN, ANN string
	// Picture is a data URL, "" where the sample is no picture.
	Picture template.URL
}

// pictures shows samples by their numbers.
func pictures(s *source, numbers []int) ([]samplePicture, error) {
	var out []samplePicture
	for _, i := range numbers {
		p := samplePicture{
			Number: i, Label: class(s.Comparison.SNN.Labels[i]),
			SNN: class(s.Comparison.SNN.Classes[i]),
		}
		if ann := s.Comparison.ANN; ann != nil {
			p.ANN = class(ann.Classes[i])
		}
		var err error
		if p.Picture, err = picture(s, i); err != nil {
			return nil, fmt.Errorf("report: sample %d: %w", i, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func class(n int) string {
	if n < 0 {
		return none
	}
	return fmt.Sprint(n)
}

// maxPicture bounds the sides of a picture.
const maxPicture = 256

// picture draws a sample whose shape is that of one, as an element of the page.
func picture(s *source, i int) (template.URL, error) {
	planes, height, width := planesOf(s.Source.Shape())
	if planes == 0 {
		return "", nil
	}
	x, err := s.Source.Analog(i, nil)
	if err != nil || len(x) != planes*height*width {
		return "", err
	}
	var text bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&text, paint(x, planes, height, width)); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," +
		base64.StdEncoding.EncodeToString(text.Bytes())), nil
}

// planesOf takes a shape as that of a picture, channels first; 0 planes where it is none.
func planesOf(shape []int) (planes, height, width int) {
	if len(shape) == 2 {
		shape = []int{1, shape[0], shape[1]}
	}
	if len(shape) != 3 || shape[0] < 1 || shape[0] > 3 {
		return 0, 0, 0
	}
	for _, side := range shape[1:] {
		if side < 2 || side > maxPicture {
			return 0, 0, 0
		}
	}
	return shape[0], shape[1], shape[2]
}

// paint scales numbers to the range that they have. Of two planes, on and off events, one is
// blue and one is orange, on black.
func paint(x []float64, planes, height, width int) image.Image {
	least, greatest := math.Inf(1), math.Inf(-1)
	for _, v := range x {
		least, greatest = min(least, v), max(greatest, v)
	}
	at := func(plane, k int) uint8 {
		if greatest <= least {
			return 0
		}
		return uint8(math.Round(255 * (x[plane*height*width+k] - least) / (greatest - least)))
	}
	if planes == 1 {
		out := image.NewGray(image.Rect(0, 0, width, height))
		for k := range height * width {
			out.SetGray(k%width, k/width, color.Gray{Y: at(0, k)})
		}
		return out
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for k := range height * width {
		c := color.RGBA{R: at(0, k), G: at(1, k), B: at(planes-1, k), A: 255}
		if planes == 2 {
			on, off := at(0, k), at(1, k)
			c = color.RGBA{R: off, G: uint8((int(on) + int(off)) / 2), B: on, A: 255}
		}
		out.SetRGBA(k%width, k/width, c)
	}
	return out
}
