package layer

import "fmt"

// ShapeOf is the shape of samples with channels first: a picture of one channel or of several, or a
// vector.
func ShapeOf(sample []int) (Shape, error) {
	switch len(sample) {
	case 1:
		return Shape{Height: 1, Width: 1, Channels: sample[0]}, nil
	case 2:
		return Shape{Height: sample[0], Width: sample[1], Channels: 1}, nil
	case 3:
		return Shape{Height: sample[1], Width: sample[2], Channels: sample[0]}, nil
	}
	return Shape{}, fmt.Errorf(
		"samples of shape %v: they are vectors or pictures of one or more channels", sample)
}

// Export returns the weights of a layer as ONNX and NIR have them, the output first:
// [outputs, inputs] with the inputs channels first, or [output channels, input channels,
// kernel rows, kernel columns].
func Export(l Linear, w []float32) []float32 {
	out := make([]float32, len(w))
	switch l := l.(type) {
	case *Dense:
		n := l.Of.Size()
		for o := range l.Outputs {
			l.Row(w, o, out[o*n:][:n])
		}
	case *Conv:
		l.each(func(at, other int) { out[other] = w[at] })
	}
	return out
}

// Import is the inverse of Export.
func Import(l Linear, other []float32) []float32 {
	w := make([]float32, len(other))
	switch l := l.(type) {
	case *Dense:
		n := l.Of.Size()
		for o := range l.Outputs {
			l.SetRow(w, o, other[o*n:][:n])
		}
	case *Conv:
		l.each(func(at, k int) { w[at] = other[k] })
	}
	return w
}

// FromPlanes stores in y, channels last, a signal with channels first.
func FromPlanes(s Shape, x []float64, y []float32) {
	plane := s.Height * s.Width
	for c := range s.Channels {
		for p, v := range x[c*plane:][:plane] {
			y[p*s.Channels+c] = float32(v)
		}
	}
}
