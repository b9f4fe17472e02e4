package lower

import (
	"slices"

	"adder/snn"
)

// entry is one element of a sparse vector.
type entry struct {
	index int32
	value float64
}

// pusher sends one unit of one source at a time through the linear nodes
// of a path, which gives the rows of the composed weights.
type pusher struct {
	stages  []stage
	current []entry
}

// stage is a linear node, or a mask, with a scratch vector of its output.
type stage struct {
	node *snn.Node
	// columns are a Dense node's weights by source, [inputs][outputs].
	columns snn.Matrix
	// targets are a Gather's outputs by source.
	targets [][]int32
	keep    []float64
	sum     []float64
	touched []int32
	seen    []bool
	buf     []float64
}

func newPusher(l *lowering, p path) *pusher {
	u := &pusher{}
	for k := 0; k <= len(p.chain); k++ {
		for _, m := range p.masks {
			if m.before == len(p.chain)-k {
				u.stages = append(u.stages, stage{keep: m.keep})
			}
		}
		if k == len(p.chain) {
			break
		}
		i := p.chain[k]
		node := &l.net.Nodes[i]
		if node.Op.Kind() == "reshape" {
			continue
		}
		size := node.Out.Size()
		s := stage{node: node, sum: make([]float64, size), seen: make([]bool, size)}
		if d, ok := node.Op.(*snn.Dense); ok {
			if _, known := l.transposed[i]; !known {
				l.transposed[i] = snn.Transpose(d.W)
			}
			s.columns = l.transposed[i]
			rows, _ := d.W.Dims()
			s.buf = make([]float64, rows)
		}
		if g, ok := node.Op.(*snn.Gather); ok {
			s.targets = g.Targets(node.In.Size())
		}
		u.stages = append(u.stages, s)
	}
	return u
}

// push gives the targets of source i by ascending index, valid until the
// next call.
func (u *pusher) push(i int) []entry {
	u.current = append(u.current[:0], entry{int32(i), 1})
	for k := range u.stages {
		s := &u.stages[k]
		if s.keep != nil {
			u.current = slices.DeleteFunc(u.current, func(e entry) bool {
				return s.keep[e.index] == 0
			})
			continue
		}
		for _, e := range u.current {
			s.scatter(e)
		}
		u.current = s.gather(u.current[:0])
	}
	return u.current
}

func (s *stage) scatter(e entry) {
	if s.targets != nil {
		for _, t := range s.targets[e.index] {
			s.add(t, e.value)
		}
		return
	}
	if s.columns == nil {
		snn.Fanout(s.node, int(e.index), func(dst int, w float64) {
			s.add(int32(dst), float64(w*e.value))
		})
		return
	}
	inputs, outputs := s.columns.Dims()
	block := int(e.index) / inputs * outputs
	for o, w := range s.columns.Row(int(e.index)%inputs, s.buf) {
		s.add(int32(block+o), float64(w*e.value))
	}
}

func (s *stage) add(i int32, v float64) {
	if !s.seen[i] {
		s.seen[i] = true
		s.touched = append(s.touched, i)
	}
	s.sum[i] += v
}

// gather empties the scratch vector into dst by ascending index.
func (s *stage) gather(dst []entry) []entry {
	slices.Sort(s.touched)
	for _, i := range s.touched {
		dst = append(dst, entry{i, s.sum[i]})
		s.sum[i], s.seen[i] = 0, false
	}
	s.touched = s.touched[:0]
	return dst
}
