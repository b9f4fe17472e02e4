package kernel

import "fmt"

// Set is a set of instructions.
type Set uint8

// The sets, from what every machine has to the widest.
const (
	Plain Set = iota
	AVX2
	AVX512
)

// String is the set's name.
func (s Set) String() string {
	switch s {
	case Plain:
		return "plain"
	case AVX2:
		return "AVX2"
	case AVX512:
		return "AVX-512"
	}
	return fmt.Sprintf("Set(%d)", uint8(s))
}

// best is the widest set of this machine and build.
var best = detect()

// Best is the widest set of this machine and this build.
func Best() Set { return best }

// Sets lists those that this machine and build can use, Plain first.
func Sets() []Set {
	sets := []Set{Plain, AVX2, AVX512}
	return sets[:best+1]
}
