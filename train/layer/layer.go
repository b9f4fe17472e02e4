// Package layer computes trained layers: dense and convolutional ones, average and max pools, each
// forward, backward to its input and backward to its weights.
//
// A signal has channels last, [height, width, channels] row-major, as float32, so that what one
// input adds to its outputs is a run of memory. An input of 0 adds nothing and costs nothing:
// forward and in the gradient of the weights zeros of the signal are passed over, backward zeros of
// the delta. Runs are added by gonum's axpy, in a fixed order.
//
// The package has no activations, no time, no steps of a descent (train/ann, train/bptt,
// train/descent), and no files.
package layer

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas32"
)

// Shape is the extent of a signal, channels last. A vector has height and width 1.
type Shape struct{ Height, Width, Channels int }

// Size is the number of elements.
func (s Shape) Size() int { return s.Height * s.Width * s.Channels }

// String writes the shape as pictures are written, channels first: "32x14x14".
func (s Shape) String() string { return fmt.Sprintf("%dx%dx%d", s.Channels, s.Height, s.Width) }

// Vector reports whether the shape has no spatial axes.
func (s Shape) Vector() bool { return s.Height == 1 && s.Width == 1 }

// Linear is a layer with weights. Its methods may be called by several goroutines.
type Linear interface {
	// In and Out are the shapes of its signals.
	In() Shape
	Out() Shape
	// FanIn is the number of inputs of an output, paddings included.
	FanIn() int
	// Weights is the number of weights.
	Weights() int
	// Forward adds the weighted input x to y.
	Forward(w, x, y []float32)
	// Backward adds to dx the gradient by the input, given dy, the gradient by the output. wt is
	// the result of Transpose.
	Backward(wt, dy, dx []float32)
	// Gradient adds the gradient by the weights to dw.
	Gradient(x, dy, dw []float32)
	// Transpose stores w in the order of Backward in wt.
	Transpose(w, wt []float32)
	// Channel is the output channel of weight i.
	Channel(i int) int
}

// Pool is a layer without weights that makes an image smaller.
type Pool struct {
	// Of is the shape of its input.
	Of Shape
	// Kernel is the height and width of a window, and the step between windows.
	Kernel int
	// Max takes the largest of a window instead of its mean.
	Max bool
}

// In is the shape of the input.
func (p *Pool) In() Shape { return p.Of }

// Out is the shape of the output: windows that are not entirely in the input are left out.
func (p *Pool) Out() Shape {
	return Shape{Height: p.Of.Height / p.Kernel, Width: p.Of.Width / p.Kernel,
		Channels: p.Of.Channels}
}

// window calls do with the run of channels of each input and of its output.
func (p *Pool) window(do func(in, out int)) {
	out := p.Out()
	for y := range out.Height * p.Kernel {
		for x := range out.Width * p.Kernel {
			do((y*p.Of.Width+x)*p.Of.Channels, (y/p.Kernel*out.Width+x/p.Kernel)*p.Of.Channels)
		}
	}
}

// Forward sets y to the means or the largest of x.
func (p *Pool) Forward(x, y []float32) {
	n := p.Of.Channels
	if p.Max {
		p.forwardMax(x, y)
		return
	}
	clear(y)
	p.window(func(in, out int) {
		for c, v := range x[in : in+n] {
			y[out+c] += v
		}
	})
	part := 1 / float32(p.Kernel*p.Kernel)
	for i := range y {
		y[i] *= part
	}
}

func (p *Pool) forwardMax(x, y []float32) {
	n, out := p.Of.Channels, p.Out()
	for r := range out.Height {
		for q := range out.Width {
			in := (r*p.Of.Width + q) * p.Kernel * n
			copy(y[(r*out.Width+q)*n:][:n], x[in:])
		}
	}
	p.window(func(in, out int) {
		for c, v := range x[in : in+n] {
			y[out+c] = max(y[out+c], v)
		}
	})
}

// Backward sets dx to the gradient by the input. For a max pool all of it goes to the first largest
// input of a window. x and y are the input and the output of Forward; for average pools they may be
// nil.
func (p *Pool) Backward(x, y, dy, dx []float32) {
	n := p.Of.Channels
	clear(dx)
	if p.Max {
		taken := make([]bool, len(y))
		p.window(func(in, out int) {
			for c := range n {
				if x[in+c] == y[out+c] && !taken[out+c] {
					taken[out+c] = true
					dx[in+c] = dy[out+c]
				}
			}
		})
		return
	}
	part := 1 / float32(p.Kernel*p.Kernel)
	p.window(func(in, out int) {
		for c, d := range dy[out : out+n] {
			dx[in+c] = d * part
		}
	})
}

// axpy adds a times x to y.
func axpy(a float32, x, y []float32) {
	blas32.Axpy(a, blas32.Vector{N: len(x), Inc: 1, Data: x},
		blas32.Vector{N: len(x), Inc: 1, Data: y})
}
