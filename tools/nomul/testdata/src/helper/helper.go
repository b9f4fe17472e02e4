// Package helper is outside the guard and multiplies.
package helper

// Thing multiplies behind a method.
type Thing struct{ Factor int }

// Scale multiplies.
func (t Thing) Scale(x int) int { return x * t.Factor }

// Mul multiplies behind a type parameter.
func Mul[T ~int | ~int32](a, b T) T { return a * b }
