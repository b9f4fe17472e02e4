package bptt

// backward adds the gradient of the loss, whose gradient by the logits is delta, to grads.
func (l *learner) backward(grads [][]float32) {
	i := len(l.layers) - 1
	l.backwardRead(i, grads[2*i], grads[2*i+1])
	for i--; i >= 0; i-- {
		l.backwardRun(i, grads[2*i], grads[2*i+1])
	}
}

// backwardRead goes back through the last layer: each tick has the same part in the sum.
func (l *learner) backwardRead(i int, weights, biases []float32) {
	g, s := &l.layers[i], &l.net.stages[i]
	ticks := len(g.input)
	part := 1 / float32(ticks)
	for k, d := range l.delta {
		biases[k] += d
		l.delta[k] = d * part
	}
	for t := range ticks {
		at := t
		if i == 0 && l.direct() {
			at = 0
		}
		s.Linear.Gradient(g.input[at], l.delta, weights)
	}
	if i == 0 {
		return
	}
	clear(g.below)
	s.Linear.Backward(s.backward, l.delta, g.below)
	for t := range ticks {
		l.unpool(i, t)
	}
}

// unpool passes the gradient by the input of a tick to the spikes of the layer below.
func (l *learner) unpool(i, t int) {
	g, s, to := &l.layers[i], &l.net.stages[i], l.layers[i-1].gradient[t]
	if len(s.Pools) == 0 {
		copy(to, g.below)
		return
	}
	d := g.below
	for k := len(s.Pools) - 1; k >= 0; k-- {
		dx := to
		if k > 0 {
			dx = g.pooled[k]
		}
		s.Pools[k].Backward(nil, nil, d, dx)
		d = dx
	}
}

// backwardTicks turns the gradient by the spikes of a layer into that by its potentials
// before the reset, neuron by neuron, from the last tick to the first, and returns their
// sum over the ticks.
func (l *learner) backwardTicks(i int) []float32 {
	g := &l.layers[i]
	keep, n := float32(l.keep), len(g.sum)
	slopes := g.slope[:n]
	sum := g.sum // no longer needed
	clear(sum)
	later := g.v
	clear(later)
	for t := len(g.u) - 1; t >= 0; t-- {
		u, z, d := g.u[t][:n], g.spikes[t][:n], g.gradient[t][:n]
		later, sum := later[:n], sum[:n]
		l.surrogate.slopes(u, slopes)
		if l.subtract {
			for k, slope := range slopes {
				by := float32(d[k]*slope) + float32(float32(later[k]*keep)*(1-slope))
				later[k], d[k] = by, by
				sum[k] += by
			}
			continue
		}
		for k, slope := range slopes {
			left := 1 - z[k] - float32(u[k]*slope) // the lasting effect of a rise of u
			by := float32(d[k]*slope) + float32(float32(later[k]*keep)*left)
			later[k], d[k] = by, by
			sum[k] += by
		}
	}
	return sum
}

// backwardRun adds the gradients of a layer's weights and continues with the layer below.
func (l *learner) backwardRun(i int, weights, biases []float32) {
	g, s := &l.layers[i], &l.net.stages[i]
	sum := l.backwardTicks(i)
	addChannels(sum, biases)
	if i == 0 && l.direct() {
		s.Linear.Gradient(g.input[0], sum, weights) // every tick had the same input
		return
	}
	for t, d := range g.gradient {
		s.Linear.Gradient(g.input[t], d, weights)
		if i > 0 {
			clear(g.below)
			s.Linear.Backward(s.backward, d, g.below)
			l.unpool(i, t)
		}
	}
}

// addChannels adds a signal to sums per channel.
func addChannels(x, sums []float32) {
	for at := 0; at < len(x); at += len(sums) {
		for c := range sums {
			sums[c] += x[at+c]
		}
	}
}
