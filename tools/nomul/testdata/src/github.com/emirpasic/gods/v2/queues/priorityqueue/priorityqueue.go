// Package priorityqueue takes the place of the container library, which is allowed and may
// calculate as it needs inside.
package priorityqueue

const growthFactor = 2.0

// Queue keeps a float of its own.
type Queue[T any] struct {
	load   float64
	values []T
	less   func(a, b T) int
}

// NewWith makes a queue.
func NewWith[T any](compare func(a, b T) int) *Queue[T] {
	return &Queue[T]{load: growthFactor, less: compare}
}

// Enqueue adds a value.
func (q *Queue[T]) Enqueue(value T) { q.values = append(q.values, value) }
