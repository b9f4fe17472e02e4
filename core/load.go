package core

import (
	"fmt"
	"slices"

	"adder/core/kernel"
	"adder/fixedpoint"
)

// unreachable is the threshold that no potential is above.
const unreachable = 1<<31 - 1

// tables are the immutable tables of a loaded core. Forks share it.
type tables struct {
	widths               Widths
	registerV, registerU register
	groups               []group
	// threshold, reset and v0 are per neuron; threshold is out of reach for
	// integrators.
	threshold, reset, v0 []int32
	// biasV enters the potential and biasU, which is nil if no group has a
	// current, enters the current. They are wide so that sums need no
	// conversion and a host current can be added.
	biasV, biasU []int64
	axons        []Axon
	rows         []Row
	reads        []rowReads // by row
	rowBytes     []rowBytes // by row, nil where none has bytes
	dense8       []int8
	dense16      []int16
	sparse       []Synapse
	masks        []uint64
	types        [][]int16
	sparseBits   uint8     // the widest weight of a sparse row
	bytes        byteStore // of Dense16 rows
	bank         bank
	// hasCurrent, hasRefractory, hasTheta and hasTable tell whether any group has
	// such state.
	hasCurrent, hasRefractory, hasTheta, hasTable bool
	// hasValues, hasShift and hasSecond tell whether an axon has values, and whether a
	// group is of model shift or has a second current. What follows is for those: the
	// group of each neuron, the axons that reach currents, and how rows enter them.
	hasValues, hasShift, hasSecond bool
	groupOf                        []int32
	feedsShift                     []bool
	entrances                      []entrance
	fullV, fullU                   full
	// wideLevels says that a level may be below what 32 bits hold and a
	// potential the lowest that they do, so that one is above the other.
	wideLevels bool
	// ids key draws; startTheta and target may be empty.
	ids                []uint32
	startTheta, target []int32
	// initial are the plastic weights as loaded, plastic how they are used
	// until a core learns; nil if there are none.
	initial []uint16
	plastic *plastic
	squares *squares
	// populations are those of the groups; resetWrites are the state words
	// that Begin writes of each.
	populations []int32
	resetWrites []int64
	shares      shares
	// set are the instructions of kernels, panels the rows that they sum for many ticks, nil
	// without any, and unless Ordered asked for them.
	set    kernel.Set
	panels *panels
	// order has the axon entry at each place of a set of spikes, below 0 for none; nil where
	// that is the entry's own.
	order []int32
	// health is the fault of each neuron, nil if there is none.
	health []health
}

// group is a Group as a tick uses it.
type group struct {
	dynamics
	// share is the place of the group's population in tables.populations.
	share       int
	first, last int32 // neurons first..last-1
	depth       int64
	// A summed input is shifted right, then left: weight exponent and
	// alignment.
	right, left    uint
	decayU, decayV fixedpoint.Decay
	hasCurrent     bool
	subtract       bool
	refractory     uint16
	upkeep         upkeep
	hasFloor       bool
	floor          int32
	// A potential needs no correction if, with offset added and read as
	// unsigned, it is at most span: it fits its register and is not below
	// the floor.
	offset int64
	span   uint64
	escape *EscapeTable // nil for a plain threshold
	graded uint         // bits of the value that a spike carries, 0 for none
	shift  Shift
	pairs  bool
	code   code
	theta  Theta
	winner Winner
	// restless groups may act in a tick without input that follows one
	// without change: their thresholds move, or they fire by chance.
	restless bool
	// broken groups have a neuron that is dead or stuck.
	broken bool
}

// upkeep is the counts of an update of a whole group, independent of the state of its neurons.
type upkeep struct {
	updates, decayAdds, membraneAdds, comparisons, words int64
}

// New checks a configuration and returns a core with it. The core shares the configuration's axon
// table, rows and synapse memory, so these must not be changed afterwards. An error names the
// place within the core.
//
// New does not check the bound on accumulators (docs/neurocore.md, section 2), which depends on all
// sources of an axon.
func New(cfg *Config) (*Core, error) { return newWith(cfg, kernel.Best()) }

// newWith is New with a set of instructions.
func newWith(cfg *Config, set kernel.Set) (*Core, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	shared := &tables{
		widths:    cfg.Widths,
		registerV: makeRegister(cfg.Widths.Potential, cfg.Widths.WrapPotential),
		registerU: makeRegister(cfg.Widths.Current, cfg.Widths.WrapCurrent),
		reset:     cfg.Reset, v0: cfg.V0,
		axons: cfg.Axons, rows: cfg.Rows, dense8: cfg.Dense8, dense16: cfg.Dense16,
		sparse: cfg.Sparse, masks: cfg.Masks, types: cfg.Types, set: set,
	}
	shared.loadNeurons(cfg)
	if err := shared.loadGroups(cfg); err != nil {
		return nil, err
	}
	shared.loadRows(cfg)
	shared.loadValues(cfg)
	shared.loadPlastic(cfg)
	shared.shares = newShares(cfg, shared)
	shared.bank = findBank(shared)
	return newCore(shared), nil
}

func (s *tables) loadRows(cfg *Config) {
	moved := make([]bool, len(cfg.Rows))
	if slices.ContainsFunc(cfg.Rows, func(r Row) bool {
		return r.Format == Dense16 || r.Format == Plastic
	}) {
		s.rowBytes = make([]rowBytes, len(cfg.Rows))
		for i := range s.rowBytes {
			s.rowBytes[i].learner = -1
		}
	}
	for _, axon := range cfg.Axons {
		moved[axon.Row] = moved[axon.Row] || axon.Base != 0
	}
	s.reads = make([]rowReads, len(cfg.Rows))
	for i := range cfg.Rows {
		s.reads[i] = cfg.readsOf(&cfg.Rows[i])
		switch r := &cfg.Rows[i]; {
		case r.Format == Sparse:
			s.sparseBits = max(s.sparseBits, r.WeightBits)
		case r.Format == Dense16 && !moved[i]: // in the order of the lanes from its start
			cfg.openBytes(r, &s.rowBytes[i], &s.bytes)
		}
	}
}

func (s *tables) loadPlastic(cfg *Config) {
	s.ids, s.startTheta, s.target = cfg.ID, cfg.Theta, cfg.Target
	s.initial, s.plastic, s.squares = cfg.Plastic, makePlastic(cfg, s.rowBytes), makeSquares()
	for i := range cfg.Plasticity {
		p := &cfg.Plasticity[i]
		for k := range p.Rows {
			r := &s.rowBytes[p.FirstRow+k]
			r.learner, r.source = int32(i), k
		}
	}
}

func (s *tables) loadNeurons(cfg *Config) {
	s.threshold = append([]int32(nil), cfg.Threshold...)
	s.biasV = make([]int64, cfg.Neurons())
	for i := range cfg.Groups {
		s.hasCurrent = s.hasCurrent || cfg.Groups[i].HasCurrent
	}
	if s.hasCurrent {
		s.biasU = make([]int64, cfg.Neurons())
	}
	for i := range cfg.Groups {
		g := &cfg.Groups[i]
		into := s.biasV
		if g.BiasToCurrent {
			into = s.biasU
		}
		for n := g.First; n < g.First+g.Count; n++ {
			into[n] = int64(cfg.Bias[n])
		}
	}
}

func (s *tables) loadGroups(cfg *Config) error {
	s.groups = make([]group, len(cfg.Groups))
	known := map[int32]int{}
	for i := range cfg.Groups {
		made, err := s.makeGroup(&cfg.Groups[i], cfg)
		if err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
		s.groups[i] = made
		s.hasRefractory = s.hasRefractory || made.refractory > 0
		s.hasTheta = s.hasTheta || made.theta.Adaptive
		s.hasTable = s.hasTable || made.code.table != nil
		s.hasShift = s.hasShift || made.shift.Most > 0
		s.hasSecond = s.hasSecond || made.shift.Second
		s.join(&s.groups[i], cfg.Groups[i].Population, known)
	}
	if len(cfg.Groups) == 0 {
		s.join(&group{}, -1, known)
	}
	s.wideLevels = s.hasTheta && s.registerV.wrap && s.registerV.bits == maxRegister
	return nil
}

// join makes a group part of its population; known are the places of those met.
func (s *tables) join(g *group, population int32, known map[int32]int) {
	share, met := known[population]
	if !met {
		share = len(s.populations)
		known[population] = share
		s.populations, s.resetWrites = append(s.populations, population), append(s.resetWrites, 0)
	}
	g.share = share
	// The accumulator is a state word too.
	s.resetWrites[share] += g.upkeep.words + g.upkeep.updates
}

func (s *tables) makeGroup(g *Group, cfg *Config) (group, error) {
	decayV, err := fixedpoint.NewDecay(g.DecayV, int(s.widths.DecayDigits))
	if err != nil {
		return group{}, err
	}
	decayU, err := fixedpoint.NewDecay(g.DecayU, int(s.widths.DecayDigits))
	if err != nil {
		return group{}, err
	}
	made := group{
		first: g.First, last: g.First + g.Count,
		depth: int64(g.Depth),
		right: uint(max(-g.WeightExp, 0)), left: uint(max(g.WeightExp, 0)) + uint(s.widths.Align),
		decayU: decayU, decayV: decayV,
		hasCurrent: g.HasCurrent,
		subtract:   g.ResetMode == ResetSubtract,
		refractory: g.Refractory,
		hasFloor:   g.HasFloor, floor: g.Floor,
		theta: g.Theta, winner: g.Winner, graded: uint(g.Graded), shift: g.Shift, pairs: g.Pairs,
	}
	if g.Escape > 0 {
		made.escape = &cfg.Escape[g.Escape-1]
	}
	made.code = makeCode(g, cfg)
	made.restless = made.escape != nil || made.theta.Adaptive
	if g.Integrator {
		made.refractory = 0 // nothing ever sets the counter
		for n := made.first; n < made.last; n++ {
			s.threshold[n] = unreachable
		}
	}
	made.offset, made.span = s.registerV.above(g)
	bias := cfg.Bias[made.first:made.last]
	if err := made.selectLoop(g, bias); err != nil {
		return group{}, err
	}
	made.upkeep = made.countUpkeep(g, bias)
	return made, nil
}

// countUpkeep adds up the upkeep of the group's models, of biases, of a refractory period and of a
// floor.
func (g *group) countUpkeep(from *Group, bias []int32) upkeep {
	var each upkeep // of one neuron
	for i := range models {
		if row := &models[i]; row.Is(from) {
			each.add(row, g)
		}
	}
	if g.refractory > 0 {
		each.comparisons++
		each.words++
	}
	if g.hasFloor {
		each.comparisons++
	}
	times := func(n int64) int64 { return repeated(int64(from.Count), uint(n)) }
	u := upkeep{
		updates: int64(from.Count), decayAdds: times(each.decayAdds),
		membraneAdds: times(each.membraneAdds),
		comparisons:  times(each.comparisons), words: times(each.words),
	}
	for _, b := range bias {
		if b != 0 {
			u.membraneAdds++
		}
	}
	if g.pairs { // the output of dendrites to somas
		u.membraneAdds += int64(from.Count >> 1)
	}
	return u
}

// add adds what a model takes of a neuron of the group.
func (u *upkeep) add(row *ModelRow, g *group) {
	if row.Upkeep.DecayV {
		u.decayAdds += int64(g.decayV.Adds())
	}
	if row.Upkeep.DecayU {
		u.decayAdds += int64(g.decayU.Adds())
	}
	u.membraneAdds += row.Upkeep.MembraneAdds
	u.comparisons += row.Upkeep.Comparisons
	u.words += int64(len(row.State))
}

// register is the width of a state word and what happens to a sum that does
// not fit it.
type register struct {
	// A sum x fits if x + offset, read as unsigned, is at most span.
	offset int64
	span   uint64
	bits   uint
	wrap   bool
}

func makeRegister(bits uint8, wrap bool) register {
	limit := fixedpoint.Limit(uint(bits))
	r := register{offset: limit, span: uint64(limit) << 1, bits: uint(bits), wrap: wrap}
	if wrap {
		r.offset++
		r.span++
	}
	return r
}

// above is offset and span of what the register holds of the potentials of a
// group that are not below its floor.
func (r *register) above(g *Group) (offset int64, span uint64) {
	if !g.HasFloor {
		return r.offset, r.span
	}
	lowest := max(-r.offset, int64(g.Floor))
	return -lowest, uint64(int64(r.span) - r.offset - lowest)
}

// fits reports whether the register holds x.
func (r *register) fits(x int64) bool { return uint64(x+r.offset) <= r.span }

// limit returns what the register holds after a sum that does not fit.
func (r *register) limit(x int64) int64 {
	if r.wrap {
		return fixedpoint.Wrap(x, r.bits)
	}
	x, _ = fixedpoint.Saturate(x, r.bits)
	return x
}
