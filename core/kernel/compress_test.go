//go:build amd64 && !purego

package kernel

import "testing"

// TestWithoutCompress: processors of the first generation with AVX-512 list sets and look
// up bytes another way.
func TestWithoutCompress(t *testing.T) {
	before, looks := compresses, permutes
	compresses, permutes = false, false
	defer func() { compresses, permutes = before, looks }()
	TestList(t)
	TestAddSets(t)
	TestAddLines(t)
	TestSpread(t)
}
