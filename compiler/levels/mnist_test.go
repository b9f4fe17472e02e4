package levels

import (
	"context"
	"math"
	"math/bits"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/compiler/onnx"
	"adder/internal/dataset"
	"adder/internal/outside"
	"adder/quantised"
)

func analog(s *dataset.Set, i int) []float64 {
	x := make([]float64, s.Size())
	for k, v := range s.Image(i) {
		x[k] = float64(v) / 255
	}
	return x
}

// synops are those of radix: each set bit of a source goes to each of its targets.
func synops(e *quantised.Evaluator, n *quantised.Network) (total int64) {
	for i := range n.Projections {
		r := &n.Projections[i]
		for s, a := range e.Levels(r.Source) {
			if a == 0 {
				continue
			}
			fan := int64(0)
			r.Weights.Each(s, func(int32, int32) { fan++ })
			total += fan * int64(bits.OnesCount32(uint32(a)))
		}
	}
	return total
}

func TestMNIST(t *testing.T) {
	folder := outside.Folder(t, "mnist")
	if testing.Short() {
		t.Skip("10,000 images")
	}
	train, err := dataset.Open(folder, dataset.Train)
	require.NoError(t, err)
	test, err := dataset.Open(folder, dataset.Test)
	require.NoError(t, err)
	net, err := onnx.Read(filepath.Join(outside.Folder(t, "onnx"), "mlp_784_128_10.onnx"),
		onnx.Options{})
	require.NoError(t, err)
	var calibration [][]float64
	for i := range 1000 {
		calibration = append(calibration, analog(train, i))
	}
	m, err := Measure(context.Background(), net, Options{Calibration: calibration})
	require.NoError(t, err)
	for _, c := range []struct {
		input, activation int
		accuracy          float64
		synops            float64
	}{{3, 4, 97.85, 40774}, {2, 3, 97.63, 27294}} {
		q, report, err := m.Network(context.Background(),
			Options{InputBits: c.input, ActivationBits: c.activation})
		require.NoError(t, err)
		e, err := quantised.NewEvaluator(q)
		require.NoError(t, err)
		right, ops := 0, int64(0)
		for i := range test.Len() {
			y, err := e.Run(analog(test, i))
			require.NoError(t, err)
			best := 0
			for k := range y {
				if y[k] > y[best] {
					best = k
				}
			}
			if best == int(test.Labels[i]) {
				right++
			}
			ops += synops(e, q)
		}
		accuracy, mean := float64(right)/float64(test.Len())*100, float64(ops)/float64(test.Len())
		t.Logf("%d/%d bits: %.2f %%, %.0f synops; %+v", c.input, c.activation, accuracy, mean,
			report.Layers)
		require.InDelta(t, c.accuracy, accuracy, 0.15)
		require.Less(t, math.Abs(mean/c.synops-1), 0.03)
	}
}
