package nir

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"adder/snn"
)

// DefaultDT is the tick that most tools assume, in seconds.
const DefaultDT = 1e-4

// Options decide what a file leaves open.
type Options struct {
	// DT is the length of a tick in seconds, 0 for DefaultDT. Files whose
	// time constants count ticks need 1.
	DT float64
	// Reset is the reset at a spike: set v to v_reset, the only reset that NIR can express; or
	// subtract the threshold, which tools that train so export as v_reset 0.
	Reset snn.ResetMode
}

// Read reads a .nir file. The network is valid (see snn.Network.Validate), has its delayed edges
// marked and is named after the file. Errors name the file and the node or edge at fault.
func Read(path string, opts Options) (*snn.Network, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	n, err := decode(name, f, info.Size(), opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}

// decode is Read for a file of size bytes that is not on disk; name is the name of the network.
func decode(name string, r io.ReaderAt, size int64, opts Options) (*snn.Network, error) {
	root, err := openTree(r, size)
	if err != nil {
		return nil, err
	}
	return fromTree(name, root, opts)
}

// fromTree reads the network in the root group of a file.
func fromTree(name string, root folder, opts Options) (*snn.Network, error) {
	if opts.DT == 0 {
		opts.DT = DefaultDT
	}
	if !(opts.DT > 0) || math.IsInf(opts.DT, 0) {
		return nil, fmt.Errorf("a tick of %g s: want a number above 0", opts.DT)
	}
	top, err := root.folder("node")
	if err != nil {
		return nil, fmt.Errorf("group node: %w", err)
	}
	if top == nil {
		return nil, errors.New("no group \"node\": this is not a NIR file")
	}
	g, err := parse(top)
	if err != nil {
		return nil, err
	}
	if err := g.checkEnds(); err != nil {
		return nil, err
	}
	if err := g.infer(opts); err != nil {
		return nil, err
	}
	return g.network(name, opts)
}

// checkEnds refuses graphs that cannot be fed or read.
func (g *graph) checkEnds() error {
	have := map[string]bool{}
	for _, n := range g.nodes {
		if !n.boundary {
			have[n.kind] = true
		}
	}
	for _, kind := range []string{"Input", "Output"} {
		if !have[kind] {
			return fmt.Errorf("the graph has no %s node", kind)
		}
	}
	return nil
}

// network builds the snn.Network of the graph.
func (g *graph) network(name string, opts Options) (*snn.Network, error) {
	g.skipBoundaries()
	n := &snn.Network{Name: name, DT: opts.DT, Warnings: g.warnings}
	index := make([]int, len(g.nodes))
	for i, v := range g.nodes {
		index[i] = -1
		if v != nil {
			index[i] = n.AddNode(v.name, v.op, v.in, v.out)
		}
	}
	for _, e := range g.edges {
		n.Connect(index[e.from], index[e.to])
	}
	n.MarkDelays()
	if err := n.Validate(); err != nil {
		return nil, err
	}
	remarkGraph(n)
	return n, nil
}

// skipBoundaries joins the edges into and out of the Inputs and Outputs of nested graphs, and
// leaves nil in their place. One with several edges on both sides is kept, since joining would
// multiply them; so does one that feeds itself, a loop without a neuron that Validate refuses.
func (g *graph) skipBoundaries() {
	for i, v := range g.nodes {
		if !v.boundary {
			continue
		}
		var in, out, rest []edge
		for _, e := range g.edges {
			switch {
			case e.to == i:
				in = append(in, e)
			case e.from == i:
				out = append(out, e)
			default:
				rest = append(rest, e)
			}
		}
		if len(in) > 1 && len(out) > 1 || slices.Contains(in, edge{i, i}) {
			continue
		}
		for _, a := range in {
			for _, b := range out {
				rest = append(rest, edge{a.from, b.to})
			}
		}
		g.edges = rest
		g.nodes[i] = nil
	}
	slices.SortStableFunc(g.edges, compareEdges)
}
