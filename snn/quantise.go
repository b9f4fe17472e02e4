package snn

import (
	"fmt"
	"math"
)

// Quantise rounds a signal to a grid, as QuantizeLinear followed by DequantizeLinear of ONNX does:
// q is x / Scale, rounded with ties to even, plus Zero, within Low and High; the result is (q -
// Zero) Scale. The quotient is one of float32 numbers.
type Quantise struct {
	Scale           float64
	Zero, Low, High int
}

// Kind implements Op.
func (*Quantise) Kind() string { return "quantise" }

// Level is the integer q of a value.
func (q *Quantise) Level(x float64) int {
	level := math.RoundToEven(float64(float32(x)/float32(q.Scale))) + float64(q.Zero)
	return int(min(max(level, float64(q.Low)), float64(q.High)))
}

// Value is the real number that the integer q represents.
func (q *Quantise) Value(level int) float64 { return float64(level-q.Zero) * q.Scale }

func (q *Quantise) forward(x, y []float64) {
	for i, v := range x {
		y[i] = q.Value(q.Level(v))
	}
}

func (q *Quantise) check() error {
	const widest = 1 << 16
	if !(q.Scale > 0) || math.IsInf(q.Scale, 0) || float32(q.Scale) == 0 {
		return fmt.Errorf("a grid of steps of %g", q.Scale)
	}
	if q.Low >= q.High || q.Low < -widest || q.High > widest || q.Zero < q.Low || q.Zero > q.High {
		return fmt.Errorf("a grid from %d to %d around %d", q.Low, q.High, q.Zero)
	}
	return nil
}

// Quantised reports whether the model's file quantises signals of the network.
func (n *Network) Quantised() bool { return len(n.indices("quantise")) > 0 }
