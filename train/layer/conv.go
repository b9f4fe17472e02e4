package layer

// Conv is a convolution (cross-correlation) with square kernels and zero padding.
//
// Its weights have the shape [input channels, kernel rows, kernel columns, output channels] with
// the columns from last to first: with a stride of 1, the contribution of an input to the outputs
// of a row is then one run of weights and one run of outputs. Backward has them as [output
// channels, kernel rows, kernel columns, input channels], with the columns in order.
type Conv struct {
	Of                      Shape
	Outputs                 int
	Kernel, Stride, Padding int
}

// In implements Linear.
func (c *Conv) In() Shape { return c.Of }

// Out implements Linear.
func (c *Conv) Out() Shape {
	return Shape{Height: c.extent(c.Of.Height), Width: c.extent(c.Of.Width), Channels: c.Outputs}
}

func (c *Conv) extent(n int) int { return (n+2*c.Padding-c.Kernel)/c.Stride + 1 }

// FanIn implements Linear.
func (c *Conv) FanIn() int { return c.Of.Channels * c.Kernel * c.Kernel }

// Weights implements Linear.
func (c *Conv) Weights() int { return c.FanIn() * c.Outputs }

// Channel implements Linear.
func (c *Conv) Channel(i int) int { return i % c.Outputs }

// Forward implements Linear.
func (c *Conv) Forward(w, x, y []float32) {
	c.spread(x, func(v float32, weight, signal, n int) { axpy(v, w[weight:][:n], y[signal:][:n]) })
}

// Gradient implements Linear.
func (c *Conv) Gradient(x, dy, dw []float32) {
	c.spread(x, func(v float32, weight, signal, n int) {
		axpy(v, dy[signal:][:n], dw[weight:][:n])
	})
}

// spread calls do for each input that is not 0 with the runs of weights and of outputs that
// it reaches: where they begin, and their length.
func (c *Conv) spread(x []float32, do func(v float32, weight, signal, n int)) {
	out, i := c.Out(), 0
	for y := range c.Of.Height {
		for q := range c.Of.Width {
			for channel, v := range x[i : i+c.Of.Channels] {
				if v != 0 {
					c.reach(out, y, q, channel, v, do)
				}
			}
			i += c.Of.Channels
		}
	}
}

// reach is spread for one input.
func (c *Conv) reach(out Shape, y, x, channel int, v float32,
	do func(v float32, weight, signal, n int)) {
	first := x + c.Padding - c.Kernel + 1 // the output column of the last kernel column
	lo, hi := max(0, -first), min(c.Kernel, out.Width-first)
	for ky := range c.Kernel {
		oy := y + c.Padding - ky
		if oy < 0 || oy%c.Stride != 0 || oy/c.Stride >= out.Height {
			continue
		}
		row, base := (channel*c.Kernel+ky)*c.Kernel, oy/c.Stride*out.Width
		if c.Stride == 1 {
			if lo < hi {
				do(v, (row+lo)*c.Outputs, (base+first+lo)*c.Outputs, (hi-lo)*c.Outputs)
			}
			continue
		}
		for j := range c.Kernel {
			if ox := first + j; ox >= 0 && ox%c.Stride == 0 && ox/c.Stride < out.Width {
				do(v, (row+j)*c.Outputs, (base+ox/c.Stride)*c.Outputs, c.Outputs)
			}
		}
	}
}

// Backward implements Linear.
func (c *Conv) Backward(wt, dy, dx []float32) {
	out, width, i := c.Out(), c.Kernel*c.Of.Channels, 0
	for y := range out.Height {
		for x := range out.Width {
			first := x*c.Stride - c.Padding
			lo, hi := max(0, -first), min(c.Kernel, c.Of.Width-first)
			for o, v := range dy[i : i+c.Outputs] {
				if v == 0 || lo >= hi {
					continue
				}
				for ky := range c.Kernel {
					iy := y*c.Stride - c.Padding + ky
					if iy < 0 || iy >= c.Of.Height {
						continue
					}
					n := (hi - lo) * c.Of.Channels
					axpy(v, wt[(o*c.Kernel+ky)*width+lo*c.Of.Channels:][:n],
						dx[(iy*c.Of.Width+first+lo)*c.Of.Channels:][:n])
				}
			}
			i += c.Outputs
		}
	}
}

// at is the place of a weight.
func (c *Conv) at(o, i, ky, kx int) int {
	return ((i*c.Kernel+ky)*c.Kernel+c.Kernel-1-kx)*c.Outputs + o
}

// each calls do for every weight with its place and that in the order of other tools,
// [output channels, input channels, kernel rows, kernel columns].
func (c *Conv) each(do func(at, other int)) {
	k := 0
	for o := range c.Outputs {
		for i := range c.Of.Channels {
			for ky := range c.Kernel {
				for kx := range c.Kernel {
					do(c.at(o, i, ky, kx), k)
					k++
				}
			}
		}
	}
}

// Transpose implements Linear.
func (c *Conv) Transpose(w, wt []float32) {
	for o := range c.Outputs {
		for i := range c.Of.Channels {
			for ky := range c.Kernel {
				for kx := range c.Kernel {
					wt[((o*c.Kernel+ky)*c.Kernel+kx)*c.Of.Channels+i] = w[c.at(o, i, ky, kx)]
				}
			}
		}
	}
}
