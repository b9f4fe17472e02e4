package rewrite

import (
	"slices"

	"adder/snn"
)

// delays takes the constant part out of what enters a Delay. A core adds a bias from the first tick
// on, and after a delay it acts later: there it comes from a neuron that fires in every tick,
// through the same delay.
func (r *rewriting) delays() error {
	constants, err := r.constants()
	if err != nil {
		return err
	}
	clock := -1
	for i := range len(r.net.Nodes) {
		if constants[i] == nil {
			continue
		}
		if clock < 0 {
			clock = r.clock()
		}
		r.delay(i, constants[i], clock)
	}
	return nil
}

// constants gives what enters each Delay when nothing spikes, nil for 0 and for other
// nodes. What leaves a Delay counts as 0, since it is taken out.
func (r *rewriting) constants() (map[int][]float64, error) {
	order, err := r.net.Order()
	if err != nil {
		return nil, err
	}
	signal, out := make([][]float64, len(r.net.Nodes)), map[int][]float64{}
	for _, i := range order {
		node := &r.net.Nodes[i]
		sum := make([]float64, node.In.Size())
		for _, e := range r.net.Incoming(i) {
			for k, v := range signal[e.From] {
				sum[k] += v
			}
		}
		switch {
		case snn.IsLinear(node.Op):
			if signal[i], err = respond(node, sum); err != nil {
				return nil, err
			}
		case node.Op.Kind() == "delay" && !silent(sum):
			out[i] = sum
		}
	}
	return out, nil
}

func silent(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return v != 0 })
}

// respond is the output of a linear node for a signal, nil for 0.
func respond(node *snn.Node, x []float64) ([]float64, error) {
	if silent(x) && snn.Biases(node) == nil {
		return nil, nil
	}
	linear, err := snn.NewLinear(node)
	if err != nil {
		return nil, err
	}
	out := make([]float64, node.Out.Size())
	linear.Forward(x, out)
	return out, nil
}

// clock adds a neuron that fires in every tick: its input is a constant 1.
func (r *rewriting) clock() int {
	one := snn.Shape{1}
	input := r.net.Inputs()[0]
	none := r.add("constant.none", &snn.Gather{From: []int32{-1}}, r.net.Nodes[input].Out, one)
	drive := r.add("constant.drive", &snn.Scale{Factor: []float64{1}, Shift: []float64{1}},
		one, one)
	clock := r.add("constant", &snn.Neuron{Model: snn.ModelIF, R: []float64{1}, UnitStep: true,
		VThreshold: []float64{0.5}, VReset: []float64{0}}, one, one)
	r.net.Connect(input, none)
	r.net.Connect(none, drive)
	r.net.Connect(drive, clock)
	return clock
}

// delay feeds a Delay with its linear part, and with the constant from the clock.
func (r *rewriting) delay(node int, constant []float64, clock int) {
	shape, name := r.net.Nodes[node].In, r.net.Nodes[node].Name
	less := make([]float64, len(constant))
	for i, v := range constant {
		less[i] = -v
	}
	linear := r.add(name+".linear", &snn.Scale{Factor: []float64{1}, Shift: less}, shape, shape)
	r.redirect(node, linear)
	r.net.Connect(linear, node)
	flat := snn.Shape{len(constant)}
	column := r.add(name+".constant",
		&snn.Dense{W: &snn.Matrix64{Rows: len(constant), Cols: 1, Data: constant}}, snn.Shape{1},
		flat)
	form := r.add(name+".form", &snn.Reshape{}, flat, shape)
	r.net.Connect(clock, column)
	r.net.Connect(column, form)
	r.net.Connect(form, node)
}
