// Package assembly is one of those that may hold assembly. What it does in Go is guarded
// as elsewhere.
package assembly

func add(a, b int) int

func Sum(a, b int) int { return add(a, b) * 2 } // want `multiplication`
