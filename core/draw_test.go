package core

import (
	"slices"

	"pgregory.net/rapid"
)

// drawConfig draws any valid core: several groups of every model, rows of
// every format, axons that share rows.
func drawConfig(t *rapid.T) *Config {
	cfg := &Config{Widths: Widths{
		Potential:       rapid.SampledFrom([]uint8{2, 5, 9, 16, 24, 31, 32}).Draw(t, "potential"),
		Current:         rapid.SampledFrom([]uint8{2, 6, 12, 24, 32}).Draw(t, "current"),
		WrapPotential:   rapid.Bool().Draw(t, "wrapV"),
		WrapCurrent:     rapid.Bool().Draw(t, "wrapU"),
		Align:           rapid.SampledFrom([]uint8{0, 0, 1, 6, 16}).Draw(t, "align"),
		DecayDigits:     rapid.Uint8Range(0, 4).Draw(t, "digits"),
		IndexBits:       rapid.Uint8Range(0, 16).Draw(t, "index"),
		MergeDuplicates: rapid.Bool().Draw(t, "merge"),
	}}
	for range rapid.IntRange(1, 4).Draw(t, "groups") {
		drawGroup(t, cfg)
	}
	drawIDs(t, cfg)
	drawLearning(t, cfg)
	drawBank(t, cfg)
	for range rapid.IntRange(1, 8).Draw(t, "rows") {
		drawRow(t, cfg)
	}
	for range rapid.IntRange(1, 10).Draw(t, "axons") {
		drawAxon(t, cfg)
	}
	if cut := rapid.IntRange(0, 2*len(cfg.Axons)).Draw(t, "first axon"); cut < len(cfg.Axons) {
		cfg.Axons = append(slices.Clone(cfg.Axons[cut:]), cfg.Axons[:cut]...)
	}
	inside := func(r Row) bool { return r.Format == Plastic || r.Format == Typed }
	if !slices.ContainsFunc(cfg.Rows, inside) {
		cfg.Widths.OffChip = rapid.SampledFrom([]uint16{0, 0, 8, 64, 512}).Draw(t, "outside")
	}
	return cfg
}

// drawAxon adds an entry for any row, moved if the row may be.
func drawAxon(t *rapid.T, cfg *Config) {
	a := Axon{
		Row:   rapid.Int32Range(0, int32(len(cfg.Rows)-1)).Draw(t, "row"),
		Delay: rapid.Uint8Range(0, 62).Draw(t, "delay"),
	}
	if r := &cfg.Rows[a.Row]; r.Format != Others && r.Format != Plastic && r.Format != Typed &&
		rapid.Bool().Draw(t, "moved") {
		a.Base = rapid.Int32Range(0, int32(int64(cfg.Neurons())-cfg.endOf(r))).Draw(t, "base")
	}
	cfg.Axons = append(cfg.Axons, a)
}

func drawGroup(t *rapid.T, cfg *Config) {
	g := Group{
		First: int32(cfg.Neurons()), Count: rapid.Int32Range(1, 40).Draw(t, "count"),
		Population: rapid.Int32Range(0, 2).Draw(t, "population"),
		Depth:      rapid.Int32Range(0, 3).Draw(t, "depth"),
		HasCurrent: rapid.Bool().Draw(t, "hasCurrent"),
		DecayU: rapid.SampledFrom([]uint16{0, 1, 2048, 2731, 3000, 4095, 4096}).Draw(t,
			"decayU"),
		DecayV: rapid.SampledFrom([]uint16{0, 4096, 4096, 3933, 4095, 3840, 2731}).Draw(t,
			"decayV"),
		WeightExp:  rapid.OneOf(rapid.Just(int8(0)), rapid.Int8Range(-8, 15)).Draw(t, "weightExp"),
		Integrator: rapid.IntRange(0, 4).Draw(t, "integrator") == 0,
		ResetMode:  ResetMode(rapid.IntRange(0, 1).Draw(t, "reset")),
		Refractory: rapid.SampledFrom([]uint16{0, 0, 1, 3}).Draw(t, "refractory"),
	}
	biased := rapid.IntRange(0, 3).Draw(t, "biased")      // 0 none, 1 all alike, else some
	if rapid.IntRange(0, 4).Draw(t, "leaks alone") == 0 { // by a shift, and adds its input as it is
		g.HasCurrent, g.WeightExp, g.Refractory, biased = false, 0, 0, min(biased, 1)
		g.DecayV = rapid.SampledFrom([]uint16{2048, 3072, 3584, 3840, 4095}).Draw(t, "leak")
	}
	g.BiasToCurrent = g.HasCurrent && rapid.Bool().Draw(t, "biasToCurrent")
	limit := int32(1)<<(cfg.Widths.Potential-1) - 1
	biasLimit := limit
	if g.BiasToCurrent {
		biasLimit = int32(1)<<(cfg.Widths.Current-1) - 1
	}
	constant := func(limit int32, name string) int32 {
		switch size := rapid.IntRange(0, 7).Draw(t, name+" size"); {
		case size == 0:
			return rapid.SampledFrom([]int32{-limit, limit}).Draw(t, name)
		case size < 5:
			limit = min(limit, 64)
		}
		return rapid.Int32Range(-limit, limit).Draw(t, name)
	}
	same := rapid.SampledFrom([]int32{-1, 1}).Draw(t, "bias of all")
	for range g.Count {
		cfg.Threshold = append(cfg.Threshold, constant(limit, "threshold"))
		bias := int32(0)
		if biased == 1 {
			bias = same
		} else if biased > 1 && rapid.Bool().Draw(t, "has bias") {
			bias = constant(biasLimit, "bias")
		}
		cfg.Bias = append(cfg.Bias, bias)
		cfg.Reset = append(cfg.Reset, constant(limit, "reset"))
		cfg.V0 = append(cfg.V0, constant(limit, "v0"))
	}
	if rapid.IntRange(0, 3).Draw(t, "leaks by sign") == 0 {
		g.Leak = constant(limit, "leak")
	}
	drawMode(t, cfg, &g, limit)
	if rapid.IntRange(0, 6).Draw(t, "two compartments") == 0 {
		g = fitPairs(cfg, Group{First: g.First, Count: g.Count, Population: g.Population,
			Depth: g.Depth, HasCurrent: g.HasCurrent, DecayU: g.DecayU, DecayV: g.DecayV,
			BiasToCurrent: g.BiasToCurrent, WeightExp: g.WeightExp})
	}
	cfg.Groups = append(cfg.Groups, g)
	if rapid.IntRange(0, 4).Draw(t, "has a code") == 0 {
		drawCodeOn(t, cfg)
	}
}

// drawIDs numbers the neurons as they may have been before placement: each
// number once, in any order.
func drawIDs(t *rapid.T, cfg *Config) {
	for n := range uint32(cfg.Neurons()) {
		cfg.ID = append(cfg.ID, n)
	}
	switch rapid.IntRange(0, 2).Draw(t, "numbers") {
	case 1:
		slices.Reverse(cfg.ID)
	case 2:
		for n := range cfg.ID {
			cfg.ID[n] *= 2654435761 // odd, so that no two are equal
		}
	}
}

// drawBank adds rows that are alike and an axon to each, if there are neurons
// enough: bytes without sign, but for a row here and there, or rows that are
// never a bank.
func drawBank(t *rapid.T, cfg *Config) {
	neurons := int32(cfg.Neurons())
	if neurons < minLaneRow || rapid.Bool().Draw(t, "no bank") {
		return
	}
	r := Row{Format: Dense16, WeightBits: 9, Exclude: -1}
	least := int32(minLaneRow)
	switch rapid.IntRange(0, 5).Draw(t, "bank of") {
	case 0:
		r.Format, r.WeightBits = Dense8, 8
	case 1:
		least = 0
	case 2:
		r.WeightBits = 8
	case 3:
		r.WeightBits = 10
	}
	r.First = rapid.Int32Range(0, neurons-least).Draw(t, "first")
	r.Count = rapid.Int32Range(least, neurons-r.First).Draw(t, "length")
	room := neurons - r.First - r.Count
	base, oddities := rapid.SampledFrom([]int32{0, 0, 0, room}).Draw(t, "base"), 2
	if rapid.Bool().Draw(t, "moved as well") {
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(len(cfg.Rows)), Base: room})
	} else if base == 0 {
		oddities = 3
	}
	size := rapid.SampledFrom([]int{2, 5, 64, 65, 130}).Draw(t, "bank")
	odd := rapid.IntRange(0, 2*size).Draw(t, "odd row")
	for k := range size {
		own := r
		if k == odd && r.Count > 0 {
			own = drawOddity(t, r, oddities)
		}
		cfg.Axons = append(cfg.Axons, Axon{Row: int32(len(cfg.Rows)), Base: base})
		drawBankRow(t, cfg, own)
	}
}

// drawOddity changes a row of a bank so that it is not quite like the others.
func drawOddity(t *rapid.T, r Row, oddities int) Row {
	switch rapid.IntRange(0, oddities).Draw(t, "oddity") {
	case 0:
		r.First, r.Count = r.First+1, r.Count-1
	case 1:
		r.Count--
	case 2:
		r.WeightBits--
	case 3:
		r.Format, r.WeightBits = Plastic, 16
	}
	return r
}

// drawBankRow adds a row of a bank with its weights, some of them just no bytes.
func drawBankRow(t *rapid.T, cfg *Config, r Row) {
	number := func(n int) int { return n * 40503 >> 8 & (1<<(r.WeightBits-1) - 1) }
	switch r.Format {
	case Dense8:
		r.Offset = int64(len(cfg.Dense8))
		for range r.Count {
			cfg.Dense8 = append(cfg.Dense8, int8(number(len(cfg.Dense8))))
		}
	case Plastic:
		r.Offset = int64(len(cfg.Plastic))
		for range r.Count {
			cfg.Plastic = append(cfg.Plastic, uint16(number(len(cfg.Plastic))))
		}
	default:
		r.Offset = int64(len(cfg.Dense16))
		sign := rapid.SampledFrom([]int16{1, 1, 1, 1, 1, 1, 1, -1}).Draw(t, "sign")
		for range r.Count {
			cfg.Dense16 = append(cfg.Dense16, max(sign*min(int16(number(len(cfg.Dense16))), 256),
				-1))
		}
	}
	cfg.Rows = append(cfg.Rows, r)
}

// drawTyped draws the bits of a row, and a type whose weights fit it, which may be one that
// there is.
func drawTyped(t *rapid.T, cfg *Config, r *Row) {
	r.WeightBits, r.Offset = 9, int64(len(cfg.Masks))
	for left := r.Count; left > 0; left -= 64 {
		cfg.Masks = append(cfg.Masks, rapid.Uint64().Draw(t, "bits")>>max(64-left, 0))
	}
	r.Type = uint8(rapid.IntRange(0, min(len(cfg.Types), MaxTypes-1)).Draw(t, "type"))
	if int(r.Type) == len(cfg.Types) {
		weight := rapid.OneOf(rapid.Just(int16(0)), rapid.Int16Range(-255, 255))
		cfg.Types = append(cfg.Types, rapid.SliceOfN(weight, cfg.Neurons(), cfg.Neurons()).Draw(t,
			"weights of a type"))
	}
}

func drawRow(t *rapid.T, cfg *Config) {
	neurons := int32(cfg.Neurons())
	first := rapid.Int32Range(0, neurons).Draw(t, "first")
	r := Row{
		Format:  RowFormat(rapid.IntRange(0, 5).Draw(t, "format")),
		First:   first,
		Count:   rapid.Int32Range(0, neurons-first).Draw(t, "length"),
		Exclude: -1,
	}
	bits := uint8(16)
	if r.Format == Dense8 {
		bits = 8
	}
	r.WeightBits = rapid.Uint8Range(1, bits).Draw(t, "bits")
	if r.Format == Plastic { // and nobody learns from it
		r.WeightBits = 16
	}
	top := int16(int32(1)<<(r.WeightBits-1) - 1)
	weight := func() int16 {
		return rapid.OneOf(rapid.Just(int16(0)), rapid.Int16Range(-top-1, top)).Draw(t, "weight")
	}
	switch r.Format {
	case Dense8:
		r.Offset = int64(len(cfg.Dense8))
		for range r.Count {
			cfg.Dense8 = append(cfg.Dense8, int8(weight()))
		}
	case Dense16:
		r.Offset = int64(len(cfg.Dense16))
		for range r.Count {
			cfg.Dense16 = append(cfg.Dense16, weight())
		}
	case Sparse:
		r.Offset = int64(len(cfg.Sparse))
		for range r.Count {
			neuron := rapid.Uint16Range(0, uint16(neurons-1)).Draw(t, "target")
			cfg.Sparse = append(cfg.Sparse, Synapse{Neuron: neuron, Weight: weight()})
		}
	case Plastic:
		r.Offset = int64(len(cfg.Plastic))
		for range r.Count {
			cfg.Plastic = append(cfg.Plastic, uint16(weight()))
		}
	case Typed:
		drawTyped(t, cfg, &r)
	case Others:
		r.Weight = weight()
		r.Shift = rapid.Uint8Range(0, 5).Draw(t, "shift")
		r.Exclude = rapid.OneOf(rapid.Just(min(first, neurons-1)),
			rapid.Int32Range(-1, neurons-1)).Draw(t, "exclude")
	}
	cfg.Rows = append(cfg.Rows, r)
}
