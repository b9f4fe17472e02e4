package spike

import (
	"strings"
)

// rasterShades are the marks of a cell by the share of its ticks and sources that
// spike: none, then quarters.
const rasterShades = " .:+#"

// Raster draws a train in text: time to the right, sources downward, at most that many rows and
// columns. Where the train is larger, a cell covers several sources or ticks and its mark (".",
// ":", "+", "#") for the quarter its share of spikes falls into; a single spike is never blank.
// Each row ends in a newline.
func Raster(train *Train, rows, columns int) string {
	rows, columns = min(rows, train.Sources()), min(columns, train.Ticks())
	if rows <= 0 || columns <= 0 {
		return ""
	}
	counts := make([]int, rows*columns)
	sizes := make([]int, rows*columns)
	for tick := range train.Ticks() {
		column := tick * columns / train.Ticks()
		for source := range train.Sources() {
			cell := source*rows/train.Sources()*columns + column
			sizes[cell]++
			if train.Get(tick, source) {
				counts[cell]++
			}
		}
	}
	var b strings.Builder
	for i, count := range counts {
		quarters := (4*count + sizes[i] - 1) / sizes[i]
		b.WriteByte(rasterShades[quarters])
		if i%columns == columns-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
