package dataset

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // registers the format
	_ "image/png"  // registers the format
	"strconv"
	"strings"
)

// maxPictureBytes bounds the file of a picture.
const maxPictureBytes = 1 << 26

// picture is a decoded picture.
type picture struct {
	image.Image
	grey bool
}

// readPicture decodes a picture of the place, once its size is known to be sane.
func readPicture(p *place, name string) (*picture, error) {
	content, err := p.read(name, maxPictureBytes)
	if err != nil {
		return nil, err
	}
	out, err := decodePicture(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.full(name), err)
	}
	return out, nil
}

func decodePicture(content []byte) (*picture, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("no picture that can be read (PNG and JPEG can): %w", err)
	}
	if err := checkPicture(config, len(content)); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("a damaged picture: %w", err)
	}
	return &picture{Image: img, grey: config.ColorModel == color.GrayModel ||
		config.ColorModel == color.Gray16Model}, nil
}

// leastPicture is the number of pixels that a byte of a picture's file can hold at
// most: deflate's ratio, at a bit a pixel.
const leastPicture = 8 * maxDeflateRatio

// checkPicture refuses pictures that are larger than a chip takes, or than their file
// can hold.
func checkPicture(c image.Config, size int) error {
	pixels := int64(c.Width) * int64(c.Height)
	switch {
	case c.Width < 1 || c.Height < 1 || 3*pixels > maxElements:
		return fmt.Errorf(
			"a picture of %d x %d pixels: at least 1 and at most %d in all can be read",
			c.Width, c.Height, maxElements/3)
	case pixels > int64(size)*leastPicture:
		return fmt.Errorf("a picture of %d x %d pixels, which its %d bytes cannot hold",
			c.Width, c.Height, size)
	}
	return nil
}

// shape is channels x height x width.
func (p *picture) shape() []int {
	channels := 3
	if p.grey {
		channels = 1
	}
	return []int{channels, p.Bounds().Dy(), p.Bounds().Dx()}
}

// view is the memory of sample i.
func (s *Set) view(i int) []uint8 { n := s.Size(); return s.Bytes[i*n : (i+1)*n] }

// readInto decodes a picture into the memory of a sample.
func (s *Set) readInto(p *place, name string, dst []uint8) error {
	pic, err := readPicture(p, name)
	if err != nil {
		return err
	}
	height, width := s.Shape[1], s.Shape[2]
	switch b := pic.Bounds(); {
	case b.Dx() != width || b.Dy() != height:
		return fmt.Errorf(
			"%s has %d x %d pixels and the first picture %d x %d: bring all to one size",
			p.full(name), b.Dx(), b.Dy(), width, height)
	case s.Shape[0] == 1 && !pic.grey:
		return fmt.Errorf("%s has colours and the first picture is grey: make all of one kind",
			p.full(name))
	}
	pic.store(dst, s.Shape[0])
	return nil
}

// store writes a picture's pixels, channel by channel. Transparency is left off.
func (p *picture) store(dst []uint8, channels int) {
	b := p.Bounds()
	plane := b.Dx() * b.Dy()
	if img, ok := p.Image.(*image.YCbCr); ok && channels == 3 {
		storeYCbCr(img, dst)
		return
	}
	for k := range plane {
		r, g, blue := p.at(b.Min.X+k%b.Dx(), b.Min.Y+k/b.Dx())
		dst[k] = r
		if channels == 3 {
			dst[plane+k], dst[2*plane+k] = g, blue
		}
	}
}

// storeYCbCr is store for the pictures that JPEG has.
func storeYCbCr(img *image.YCbCr, dst []uint8) {
	b := img.Bounds()
	plane := b.Dx() * b.Dy()
	cb, cr := chromaPlanes(img)
	for k := range plane {
		y := img.Y[img.YOffset(b.Min.X+k%b.Dx(), b.Min.Y+k/b.Dx())]
		dst[k], dst[plane+k], dst[2*plane+k] = toRGB(y, cb.values[k], cr.values[k])
	}
}

// at is the colour of a pixel.
func (p *picture) at(x, y int) (r, g, b uint8) {
	if img, ok := p.Image.(*image.Gray); ok {
		v := img.GrayAt(x, y).Y
		return v, v, v
	}
	c := color.NRGBAModel.Convert(p.At(x, y)).(color.NRGBA)
	return c.R, c.G, c.B
}

// shapeText writes a shape as 3 x 32 x 32.
func shapeText(shape []int) string {
	words := make([]string, len(shape))
	for i, d := range shape {
		words[i] = strconv.Itoa(d)
	}
	return strings.Join(words, " x ")
}
