package snn

// Matrix is a read-only matrix whose backing may be float32, float64 or
// computed, so that a large layer is not held twice.
type Matrix interface {
	// Dims returns rows and columns.
	Dims() (rows, cols int)
	// Row writes row r into buf, which has at least cols elements, and
	// returns the filled part. Several goroutines may call it at a time.
	Row(r int, buf []float64) []float64
}

// Matrix64 is a row-major float64 matrix.
type Matrix64 struct {
	Rows, Cols int
	Data       []float64
}

// Dims implements Matrix.
func (m *Matrix64) Dims() (int, int) { return m.Rows, m.Cols }

// Row implements Matrix.
func (m *Matrix64) Row(r int, buf []float64) []float64 {
	return buf[:copy(buf[:m.Cols], m.Data[r*m.Cols:(r+1)*m.Cols])]
}

// Matrix32 is a row-major float32 matrix.
type Matrix32 struct {
	Rows, Cols int
	Data       []float32
}

// Dims implements Matrix.
func (m *Matrix32) Dims() (int, int) { return m.Rows, m.Cols }

// Row implements Matrix.
func (m *Matrix32) Row(r int, buf []float64) []float64 {
	for i, w := range m.Data[r*m.Cols : (r+1)*m.Cols] {
		buf[i] = float64(w)
	}
	return buf[:m.Cols]
}

// Dense is y = W x + b. It acts on the last axis of its input: with an
// input of k leading axes the same W serves each of them, as in NIR and
// ONNX; usually the input has one axis.
type Dense struct {
	// W has one row per output and one column per input.
	W Matrix
	// Bias has one entry per output, or is nil.
	Bias []float64
}

// Conv is a cross-correlation over one or two spatial axes with zero
// padding. A 1-D convolution has a height of 1: its signal is C x L.
type Conv struct {
	// Weight is [OutChannels][InChannels/Groups][KernelH][KernelW],
	// row-major.
	Weight []float64
	// Bias has one entry per output channel, or is nil.
	Bias                    []float64
	InChannels, OutChannels int
	Groups                  int
	Window                  Window
}

// Window is the geometry of a sliding window over H x W; a 1-D window has
// KernelH 1, StrideH 1, DilationH 1 and no vertical padding. Padding may
// differ on each side.
type Window struct {
	KernelH, KernelW                     int
	StrideH, StrideW                     int
	DilationH, DilationW                 int
	PadTop, PadLeft, PadBottom, PadRight int
}

// Pool sums or averages windows of a C x H x W signal, channel by channel.
type Pool struct {
	Window Window
	// Average divides the sum: by the window's size, or, with
	// ExcludePadding, by the number of its elements inside the signal.
	Average        bool
	ExcludePadding bool
}

// Scale is y = s x + b by element. Factor has one entry for all elements,
// one per channel (the first axis) or one per element; Shift likewise, or
// nil.
type Scale struct {
	Factor []float64
	Shift  []float64
}

// Kind implements Op.
func (*Dense) Kind() string { return "dense" }

// Kind implements Op.
func (*Conv) Kind() string { return "conv" }

// Kind implements Op.
func (*Pool) Kind() string { return "pool" }

// Kind implements Op.
func (*Scale) Kind() string { return "scale" }
