package kernel

// SumLists writes the sums of the first count weights of the rows in each of some lists: those
// of list k begin at sums[k*stride]. Weights are without sign and stored less 128; lists follow
// each other, that of tick k in front of ends[k], and rows are numbered from 0.
func (s Set) SumLists(sums []int32, stride, count int, rows *Rows, list, ends []int32) {
	if count == 0 || s.sumLists(sums, stride, count, rows, list, ends) {
		return
	}
	from := int32(0)
	for k, end := range ends {
		now := sums[:count]
		clear(now)
		s.AddRows(now, rows, list[from:end])
		s.AddEach(now, (end-from)<<rowBias)
		if from = end; k < len(ends)-1 {
			sums = sums[stride:]
		}
	}
}

// longest is the number of rows of the longest list.
func longest(ends []int32) (most int32) {
	from := int32(0)
	for _, end := range ends {
		most = max(most, end-from)
		from = end
	}
	return most
}
