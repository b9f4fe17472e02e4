package compiler

import (
	"fmt"

	"pgregory.net/rapid"

	"adder/snn"
	"adder/spike"
)

// drawTrain draws spikes of every density.
func drawTrain(t *rapid.T, sources, ticks int) *spike.Train {
	train := spike.NewTrain(sources, ticks)
	density := rapid.IntRange(0, 60).Draw(t, "density")
	dice := rapid.SliceOfN(rapid.IntRange(0, 99), sources*ticks, sources*ticks).Draw(t, "spikes")
	for i, d := range dice {
		if d < density {
			train.Set(i/sources, i%sources)
		}
	}
	return train
}

// drawing builds a network node by node.
type drawing struct {
	t   *rapid.T
	net *snn.Network
}

// drawNetwork draws layers of neurons with everything that lower and retime
// must get right: biases, paths of different length, delays, and neurons
// that hear themselves.
func drawNetwork(t *rapid.T) *snn.Network {
	d := &drawing{t: t, net: &snn.Network{Name: "drawn", DT: 1e-3}}
	size := rapid.IntRange(1, 5).Draw(t, "inputs")
	at := d.net.AddNode("in", &snn.Input{}, snn.Shape{size}, snn.Shape{size})
	before, layers := at, rapid.IntRange(1, 3).Draw(t, "layers")
	for k := range layers {
		last := k == layers-1
		to := d.layer(k, last)
		d.join(fmt.Sprintf("w%d", k), at, to)
		if rapid.Bool().Draw(t, "shortcut") {
			d.join(fmt.Sprintf("skip%d", k), before, to)
		}
		if d.net.Nodes[to].Op.(*snn.Neuron).Model.Spikes() && rapid.Bool().Draw(t, "recurrent") {
			d.join(fmt.Sprintf("rec%d", k), to, to)
		}
		before, at = at, to
	}
	out := d.net.AddNode("out", &snn.Output{}, d.net.Nodes[at].Out, d.net.Nodes[at].Out)
	d.net.Connect(at, out)
	d.net.MarkDelays()
	return d.net
}

// layer draws a population; only the last may put out potentials.
func (d *drawing) layer(k int, last bool) int {
	size := rapid.IntRange(1, 5).Draw(d.t, "neurons")
	models := []snn.Model{snn.ModelIF, snn.ModelLIF, snn.ModelCubaLIF, snn.ModelThreshold}
	if last {
		models = append(models, snn.ModelI, snn.ModelLI, snn.ModelCubaLI)
	}
	n := &snn.Neuron{Model: rapid.SampledFrom(models).Draw(d.t, "model"),
		R: d.reals("r", size, 0.5, 2)}
	timed := n.Model != snn.ModelThreshold && n.Model != snn.ModelIF && n.Model != snn.ModelI
	n.UnitStep = !timed
	if timed {
		n.Tau, n.VLeak = d.taus("tau", size), d.reals("leak", size, -0.2, 0.2)
	}
	if n.Model == snn.ModelCubaLIF || n.Model == snn.ModelCubaLI {
		n.TauSyn, n.WIn = d.taus("tau_syn", size), d.reals("w_in", size, 0.5, 2)
	}
	if n.Model.Spikes() {
		n.VThreshold, n.VReset = d.reals("threshold", size, 0.3, 1), d.reals("reset", size, -0.2,
			0.2)
		n.Reset = rapid.SampledFrom([]snn.ResetMode{snn.ResetToValue, snn.ResetSubtract,
			snn.ResetSubtractDelayed}).Draw(d.t, "mode")
	}
	return d.net.AddNode(fmt.Sprintf("n%d", k), n, snn.Shape{size}, snn.Shape{size})
}

// join draws a matrix, now and then with a bias or behind a delay.
func (d *drawing) join(name string, from, to int) {
	in, out := d.net.Nodes[from].Out, d.net.Nodes[to].In
	if rapid.IntRange(0, 3).Draw(d.t, "delay") == 0 {
		ticks := rapid.SliceOfN(rapid.IntRange(0, 4), in.Size(), in.Size()).Draw(d.t, "ticks")
		delay := d.net.AddNode(name+"d", &snn.Delay{Ticks: ticks}, in, in)
		d.net.Connect(from, delay)
		from = delay
	}
	weights := d.reals("weights", out.Size()*in.Size(), -1, 1.5)
	for row := range out.Size() { // a neuron of faint weights is another chip's
		weights[row*in.Size()] += 1.5
	}
	op := &snn.Dense{W: &snn.Matrix64{Rows: out.Size(), Cols: in.Size(), Data: weights}}
	if rapid.Bool().Draw(d.t, "biased") {
		op.Bias = d.reals("bias", out.Size(), -0.1, 0.2)
	}
	node := d.net.AddNode(name, op, in, out)
	d.net.Connect(from, node)
	d.net.Connect(node, to)
}

// taus are time constants of 1.2 to 40 ticks.
func (d *drawing) taus(name string, size int) []float64 {
	return d.reals(name, size, 1.2e-3, 40e-3)
}

func (d *drawing) reals(name string, size int, low, high float64) []float64 {
	return rapid.SliceOfN(rapid.Float64Range(low, high), size, size).Draw(d.t, name)
}
