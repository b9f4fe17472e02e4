package layout

import (
	"cmp"
	"slices"
)

// ByDepth are the indices of the populations as signals reach them, by depth and, of equal depth,
// in the image's order: files that name layers without an order have them by name.
func (img *Image) ByDepth() []int {
	out := make([]int, len(img.Populations))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Compare(img.Populations[a].Depth, img.Populations[b].Depth)
	})
	return out
}
