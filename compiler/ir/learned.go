package ir

// Learned is the learned state of a network.
type Learned struct {
	// Weights are the plastic weights of each projection as they are stored,
	// nil of others.
	Weights [][]uint16
	// Theta, Target and Barred have one entry per neuron of each population.
	Theta, Target, Barred [][]int32
	// Pool and Samples are those of each projection: wins that no target has
	// yet, and samples since all neurons were last normalised.
	Pool, Samples []int32
}

// Learned returns a copy of what the interpreter has learned.
func (r *Interpreter) Learned() *Learned {
	out := &Learned{}
	for k := range r.learners {
		l := &r.learners[k]
		var weights []uint16
		for _, row := range l.stored {
			for _, w := range row {
				weights = append(weights, uint16(w))
			}
		}
		out.Weights = append(out.Weights, weights)
		out.Pool, out.Samples = append(out.Pool, int32(l.pool)), append(out.Samples,
			int32(l.samples))
	}
	for i := range r.populations {
		p := &r.populations[i]
		theta, target, barred := make([]int32, p.Size), make([]int32, p.Size), make([]int32, p.Size)
		for n := range p.Size {
			theta[n], target[n], barred[n] = int32(p.theta[n]), int32(p.target[n]), int32(
				p.barred[n])
		}
		out.Theta, out.Target, out.Barred = append(out.Theta, theta), append(out.Target,
			target), append(out.Barred, barred)
	}
	return out
}
