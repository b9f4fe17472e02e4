package lower

import "adder/snn"

// gatheredColumns is a matrix whose input j is element from[j] of the source, or
// nothing where that is -1, times factor[j].
type gatheredColumns struct {
	of      snn.Matrix
	from    []int32
	factor  []float64
	sources int
}

// Dims implements snn.Matrix.
func (m *gatheredColumns) Dims() (rows, cols int) {
	rows, _ = m.of.Dims()
	return rows, m.sources
}

// Row implements snn.Matrix.
func (m *gatheredColumns) Row(r int, buf []float64) []float64 {
	out := buf[:m.sources]
	clear(out)
	row := m.of.Row(r, make([]float64, len(m.from)))
	for j, from := range m.from {
		if from >= 0 {
			out[from] += float64(row[j] * snn.At(m.factor, j, 1))
		}
	}
	return out
}

// gatheredRows is a matrix whose output i is output from[i] of another, or nothing
// where that is -1.
type gatheredRows struct {
	of   snn.Matrix
	from []int32
}

// Dims implements snn.Matrix.
func (m *gatheredRows) Dims() (int, int) {
	_, cols := m.of.Dims()
	return len(m.from), cols
}

// Row implements snn.Matrix.
func (m *gatheredRows) Row(r int, buf []float64) []float64 {
	if m.from[r] >= 0 {
		return m.of.Row(int(m.from[r]), buf)
	}
	_, cols := m.Dims()
	clear(buf[:cols])
	return buf[:cols]
}

// moved is a list of sources after a Gather; nil lists each element itself.
func moved(list, from []int32) []int32 {
	if list == nil {
		return from
	}
	out := make([]int32, len(from))
	for i, f := range from {
		out[i] = -1
		if f >= 0 {
			out[i] = list[f]
		}
	}
	return out
}

// movedFactor is a factor per element after a Gather.
func movedFactor(factor []float64, from []int32) []float64 {
	if len(factor) <= 1 {
		return factor
	}
	out := make([]float64, len(from))
	for i, f := range from {
		if f >= 0 {
			out[i] = factor[f]
		}
	}
	return out
}
