package layer

// Dense is a fully connected layer. Its weights have the shape [inputs, outputs]; an input with
// spatial axes is read element by element, in its order.
type Dense struct {
	Of      Shape
	Outputs int
}

// In implements Linear.
func (d *Dense) In() Shape { return d.Of }

// Out implements Linear.
func (d *Dense) Out() Shape { return Shape{Height: 1, Width: 1, Channels: d.Outputs} }

// FanIn implements Linear.
func (d *Dense) FanIn() int { return d.Of.Size() }

// Weights implements Linear.
func (d *Dense) Weights() int { return d.Of.Size() * d.Outputs }

// Channel implements Linear.
func (d *Dense) Channel(i int) int { return i % d.Outputs }

// Forward implements Linear.
func (d *Dense) Forward(w, x, y []float32) {
	for i, v := range x {
		if v != 0 {
			axpy(v, w[i*d.Outputs:][:d.Outputs], y)
		}
	}
}

// Backward implements Linear.
func (d *Dense) Backward(wt, dy, dx []float32) {
	n := d.Of.Size()
	for o, v := range dy {
		if v != 0 {
			axpy(v, wt[o*n:][:n], dx)
		}
	}
}

// Gradient implements Linear.
func (d *Dense) Gradient(x, dy, dw []float32) {
	for i, v := range x {
		if v != 0 {
			axpy(v, dy, dw[i*d.Outputs:][:d.Outputs])
		}
	}
}

// Transpose implements Linear.
func (d *Dense) Transpose(w, wt []float32) {
	n := d.Of.Size()
	for i := range n {
		for o, v := range w[i*d.Outputs:][:d.Outputs] {
			wt[o*n+i] = v
		}
	}
}

// Row returns the weights of output o as other tools have them: input channels first,
// then height and width.
func (d *Dense) Row(w []float32, o int, row []float32) {
	k := 0
	for c := range d.Of.Channels {
		for p := range d.Of.Height * d.Of.Width {
			row[k] = w[(p*d.Of.Channels+c)*d.Outputs+o]
			k++
		}
	}
}

// SetRow is the inverse of Row.
func (d *Dense) SetRow(w []float32, o int, row []float32) {
	k := 0
	for c := range d.Of.Channels {
		for p := range d.Of.Height * d.Of.Width {
			w[(p*d.Of.Channels+c)*d.Outputs+o] = row[k]
			k++
		}
	}
}
