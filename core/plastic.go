package core

import "slices"

// plastic is the plastic synapse memory of a core and its learners. Cores that do not learn share
// one.
type plastic struct {
	// bytes holds what a delivery adds.
	bytes byteStore
	// synops counts the nonzero bytes of each row of the core.
	synops   []int32
	learners []learner
}

// makePlastic loads the plastic rows of a valid configuration, nil if there
// are none, and gives each its place.
func makePlastic(cfg *Config, rows []rowBytes) *plastic {
	if !slices.ContainsFunc(cfg.Rows, func(r Row) bool { return r.Format == Plastic }) {
		return nil
	}
	p := &plastic{synops: make([]int32, len(cfg.Rows))}
	for i := range cfg.Rows {
		if r := &cfg.Rows[i]; r.Format == Plastic {
			rows[i].place, rows[i].padded = p.bytes.open(r)
			p.loadRow(i, r.First, &rows[i], cfg.Plastic[r.Offset:][:r.Count])
		}
	}
	for i := range cfg.Plasticity {
		p.learners = append(p.learners, p.makeLearner(cfg, &cfg.Plasticity[i], rows))
	}
	return p
}

func (p *plastic) loadRow(i int, first int32, r *rowBytes, weights []uint16) {
	bytes := p.bytes.row(r)[first&(laneNeurons-1):]
	for k, w := range weights {
		bytes[k] = biased(uint8(w >> adderShift))
		if w>>adderShift != 0 {
			p.synops[i]++
		}
	}
}

func (p *plastic) makeLearner(cfg *Config, from *Plasticity, rows []rowBytes) learner {
	g := &cfg.Groups[from.Group]
	b := learner{
		rule: from.Rule, ltp: from.LTP, ltd: from.LTD, offset: from.Offset, min: from.Min,
		max: from.Max,
		pre: makeTraceTable(from.Pre), post: makeTraceTable(from.Post), norm: from.Norm,
		group: int(from.Group), first: g.First, count: g.Count, rows: from.Rows,
		firstRow: from.FirstRow,
	}
	for _, r := range rows[from.FirstRow:][:from.Rows] {
		b.places = append(b.places, r.place+int64(g.First&(laneNeurons-1)))
	}
	b.share(p)
	b.makeState()
	b.starts = make([]int32, g.Count)
	for j := int32(1); j < g.Count; j++ {
		b.starts[j] = b.starts[j-1] + from.Rows
	}
	b.columns = make([]uint16, b.starts[g.Count-1]+from.Rows)
	b.transpose(func(i, j int32, w *uint16) {
		*w = cfg.Plastic[cfg.Rows[from.FirstRow+i].Offset+int64(j)]
	})
	return b
}

// makeState makes what a sample begins with.
func (b *learner) makeState() {
	b.arrived, b.seen = make([]uint64, (b.rows+63)>>6), make([]uint64, (b.rows+63)>>6)
	b.makeRounding()
	b.lastPre, b.lastPost = make([]int32, b.rows), make([]int32, b.count)
	b.spiked, b.arrivals, b.any = nil, nil, false
	for i := range b.lastPre {
		b.lastPre[i] = never
	}
	for j := range b.lastPost {
		b.lastPost[j] = never
	}
	b.clear()
}

// share has the learner change the bytes of p.
func (b *learner) share(p *plastic) {
	b.bytes, b.synops = p.bytes, p.synops[b.firstRow:][:b.rows]
}

// transpose visits every weight, row after row.
func (b *learner) transpose(visit func(i, j int32, w *uint16)) {
	for i := range b.rows {
		for j := range b.count {
			visit(i, j, &b.columns[b.starts[j]+i])
		}
	}
}

// clone returns a copy that shares no weight.
func (p *plastic) clone() *plastic {
	made := &plastic{bytes: append(byteStore(nil), p.bytes...),
		synops: append([]int32(nil), p.synops...)}
	for i := range p.learners {
		b := p.learners[i]
		b.columns = append([]uint16(nil), b.columns...)
		b.share(made)
		b.makeState()
		made.learners = append(made.learners, b)
	}
	return made
}
