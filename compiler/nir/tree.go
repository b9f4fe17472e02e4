package nir

import (
	"errors"
	"fmt"
	"math"

	"adder/snn"
)

// folder is a group of a model file: subgroups and datasets by name.
type folder interface {
	// members lists the names in rising order.
	members() ([]string, error)
	// folder opens a subgroup; nil if there is none of that name.
	folder(name string) (folder, error)
	// array reads a dataset; nil if there is none of that name.
	array(name string) (*array, error)
}

// array is a dataset of numbers or of strings in row-major order. A scalar
// has no extents and one element.
type array struct {
	extents []int
	numbers []float64
	text    []string // nil for numbers
}

// size is the number of elements.
func (a *array) size() int { return snn.Shape(a.extents).Size() }

func (a *array) shape() snn.Shape { return snn.Shape(a.extents) }

// word reads a scalar string.
func (a *array) word() (string, error) {
	if a.text == nil || len(a.text) != 1 {
		return "", fmt.Errorf("is not a string but %s", a.describe())
	}
	return a.text[0], nil
}

func (a *array) describe() string {
	kind := "numbers"
	if a.text != nil {
		kind = "strings"
	}
	return fmt.Sprintf("%s of shape %s", kind, a.shape())
}

// integers reads whole numbers that fit an int comfortably.
func (a *array) integers() ([]int, error) {
	if a.text != nil {
		return nil, errors.New("is " + a.describe() + ", want whole numbers")
	}
	out := make([]int, len(a.numbers))
	for i, v := range a.numbers {
		if v != math.Trunc(v) || math.Abs(v) > 1<<31 {
			return nil, fmt.Errorf("has the element %g, want a whole number", v)
		}
		out[i] = int(v)
	}
	return out, nil
}

// trimmed drops leading extents of 1, as a batch axis leaves them; the last extent is kept.
func trimmed(s snn.Shape) snn.Shape {
	for len(s) > 1 && s[0] == 1 {
		s = s[1:]
	}
	return s
}

// maxSpread bounds what a parameter is spread to.
const maxSpread = 1 << 24

// fit gives a parameter as snn takes it: one entry for all elements of the
// signal, or one per element. Shapes are matched as NumPy broadcasts: from
// the last axis, an extent of 1 serving all; leading extents of 1 are
// ignored on both sides.
func fit(a *array, signal snn.Shape) ([]float64, error) {
	if a.text != nil {
		return nil, errors.New("is " + a.describe() + ", want numbers")
	}
	if len(a.numbers) == 1 {
		return a.numbers, nil
	}
	own, want := trimmed(a.shape()), trimmed(signal)
	if own.Equal(want) {
		return a.numbers, nil
	}
	if !broadcasts(own, want) {
		return nil, fmt.Errorf("has shape %s, the signal %s", a.shape(), signal)
	}
	if want.Size() > maxSpread {
		return nil, fmt.Errorf("has shape %s, which is not spread over the %d elements of the "+
			"signal %s", a.shape(), want.Size(), signal)
	}
	return spread(a.numbers, own, want), nil
}

func broadcasts(own, want snn.Shape) bool {
	if len(own) > len(want) {
		return false
	}
	want = want[len(want)-len(own):]
	for i, d := range own {
		if d != 1 && d != want[i] {
			return false
		}
	}
	return true
}

func spread(numbers []float64, own, want snn.Shape) []float64 {
	out := make([]float64, want.Size())
	for i := range out {
		from, step, rest := 0, 1, i
		for k := len(own) - 1; k >= 0; k-- {
			d := want[len(want)-len(own)+k]
			if own[k] > 1 {
				from += rest % d * step
			}
			rest /= d
			step *= own[k]
		}
		out[i] = numbers[from]
	}
	return out
}
