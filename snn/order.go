package snn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emirpasic/gods/v2/trees/binaryheap"
)

// Order returns an evaluation order: every node after the sources of its
// edges that are not Delayed. Among nodes that are ready the one added
// first comes first. A cycle without a delayed edge is an error that names
// its nodes.
func (n *Network) Order() ([]int, error) {
	next := make([][]int, len(n.Nodes))
	waiting := make([]int, len(n.Nodes))
	for _, e := range n.Edges {
		if !e.Delayed {
			next[e.From] = append(next[e.From], e.To)
			waiting[e.To]++
		}
	}
	ready := binaryheap.New[int]()
	for i, w := range waiting {
		if w == 0 {
			ready.Push(i)
		}
	}
	order := make([]int, 0, len(n.Nodes))
	for i, ok := ready.Pop(); ok; i, ok = ready.Pop() {
		order = append(order, i)
		for _, to := range next[i] {
			if waiting[to]--; waiting[to] == 0 {
				ready.Push(to)
			}
		}
	}
	if len(order) < len(n.Nodes) {
		return nil, n.cycleError(waiting)
	}
	return order, nil
}

func (n *Network) cycleError(waiting []int) error {
	var names []string
	for i, w := range waiting {
		if w > 0 {
			names = append(names, n.Nodes[i].Name)
		}
	}
	return fmt.Errorf("network %s: nodes %s form or follow a loop in which no signal is delayed "+
		"by a tick; a loop must pass through a neuron", n.Name, strings.Join(names, ", "))
}

// MarkDelays decides which edges are Delayed, from the graph alone: the order of Edges does not
// matter. An edge is delayed if it leaves a Neuron A, is on a loop, and reaches without passing
// another Neuron to a Neuron B of that loop which is A itself or was met before A by a
// breadth-first walk from the Inputs (neighbours in the order of Nodes).
//
// So a population that feeds itself receives its spikes of the previous tick, and the operations of
// the path, with their biases, act from the first tick on. In a loop through several populations
// the hops in the walk's direction are within the tick and the one that closes the loop is delayed.
// A Delay node on a loop adds its ticks to that one. A loop without a Neuron is left unchanged, and
// an error of Order.
func (n *Network) MarkDelays() {
	next := n.successors()
	loop := components(next)
	met := n.meet(next)
	for i := range n.Edges {
		e := &n.Edges[i]
		e.Delayed = n.isNeuron(e.From) && loop[e.From] == loop[e.To] &&
			n.leadsBack(*e, next, loop, met)
	}
}

func (n *Network) isNeuron(i int) bool { return n.Nodes[i].Op.Kind() == "neuron" }

// successors lists the targets of every node in rising order.
func (n *Network) successors() [][]int {
	seen := make(map[[2]int]bool, len(n.Edges))
	before := make([][]int, len(n.Nodes))
	for _, e := range n.Edges {
		if pair := [2]int{e.From, e.To}; !seen[pair] {
			seen[pair] = true
			before[e.To] = append(before[e.To], e.From)
		}
	}
	next := make([][]int, len(n.Nodes))
	for to, sources := range before {
		for _, from := range sources {
			next[from] = append(next[from], to)
		}
	}
	return next
}

// meet numbers the nodes in the order of a breadth-first walk from the
// Inputs; nodes out of reach follow, in the order of Nodes.
func (n *Network) meet(next [][]int) []int {
	met := make([]int, len(n.Nodes))
	count := 0
	var queue []int
	visit := func(i int) {
		if met[i] == 0 {
			count++
			met[i] = count
			queue = append(queue, i)
		}
	}
	drain := func() {
		for ; len(queue) > 0; queue = queue[1:] {
			for _, to := range next[queue[0]] {
				visit(to)
			}
		}
	}
	for _, i := range n.Inputs() {
		visit(i)
	}
	drain()
	for i := range n.Nodes {
		visit(i)
		drain()
	}
	return met
}

// leadsBack follows an edge of a loop up to the next neurons.
func (n *Network) leadsBack(e Edge, next [][]int, loop, met []int) bool {
	seen := map[int]bool{e.To: true}
	for stack := []int{e.To}; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n.isNeuron(i) {
			if met[i] <= met[e.From] {
				return true
			}
			continue
		}
		for _, to := range next[i] {
			if loop[to] == loop[e.From] && !seen[to] {
				seen[to] = true
				stack = append(stack, to)
			}
		}
	}
	return false
}

// components gives every node the number of its strongly connected
// component (Kosaraju: finish order of one walk, then a walk against the
// edges).
func components(next [][]int) []int {
	finished := finishOrder(next)
	before := make([][]int, len(next))
	for from, targets := range next {
		for _, to := range targets {
			before[to] = append(before[to], from)
		}
	}
	component := make([]int, len(next))
	count := 0
	for k := len(finished) - 1; k >= 0; k-- {
		if component[finished[k]] != 0 {
			continue
		}
		count++
		component[finished[k]] = count
		for stack := []int{finished[k]}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, from := range before[i] {
				if component[from] == 0 {
					component[from] = count
					stack = append(stack, from)
				}
			}
		}
	}
	return component
}

// finishOrder lists the nodes in the order in which a depth-first walk
// leaves them, without recursion.
func finishOrder(next [][]int) []int {
	type frame struct{ node, edge int }
	seen := make([]bool, len(next))
	out := make([]int, 0, len(next))
	for root := range next {
		if seen[root] {
			continue
		}
		seen[root] = true
		for stack := []frame{{root, 0}}; len(stack) > 0; {
			top := &stack[len(stack)-1]
			if top.edge == len(next[top.node]) {
				out = append(out, top.node)
				stack = stack[:len(stack)-1]
				continue
			}
			to := next[top.node][top.edge]
			top.edge++
			if !seen[to] {
				seen[to] = true
				stack = append(stack, frame{to, 0})
			}
		}
	}
	return out
}

// Loops lists the strongly connected components of the graph with loops: sets of nodes that all
// reach each other, and single nodes that feed themselves. Nodes are in rising order, and sets in
// that of their first node. Whether an edge is Delayed does not matter.
func (n *Network) Loops() [][]int {
	next := n.successors()
	component := components(next)
	members := make([][]int, len(n.Nodes)+1)
	for i, c := range component {
		members[c] = append(members[c], i)
	}
	var loops [][]int
	for i, c := range component {
		set := members[c]
		if set[0] == i && (len(set) > 1 || slices.Contains(next[i], i)) {
			loops = append(loops, set)
		}
	}
	return loops
}
