package energy

import "fmt"

// Text writes picojoules with three digits and a fitting unit.
func Text(pj float64) string {
	for _, u := range []struct {
		name string
		pj   float64
	}{{"J", 1e12}, {"mJ", 1e9}, {"uJ", 1e6}, {"nJ", 1e3}} {
		if pj >= 0.9995*u.pj { // what three digits write as 1.00 of the unit
			return fmt.Sprintf("%s %s", Digits(pj/u.pj), u.name)
		}
	}
	return Digits(pj) + " pJ"
}

// Digits writes three significant digits.
func Digits(x float64) string {
	switch {
	case x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}
