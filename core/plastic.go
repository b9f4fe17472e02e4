package core

// plastic is the plastic synapse memory of a core and who changes it. Cores
// that do not learn share one.
type plastic struct {
	// rows holds, by row of the core, the bytes that a delivery adds: of
	// the neurons of whole blocks of lanes, zero outside of the row's run.
	// It is nil for other rows.
	rows [][]uint8
	// synops counts the nonzero bytes of each row.
	synops   []int32
	learners []learner
}

// makePlastic loads the plastic rows of a valid configuration, nil if there
// are none.
func makePlastic(cfg *Config) *plastic {
	if len(cfg.Plastic) == 0 {
		return nil
	}
	p := &plastic{rows: make([][]uint8, len(cfg.Rows)), synops: make([]int32, len(cfg.Rows))}
	for i := range cfg.Rows {
		if r := &cfg.Rows[i]; r.Format == Plastic {
			p.loadRow(i, r, cfg.Plastic[r.Offset:][:r.Count])
		}
	}
	for i := range cfg.Plasticity {
		p.learners = append(p.learners, p.makeLearner(cfg, &cfg.Plasticity[i]))
	}
	return p
}

func (p *plastic) loadRow(i int, r *Row, weights []uint16) {
	pad := r.First & (laneNeurons - 1)
	bytes := make([]uint8, (pad+r.Count+laneNeurons-1)&^(laneNeurons-1))
	for k, w := range weights {
		bytes[int(pad)+k] = uint8(w >> adderShift)
		if w>>adderShift != 0 {
			p.synops[i]++
		}
	}
	p.rows[i] = bytes
}

func (p *plastic) makeLearner(cfg *Config, from *Plasticity) learner {
	g := &cfg.Groups[from.Group]
	b := learner{
		rule: from.Rule, ltp: from.LTP, ltd: from.LTD, offset: from.Offset, min: from.Min, max: from.Max,
		pre: makeTraceTable(from.Pre), post: makeTraceTable(from.Post), norm: from.Norm,
		group: int(from.Group), first: g.First, count: g.Count, rows: from.Rows, firstRow: from.FirstRow,
		pad: g.First & (laneNeurons - 1),
	}
	b.bytes = p.rows[from.FirstRow:][:from.Rows]
	b.synops = p.synops[from.FirstRow:][:from.Rows]
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
	b.arrived = make([]uint64, (b.rows+63)>>6)
	b.lastPre, b.lastPost = make([]int32, b.rows), make([]int32, b.count)
	b.spiked = nil
	for j := range b.lastPost {
		b.lastPost[j] = never
	}
	b.clear()
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
	made := &plastic{rows: make([][]uint8, len(p.rows)), synops: append([]int32(nil), p.synops...)}
	for i, bytes := range p.rows {
		made.rows[i] = append([]uint8(nil), bytes...)
	}
	for i := range p.learners {
		b := p.learners[i]
		b.columns = append([]uint16(nil), b.columns...)
		b.bytes = made.rows[b.firstRow:][:b.rows]
		b.synops = made.synops[b.firstRow:][:b.rows]
		b.makeState()
		made.learners = append(made.learners, b)
	}
	return made
}
