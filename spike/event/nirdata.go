package event

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"adder/internal/hdf5"
)

// Data is an observable of one node in a file of NIR's data (NIRGraphData in the nir
// package, module data_ir): samples of neurons that have no place on a sensor. Their
// spikes are a grid of ticks, or a list of neurons and times in seconds.
type Data struct {
	// Node and Observable are the names of the node and the observable that were read.
	Node, Observable string
	Samples, Neurons int
	// DT is the seconds of a tick of a grid, 0 of a list.
	DT float64

	ticks int       // of a grid
	grid  []float64 // [Samples][ticks][Neurons]

	tMax  float64   // s, of a list
	idx   []int64   // [Samples][events], -1 for none
	times []float64 // s, likewise
}

// maxDataNodes bounds the nodes of a file.
const maxDataNodes = 10000

// OpenData reads the file of NIR's data at path. Of several nodes it takes the one that
// is named, "input" where that is empty; of several observables "spikes".
func OpenData(path, node string) (*Data, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return ReadData(path, file, info.Size(), node)
}

// ReadData is OpenData for a file of size bytes, which errors call by name.
func ReadData(name string, r io.ReaderAt, size int64, node string) (*Data, error) {
	file, err := hdf5.New(name, r, size)
	if err != nil {
		return nil, err
	}
	d, err := readData(file.Root(), node)
	if err != nil && !strings.HasPrefix(err.Error(), name) {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return d, err
}

func readData(root *hdf5.Group, node string) (*Data, error) {
	if kind := dataType(root); kind != "NIRGraphData" {
		if root.Has("node") {
			return nil, errors.New("this is a network, not data: NIR's data files are written by " +
				"nir.write_data")
		}
		return nil, fmt.Errorf("the file's __type__ is %q: NIR's data files say NIRGraphData", kind)
	}
	nodes := map[string]*hdf5.Group{}
	if err := dataNodes(root, "", nodes); err != nil {
		return nil, err
	}
	d := &Data{}
	group, err := pick("node", nodes, node, "input", &d.Node)
	if err != nil {
		return nil, err
	}
	inner, err := group.Group("observables")
	if err != nil {
		return nil, err
	}
	observables := map[string]*hdf5.Group{}
	for _, name := range inner.Names() {
		if observables[name], err = inner.Group(name); err != nil {
			return nil, err
		}
	}
	if group, err = pick("observable", observables, "", "spikes", &d.Observable); err != nil {
		return nil, err
	}
	return d, d.read(group)
}

// dataType is the attribute by which NIR says what a group is, "" without it.
func dataType(g *hdf5.Group) string {
	a, err := g.Attribute("__type__")
	if err != nil {
		return ""
	}
	text, err := a.Text()
	if err != nil {
		return ""
	}
	return text
}

// dataNodes collects the nodes of a graph and of the graphs in it, under their paths.
func dataNodes(g *hdf5.Group, path string, into map[string]*hdf5.Group) error {
	nodes, err := g.Group("nodes")
	if err != nil {
		return err
	}
	for _, name := range nodes.Names() {
		child, err := nodes.Group(name)
		if err != nil {
			return err
		}
		switch kind := dataType(child); kind {
		case "NIRGraphData":
			err = dataNodes(child, path+name+".", into)
		case "NIRNodeData":
			into[path+name] = child
		default:
			err = fmt.Errorf("node %s: its __type__ is %q: want NIRNodeData or NIRGraphData",
				path+name, kind)
		}
		if err != nil {
			return err
		}
		if len(into) > maxDataNodes {
			return fmt.Errorf("more than %d nodes", maxDataNodes)
		}
	}
	return nil
}

// pick takes the one group there is, or the one of several that is wanted or usual.
func pick(what string, groups map[string]*hdf5.Group, wanted, usual string,
	name *string) (*hdf5.Group, error) {
	var names []string
	for n := range groups {
		names = append(names, n)
	}
	slices.Sort(names)
	switch {
	case wanted != "":
		*name = wanted
	case len(names) == 1:
		*name = names[0]
	default:
		*name = usual
	}
	if g := groups[*name]; g != nil {
		return g, nil
	}
	return nil, fmt.Errorf("no %s %q: the file has %q", what, *name, names)
}

// read takes an observable.
func (d *Data) read(g *hdf5.Group) error {
	switch kind := dataType(g); kind {
	case "TimeGriddedData":
		return d.readGrid(g)
	case "EventData":
		return d.readList(g)
	case "ValuedEventData":
		return fmt.Errorf("%s of node %s are events with values: spikes have none: write "+
			"EventData or TimeGriddedData", d.Observable, d.Node)
	default:
		return fmt.Errorf(
			"%s of node %s: its __type__ is %q: TimeGriddedData and EventData are read",
			d.Observable, d.Node, kind)
	}
}

func (d *Data) readGrid(g *hdf5.Group) error {
	data, err := g.Dataset("data")
	if err != nil {
		return err
	}
	shape := data.Shape()
	if len(shape) != 3 {
		return fmt.Errorf("data of node %s has shape %v: want [samples, ticks, neurons]", d.Node,
			shape)
	}
	if d.DT, err = number(g, "dt"); err != nil {
		return err
	}
	if !(d.DT > 0) || math.IsInf(d.DT, 0) {
		return fmt.Errorf("dt of node %s is %g: want seconds above 0", d.Node, d.DT)
	}
	d.Samples, d.ticks, d.Neurons = shape[0], shape[1], shape[2]
	d.grid, err = data.Float64s()
	return err
}

func (d *Data) readList(g *hdf5.Group) error {
	idx, err := g.Dataset("idx")
	if err != nil {
		return err
	}
	times, err := g.Dataset("time")
	if err != nil {
		return err
	}
	shape := idx.Shape()
	if len(shape) != 2 || !slices.Equal(shape, times.Shape()) {
		return fmt.Errorf("idx of node %s has shape %v and time %v: want [samples, events] of both",
			d.Node, shape, times.Shape())
	}
	neurons, err := number(g, "n_neurons")
	if err != nil {
		return err
	}
	if d.tMax, err = number(g, "t_max"); err != nil {
		return err
	}
	if !(neurons >= 1 && neurons <= math.MaxInt32) || neurons != math.Trunc(neurons) ||
		!(d.tMax > 0) || math.IsInf(d.tMax, 0) {
		return fmt.Errorf("node %s has n_neurons %g and t_max %g: want a number of neurons and "+
			"seconds above 0", d.Node, neurons, d.tMax)
	}
	d.Samples, d.Neurons = shape[0], int(neurons)
	if d.idx, err = idx.Int64s(); err != nil {
		return err
	}
	d.times, err = times.Float64s()
	return err
}

func number(g *hdf5.Group, name string) (float64, error) {
	a, err := g.Attribute(name)
	if err != nil {
		return 0, err
	}
	return a.Float64()
}

// Ticks is the number of ticks of a sample: the grid's own, or those of dt seconds that
// a list lasts, as NIR rounds them.
func (d *Data) Ticks(dt float64) (int, error) {
	if d.DT > 0 {
		return d.ticks, nil
	}
	ticks := math.RoundToEven(d.tMax / dt)
	if !(ticks >= 1 && ticks <= math.MaxInt32) {
		return 0, fmt.Errorf("%s of node %s last %g s, which is %g ticks of %g s: give another "+
			"length of a tick", d.Observable, d.Node, d.tMax, ticks, dt)
	}
	return int(ticks), nil
}

// Fill calls add for each element of a grid's sample that is not 0, and for each event of a list's
// with the value 1. It returns the number of events after the last tick. An event belongs to the
// tick that ends with it or after it, as in NIR's own conversion: tick t has the times above t dt,
// up to (t+1) dt.
func (d *Data) Fill(sample int, dt float64,
	add func(tick, neuron int, value float64)) (outside int64, err error) {
	if d.DT > 0 {
		length := d.ticks * d.Neurons
		for i, v := range d.grid[sample*length:][:length] {
			if v != 0 {
				add(i/d.Neurons, i%d.Neurons, v)
			}
		}
		return 0, nil
	}
	ticks, err := d.Ticks(dt)
	if err != nil {
		return 0, err
	}
	events := len(d.idx) / max(d.Samples, 1)
	for i := sample * events; i < (sample+1)*events; i++ {
		neuron, t := d.idx[i], d.times[i]
		if neuron == -1 {
			continue
		}
		if neuron < 0 || neuron >= int64(d.Neurons) || math.IsNaN(t) || t < 0 {
			return 0, fmt.Errorf("sample %d of node %s: neuron %d at %g s: neurons are 0 to %d, "+
				"times from 0", sample, d.Node, neuron, t, d.Neurons-1)
		}
		const slack = 1e-10 // of a tick, for times that were computed
		tick := max(math.Ceil(t/dt-slack)-1, 0)
		if tick >= float64(ticks) {
			outside++
			continue
		}
		add(int(tick), int(neuron), 1)
	}
	return outside, nil
}

// Count is the number of spikes of all samples; elements of a grid count by their value.
func (d *Data) Count() float64 {
	total := 0.0
	for _, v := range d.grid {
		total += v
	}
	for _, n := range d.idx {
		if n != -1 {
			total++
		}
	}
	return total
}
