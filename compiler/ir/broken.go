package ir

// Faults are permanently broken neurons (docs/neurocore.md, section 13): per population and neuron,
// nil for none. A neuron that never tests cannot fire, whatever this field says.
type Faults struct{ Dead, Firing [][]bool }

func is(of [][]bool, p, n int) bool { return of != nil && of[p] != nil && of[p][n] }

// dead and firing say what is wrong with neuron n of population p.
func (f *Faults) dead(p, n int) bool   { return is(f.Dead, p, n) }
func (f *Faults) firing(p, n int) bool { return is(f.Firing, p, n) }

// fail makes neuron n of population p store nothing if it is dead.
func (r *Interpreter) fail(p, n int) {
	if r.opts.Faults.dead(p, n) {
		r.populations[p].u[n], r.populations[p].v[n] = 0, 0
	}
}
