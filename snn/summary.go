package snn

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"adder/internal/grouped"
)

// Summary is a description of a network for display.
type Summary struct {
	Name string `json:"name"`
	// DT is the length of a tick in seconds, 0 where there is none.
	DT      float64 `json:"dt"`
	Encoder string  `json:"encoder,omitempty"`
	// Parameters and MACs are the sums over the nodes; see the functions
	// of those names.
	Parameters int64 `json:"parameters"`
	MACs       int64 `json:"macs"`
	Neurons    int   `json:"neurons"`
	// AfterConversion is set for an ANN; Neurons is then the number after conversion.
	AfterConversion bool          `json:"after_conversion,omitempty"`
	Nodes           []NodeSummary `json:"nodes"`
	Warnings        []string      `json:"warnings,omitempty"`
}

// NodeSummary describes one node.
type NodeSummary struct {
	Name string `json:"name"`
	// Kind is the operation, or the neuron's model.
	Kind string `json:"kind"`
	In   string `json:"in"`
	Out  string `json:"out"`
	// Detail describes the geometry of a window or the reset of a neuron.
	Detail     string   `json:"detail,omitempty"`
	Values     []Range  `json:"values,omitempty"`
	Parameters int64    `json:"parameters"`
	MACs       int64    `json:"macs"`
	Sources    []Source `json:"sources,omitempty"`
}

// Range is the extent of a parameter's values.
type Range struct {
	Name string  `json:"name"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
	// Count is the number of values, 1 where one serves all elements.
	Count int `json:"count"`
}

// Source is a node that feeds another.
type Source struct {
	Name string `json:"name"`
	// Delayed says that the signal is that of the previous tick.
	Delayed bool `json:"delayed,omitempty"`
}

// Summary describes the network, which must be valid. Nodes are listed in
// the order in which they are evaluated.
func (n *Network) Summary() *Summary {
	s := &Summary{Name: n.Name, DT: n.DT, Encoder: n.Encoder, Warnings: n.Warnings}
	order, err := n.Order()
	if err != nil { // not valid; show it all the same
		order = order[:0]
		for i := range n.Nodes {
			order = append(order, i)
		}
	}
	sources := make([][]Source, len(n.Nodes))
	for _, e := range n.Edges {
		sources[e.To] = append(sources[e.To],
			Source{Name: n.Nodes[e.From].Name, Delayed: e.Delayed})
	}
	for _, i := range order {
		node := n.Nodes[i].summary()
		node.Sources = sources[i]
		if _, ok := n.Nodes[i].Op.(*Neuron); ok {
			s.Neurons += n.Nodes[i].Out.Size()
		}
		s.Parameters += node.Parameters
		s.MACs += node.MACs
		s.Nodes = append(s.Nodes, node)
	}
	return s
}

func (v *Node) summary() NodeSummary {
	s := NodeSummary{
		Name: v.Name, Kind: v.Op.Kind(), In: v.In.String(), Out: v.Out.String(),
		Detail: detail(v.Op), Values: ranges(v.Op), Parameters: parameters(v), MACs: MACs(v),
	}
	if op, ok := v.Op.(*Neuron); ok {
		s.Kind = op.Model.String()
	}
	return s
}

// detail describes what kind, shapes and values do not.
func detail(op Op) string {
	switch op := op.(type) {
	case *Conv:
		if op.Groups > 1 {
			return fmt.Sprintf("%s, %d groups", op.Window, op.Groups)
		}
		return op.Window.String()
	case *Pool:
		word := "sum"
		if op.Average {
			word = "mean"
		}
		return word + " of " + op.Window.String()
	case *MaxPool:
		return op.Window.String()
	case *Gather:
		return op.detail()
	case *Neuron:
		return op.detail()
	}
	return ""
}

func (n *Neuron) detail() string {
	var words []string
	if n.UnitStep && !n.timed() {
		words = append(words, "adds r x per tick")
	}
	if n.Model.Spikes() && n.Model != ModelThreshold {
		words = append(words, "reset "+n.Reset.String())
	}
	if n.AtLeast {
		words = append(words, "spikes at the threshold")
	}
	return strings.Join(words, ", ")
}

// String writes the window as "3x3 stride 2x2 padding 1x1", leaving out parts without effect;
// padding that differs between sides is written "0x0+1x1", top and left before bottom and right.
func (w Window) String() string {
	s := fmt.Sprintf("%dx%d", w.KernelH, w.KernelW)
	if w.StrideH != 1 || w.StrideW != 1 {
		s += fmt.Sprintf(" stride %dx%d", w.StrideH, w.StrideW)
	}
	if w.DilationH != 1 || w.DilationW != 1 {
		s += fmt.Sprintf(" dilation %dx%d", w.DilationH, w.DilationW)
	}
	if w.PadTop|w.PadLeft|w.PadBottom|w.PadRight == 0 {
		return s
	}
	s += fmt.Sprintf(" padding %dx%d", w.PadTop, w.PadLeft)
	if w.PadTop != w.PadBottom || w.PadLeft != w.PadRight {
		s += fmt.Sprintf("+%dx%d", w.PadBottom, w.PadRight)
	}
	return s
}

// ranges lists the parameters of an operation in a fixed order.
func ranges(op Op) []Range {
	var out []Range
	add := func(name string, p []float64) {
		if len(p) > 0 {
			out = append(out, Range{Name: name, Min: slices.Min(p), Max: slices.Max(p),
				Count: len(p)})
		}
	}
	switch op := op.(type) {
	case *Dense:
		out = append(out, matrixRange(op.W))
		add("bias", op.Bias)
	case *Conv:
		add("weight", op.Weight)
		add("bias", op.Bias)
	case *Scale:
		add("factor", op.Factor)
		add("shift", op.Shift)
	case *Relu:
		if op.Ceil > 0 {
			add("ceiling", []float64{op.Ceil})
		}
	case *Delay:
		out = append(out, Range{
			Name: "ticks", Min: float64(slices.Min(op.Ticks)), Max: float64(slices.Max(op.Ticks)),
			Count: len(op.Ticks),
		})
	case *Neuron:
		for _, p := range op.parameters() {
			add(p.name, p.values)
		}
	}
	return out
}

func matrixRange(m Matrix) Range {
	rows, cols := m.Dims()
	out := Range{Name: "weight", Min: math.Inf(1), Max: math.Inf(-1), Count: rows * cols}
	buf := make([]float64, cols)
	for r := range rows {
		row := m.Row(r, buf)
		out.Min = min(out.Min, slices.Min(row))
		out.Max = max(out.Max, slices.Max(row))
	}
	return out
}

// String writes the range as "tau 0.01" or "tau 0.01..0.02".
func (r Range) String() string {
	if r.Min == r.Max {
		return fmt.Sprintf("%s %.4g", r.Name, r.Min)
	}
	return fmt.Sprintf("%s %.4g..%.4g", r.Name, r.Min, r.Max)
}

// Write prints the summary as a table of the nodes, with the nodes that
// feed each, and the warnings below it.
func (s *Summary) Write(w io.Writer) error {
	neurons := fmt.Sprintf("%s neurons", grouped.Int(int64(s.Neurons)))
	if s.AfterConversion {
		neurons += " after conversion"
	}
	head := fmt.Sprintf("network %s: %d nodes, %s, %s parameters, %s MACs", s.Name, len(s.Nodes),
		neurons, grouped.Int(int64(s.Parameters)), grouped.Int(int64(s.MACs)))
	if s.DT > 0 {
		head += fmt.Sprintf(", a tick of %g s", s.DT)
	}
	if s.Encoder != "" {
		head += ", input coded as " + s.Encoder
	}
	if _, err := fmt.Fprintln(w, head); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NODE\tKIND\tIN\tOUT\tFROM\tVALUES")
	for i := range s.Nodes {
		v := &s.Nodes[i]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", v.Name, v.Kind, v.In, v.Out, v.from(),
			v.values())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, warning := range s.Warnings {
		if _, err := fmt.Fprintln(w, "warning:", warning); err != nil {
			return err
		}
	}
	return nil
}

func (v *NodeSummary) from() string {
	if len(v.Sources) == 0 {
		return "-"
	}
	words := make([]string, len(v.Sources))
	for i, s := range v.Sources {
		words[i] = s.Name
		if s.Delayed {
			words[i] += " (previous tick)"
		}
	}
	return strings.Join(words, ", ")
}

func (v *NodeSummary) values() string {
	var words []string
	if v.Detail != "" {
		words = append(words, v.Detail)
	}
	for _, r := range v.Values {
		words = append(words, r.String())
	}
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, "; ")
}
