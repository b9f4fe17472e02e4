package nir

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"adder/snn"
)

const (
	// maxDepth bounds how deep graphs may be nested.
	maxDepth = 32
	// maxNodes bounds the nodes of a file, nested ones included.
	maxNodes = 1 << 16
	// maxEdges likewise.
	maxEdges = 1 << 20
)

// node is a primitive of the flattened graph.
type node struct {
	name string
	kind string            // NIR's type
	data folder            // its datasets; nil for an Input that the reader added
	read map[string]*array // those read so far, dropped once op is built
	// boundary marks the Input or Output of a nested graph: it passes its signal on and is removed
	// from the network.
	boundary bool

	in, out snn.Shape // nil until inferred
	op      snn.Op
}

// failed puts the node in front of an error.
func (n *node) failed(err error) error {
	return fmt.Errorf("node %q (%s): %w", n.name, n.kind, err)
}

// graph is a file's graph with nested graphs flattened.
type graph struct {
	nodes    []*node
	edges    []edge // without repetitions, sorted
	warnings []string
}

type edge struct{ from, to int }

// compareEdges orders edges by target and then by source, so that the
// order in which a file lists them has no effect on sums.
func compareEdges(a, b edge) int {
	return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.from, b.from))
}

func (g *graph) warn(format string, args ...any) {
	g.warnings = append(g.warnings, fmt.Sprintf(format, args...))
}

// label writes an edge as messages name it.
func (g *graph) label(e edge) string {
	return fmt.Sprintf("edge (%s, %s)", g.nodes[e.from].name, g.nodes[e.to].name)
}

// ports are the flat nodes of a name: where edges to it arrive and where edges from it leave. Both
// are the node itself unless the name is that of a nested graph.
type ports struct {
	entries, exits []int
	nested         bool
}

// parse reads the graph in root, which is the file's group /node.
func parse(root folder) (*graph, error) {
	kind, err := typeOf(root)
	if err != nil {
		return nil, fmt.Errorf("group node: %w", err)
	}
	g := &graph{}
	if kind != "NIRGraph" {
		g.wrap(root, kind)
		return g, nil
	}
	if _, err := g.expand(root, "", 0); err != nil {
		return nil, err
	}
	slices.SortFunc(g.edges, compareEdges)
	g.dropRepeated()
	return g, nil
}

// wrap puts a lone primitive between an Input and an Output.
func (g *graph) wrap(root folder, kind string) {
	g.nodes = []*node{
		{name: "input", kind: "Input"},
		{name: "node", kind: kind, data: root},
		{name: "output", kind: "Output"},
	}
	g.edges = []edge{{0, 1}, {1, 2}}
	g.warn(
		"the file holds a single %s instead of a graph: it was put between an Input and an Output",
		kind)
}

func typeOf(f folder) (string, error) {
	a, err := f.array("type")
	if err != nil {
		return "", err
	}
	if a == nil {
		return "", fmt.Errorf("it has no dataset \"type\"")
	}
	kind, err := a.word()
	if err != nil {
		return "", fmt.Errorf("dataset \"type\" %w", err)
	}
	return kind, nil
}

// expand adds the nodes and edges of one graph and of those inside it.
// prefix is put before its nodes' names: "" or the graph's own name with a
// dot.
func (g *graph) expand(data folder, prefix string, depth int) (map[string]ports, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("graph %q: graphs lie more than %d deep in graphs",
			strings.TrimSuffix(prefix, "."), maxDepth)
	}
	inside, err := data.folder("nodes")
	if err != nil {
		return nil, within(prefix, err)
	}
	if inside == nil {
		return nil, within(prefix, fmt.Errorf("it has no group \"nodes\""))
	}
	names, err := inside.members()
	if err != nil {
		return nil, within(prefix, err)
	}
	local := make(map[string]ports, len(names))
	for _, name := range names {
		if local[name], err = g.add(inside, name, prefix, depth); err != nil {
			return nil, err
		}
	}
	if err := g.connect(data, local, names, prefix); err != nil {
		return nil, within(prefix, err)
	}
	return local, nil
}

// within names the graph that an error is about.
func within(prefix string, err error) error {
	if prefix == "" {
		return fmt.Errorf("graph: %w", err)
	}
	return fmt.Errorf("graph %q: %w", strings.TrimSuffix(prefix, "."), err)
}

// add takes in one member of a graph's nodes.
func (g *graph) add(inside folder, name, prefix string, depth int) (ports, error) {
	data, err := inside.folder(name)
	if err != nil {
		return ports{}, fmt.Errorf("node %q: %w", prefix+name, err)
	}
	if data == nil {
		return ports{}, fmt.Errorf("node %q: it is a dataset, want a group", prefix+name)
	}
	kind, err := typeOf(data)
	if err != nil {
		return ports{}, fmt.Errorf("node %q: %w", prefix+name, err)
	}
	if kind == "NIRGraph" {
		local, err := g.expand(data, prefix+name+".", depth+1)
		return g.portsOf(local), err
	}
	if len(g.nodes) == maxNodes {
		return ports{}, fmt.Errorf("the file has more than %d nodes", maxNodes)
	}
	g.nodes = append(g.nodes, &node{
		name: prefix + name, kind: kind, data: data,
		boundary: depth > 0 && (kind == "Input" || kind == "Output"),
	})
	i := []int{len(g.nodes) - 1}
	return ports{entries: i, exits: i}, nil
}

// portsOf collects the Input and Output nodes of a nested graph.
func (g *graph) portsOf(local map[string]ports) ports {
	p := ports{nested: true}
	for _, inner := range local {
		if inner.nested {
			continue
		}
		switch i := inner.entries[0]; g.nodes[i].kind {
		case "Input":
			p.entries = append(p.entries, i)
		case "Output":
			p.exits = append(p.exits, i)
		}
	}
	slices.Sort(p.entries)
	slices.Sort(p.exits)
	return p
}

// connect adds the edges of one graph.
func (g *graph) connect(data folder, local map[string]ports, names []string, prefix string) error {
	pairs, err := edgeNames(data)
	if err != nil {
		return err
	}
	if err := checkNames(pairs, local, names, prefix); err != nil {
		return err
	}
	for _, pair := range pairs {
		from, to := local[pair[0]], local[pair[1]]
		if len(from.exits) == 0 {
			return fmt.Errorf("edge (%s, %s) leaves graph %q, which has no Output node", pair[0],
				pair[1], pair[0])
		}
		if len(to.entries) == 0 {
			return fmt.Errorf("edge (%s, %s) enters graph %q, which has no Input node", pair[0],
				pair[1], pair[1])
		}
		if len(g.edges)+len(from.exits)*len(to.entries) > maxEdges {
			return fmt.Errorf("the file has more than %d edges", maxEdges)
		}
		for _, a := range from.exits {
			for _, b := range to.entries {
				g.edges = append(g.edges, edge{a, b})
			}
		}
	}
	return nil
}

// edgeNames reads the dataset of edges. h5py writes an empty list as
// numbers of shape (0,).
func edgeNames(data folder) ([][2]string, error) {
	a, err := data.array("edges")
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, fmt.Errorf("it has no dataset \"edges\"")
	}
	if a.size() == 0 {
		return nil, nil
	}
	if a.text == nil || len(a.extents) != 2 || a.extents[1] != 2 {
		return nil, fmt.Errorf("dataset \"edges\" is %s, want pairs of strings", a.describe())
	}
	pairs := make([][2]string, a.extents[0])
	for i := range pairs {
		pairs[i] = [2]string{a.text[2*i], a.text[2*i+1]}
	}
	return pairs, nil
}

// checkNames refuses edges that name nodes which do not exist, and says
// which nodes look like those that were meant.
func checkNames(pairs [][2]string, local map[string]ports, names []string, prefix string) error {
	var dangling []string
	unknown := ""
	for _, pair := range pairs {
		for _, name := range pair {
			if _, ok := local[name]; ok {
				continue
			}
			if unknown == "" || name < unknown {
				unknown = name
			}
			dangling = append(dangling, fmt.Sprintf("(%s, %s)", pair[0], pair[1]))
			break
		}
	}
	if len(dangling) == 0 {
		return nil
	}
	slices.Sort(dangling)
	word := "edge " + dangling[0] + " names"
	if len(dangling) > 1 {
		word = "edges " + strings.Join(dangling[:min(len(dangling), 8)], ", ") + " name"
	}
	return fmt.Errorf("%s unknown node %q%s", word, prefix+unknown, similar(unknown, names))
}

// similar lists the nodes whose name begins or ends like one that is
// unknown.
func similar(unknown string, names []string) string {
	var out []string
	for _, name := range names {
		if unknown != "" && (strings.HasPrefix(name, unknown) || strings.HasPrefix(unknown, name)) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; there is " + strings.Join(out[:min(len(out), 8)], ", ")
}

// dropRepeated removes repeated edges: NIR's edges are a set.
func (g *graph) dropRepeated() {
	kept := make([]edge, 0, len(g.edges))
	warned := edge{-1, -1}
	for _, e := range g.edges {
		if len(kept) == 0 || e != kept[len(kept)-1] {
			kept = append(kept, e)
			continue
		}
		if e != warned {
			g.warn("%s is listed more than once and counts once", g.label(e))
			warned = e
		}
	}
	g.edges = kept
}

// targets lists the successors of every node in rising order.
func (g *graph) targets() [][]int {
	next := make([][]int, len(g.nodes))
	for _, e := range g.edges {
		next[e.from] = append(next[e.from], e.to)
	}
	return next
}
