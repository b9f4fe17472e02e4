package allowed

import "math"

// A test may compare with real arithmetic.
func reference(x float64) float64 { return math.Floor(x*0.5) / 3 }
