package dataset

import "image"

// Most training pipelines decode JPEG with libjpeg, whose decoder by default interpolates the
// colours of pictures that store them at half the resolution, by a triangle filter: a sample
// between two stored ones is three parts of the near and one of the far. Networks notice: on small
// pictures, colours that are repeated instead change a few answers in a hundred. The filter and its
// roundings here are those that libjpeg documents as "fancy upsampling" (jdsample.c); vertical
// neighbours come first.

// chroma is a colour plane at the full resolution of a picture.
type chroma struct {
	values []uint8
	width  int
}

// chromaPlanes gives both colours of each pixel of a picture.
func chromaPlanes(img *image.YCbCr) (cb, cr chroma) {
	return upsample(img, img.Cb), upsample(img, img.Cr)
}

// upsample scales a colour plane to the size of the picture.
func upsample(img *image.YCbCr, stored []uint8) chroma {
	b := img.Bounds()
	out := chroma{make([]uint8, b.Dx()*b.Dy()), b.Dx()}
	smooth := img.SubsampleRatio == image.YCbCrSubsampleRatio420 ||
		img.SubsampleRatio == image.YCbCrSubsampleRatio422
	if !smooth || b.Min != (image.Point{}) {
		for k := range out.values {
			out.values[k] = stored[img.COffset(b.Min.X+k%b.Dx(), b.Min.Y+k/b.Dx())]
		}
		return out
	}
	half := (b.Dx() + 1) / 2
	column := make([]int, half)
	for y := range b.Dy() {
		unit := verticalSums(img, stored, y, column)
		spreadRow(column, unit, out.values[y*b.Dx():(y+1)*b.Dx()])
	}
	return out
}

// verticalSums fills sums with the contribution of each stored column to row y, in units of the
// number that it returns.
func verticalSums(img *image.YCbCr, stored []uint8, y int, sums []int) (unit int) {
	row := func(k int) []uint8 { return stored[k*img.CStride:][:len(sums)] }
	if img.SubsampleRatio == image.YCbCrSubsampleRatio422 {
		for i, v := range row(y) {
			sums[i] = int(v)
		}
		return 1
	}
	rows := (img.Bounds().Dy() + 1) / 2
	near := y / 2
	far := near - 1 + 2*(y%2)
	far = min(max(far, 0), rows-1)
	other := row(far)
	for i, v := range row(near) {
		sums[i] = 3*int(v) + int(other[i])
	}
	return 4
}

// spreadRow interpolates along a row. The even samples round down and the odd ones up, so that the
// mean is preserved; unit is 1 or 4.
func spreadRow(sums []int, unit int, dst []uint8) {
	even, odd, shift := 8, 7, 4
	if unit == 1 {
		even, odd, shift = 1, 2, 2
	}
	for x := range dst {
		k, bias := x/2, even
		side := k - 1
		if x%2 == 1 {
			side, bias = k+1, odd
		}
		if side < 0 || side >= len(sums) {
			side = k
			if unit == 1 {
				bias = 2 // libjpeg copies the ends
			}
		}
		dst[x] = uint8((3*sums[k] + sums[side] + bias) >> shift)
	}
}

// toRGB is the conversion of JFIF, rounded to the nearest in 16 bits of fraction.
func toRGB(y, cb, cr uint8) (r, g, b uint8) {
	const half = 1 << 15
	luma, blue, red := int32(y), int32(cb)-128, int32(cr)-128
	return clamp(luma + (91881*red+half)>>16),
		clamp(luma + (-22554*blue-46802*red+half)>>16),
		clamp(luma + (116130*blue+half)>>16)
}

func clamp(v int32) uint8 { return uint8(min(max(v, 0), 255)) }
