package descent

import (
	"math"
	"sync"
)

// Adam's constants, as its paper and every tool has them.
const (
	keepFirst  = 0.9
	keepSecond = 0.999
	epsilon    = 1e-8
)

// task is a part of a parameter that is stepped by one goroutine.
type task struct{ param, lo, hi int }

// taskSize is the most numbers of a task.
const taskSize = 1 << 14

func tasks(params [][]float32) (out []task) {
	for i, p := range params {
		for lo := 0; lo < len(p); lo += taskSize {
			out = append(out, task{i, lo, min(lo+taskSize, len(p))})
		}
	}
	return out
}

// descend takes a step against the mean gradient of a batch of n samples.
func (t *Training) descend(n int) {
	t.state.Step++
	steps := t.cfg.Epochs * ((t.samples.Len() + t.cfg.Batch - 1) / t.cfg.Batch)
	left := float64(steps-t.state.Step+1) / float64(steps)
	rate := t.cfg.LearningRate * left
	a := adam{
		mean:   1 / float32(n),
		rate:   float32(rate / (1 - power(keepFirst, t.state.Step))),
		second: float32(1 / (1 - power(keepSecond, t.state.Step))),
	}
	var wait sync.WaitGroup
	for w := range t.cfg.Workers {
		wait.Go(func() {
			for i := w; i < len(t.tasks); i += t.cfg.Workers {
				t.update(a, t.tasks[i])
			}
		})
	}
	wait.Wait()
}

// power is x to the n, by products in a fixed order.
func power(x float64, n int) float64 {
	out := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			out *= x
		}
		x *= x
	}
	return out
}

// adam holds the factors of a step: of the summed gradient, of the first moment, with its
// correction, and of the second.
type adam struct{ mean, rate, second float32 }

// update steps a part of a parameter. The shards are added in their order, zeros among them, so
// that their sum does not depend on the workers.
func (t *Training) update(a adam, k task) {
	sum := t.shards[0].grads[k.param][k.lo:k.hi]
	for _, s := range t.shards[1:] {
		for i, g := range s.grads[k.param][k.lo:k.hi] {
			sum[i] += g
		}
	}
	p, m, v :=
		t.model.Params()[k.param][k.lo:k.hi], t.first[k.param][k.lo:k.hi],
		t.second[k.param][k.lo:k.hi]
	for i, g := range sum {
		g *= a.mean
		m[i] = float32(keepFirst*m[i]) + float32((1-keepFirst)*g)
		v[i] = float32(keepSecond*v[i]) + float32((1-keepSecond)*float32(g*g))
		root := float32(math.Sqrt(float64(float32(v[i] * a.second))))
		p[i] -= float32(a.rate * m[i] / (root + epsilon))
	}
}
