package core

import (
	"math/big"
	"slices"
)

// oracle interprets docs/neurocore.md neuron by neuron and spike by spike, with
// multiplications and big integers wherever that is plainer. It shares the
// Config with the code under test, and nothing else.
type oracle struct {
	cfg     *Config
	a, v, u []*big.Int
	r       []int
	q       []int64
	host    []int32
	late    []oracleArrival // oracle_shift_test.go
	w       []int64
	arrived map[int32]int
	// counts has what each population counts, in the order of the groups.
	counts map[int32]*Counts
	// What follows is in oracle_learning_test.go.
	theta  []int64
	learns oracleLearning
}

func newOracle(cfg *Config) *oracle {
	o := &oracle{cfg: cfg, host: make([]int32, cfg.Neurons()), arrived: map[int32]int{},
		counts: map[int32]*Counts{}}
	o.loadLearning()
	o.load()
	return o
}

// of is where what neuron n does is counted.
func (o *oracle) of(n int32) *Counts {
	p := o.cfg.Groups[slices.IndexFunc(o.cfg.Groups, func(g Group) bool {
		return n < g.First+g.Count
	})].Population
	if o.counts[p] == nil {
		o.counts[p] = &Counts{}
	}
	return o.counts[p]
}

func (o *oracle) load() {
	o.late, o.w = nil, make([]int64, o.cfg.Neurons())
	o.a, o.v, o.u, o.r, o.q = nil, nil, nil, nil, make([]int64, o.cfg.Neurons())
	for n := range o.cfg.Neurons() {
		o.a = append(o.a, big.NewInt(0))
		o.v = append(o.v, big.NewInt(int64(o.cfg.V0[n])))
		o.u = append(o.u, big.NewInt(0))
		o.r = append(o.r, 0)
	}
	clear(o.arrived)
}

// begin counts one write per state word: A, v, and u and r where a group has
// them.
func (o *oracle) begin() {
	o.load()
	o.beginLearning()
	for _, g := range o.cfg.Groups {
		o.of(g.First).ResetWrites += int64(g.Count) * (1 + o.words(&g))
	}
}

func (o *oracle) hasRefractory(g *Group) bool { return g.Refractory > 0 && !g.Integrator }

func (o *oracle) words(g *Group) int64 {
	words := int64(1)
	if g.HasCurrent || g.Shift.Most > 0 {
		words++
	}
	if g.Shift.Second {
		words++
	}
	if o.hasRefractory(g) {
		words++
	}
	if g.Theta.Adaptive {
		words++
	}
	if g.Code.Table > 0 {
		words++
	}
	return words
}

// canonical lists the nonzero digits of f, most significant first, as signed
// powers of two.
func canonical(f int64) []int64 {
	var digits []int64
	for place := int64(1); f != 0; place *= 2 {
		if f%2 != 0 {
			digit := 2 - (f%4+4)%4
			digits = append(digits, digit*place)
			f -= digit
		}
		f /= 2
	}
	slices.Reverse(digits)
	return digits
}

// decay is section 1's, and its adder operations.
func (o *oracle) decay(x *big.Int, factor uint16) (*big.Int, int64) {
	digits := canonical(int64(factor))
	if limit := int(o.cfg.Widths.DecayDigits); limit > 0 && limit < len(digits) {
		digits = digits[:limit]
	}
	var applied int64
	for _, digit := range digits {
		applied += digit
	}
	product := new(big.Int).Mul(x, big.NewInt(applied))
	return product.Quo(product, big.NewInt(4096)), int64(max(len(digits)-1, 0))
}

// limited brings x into a register and counts a change.
func (o *oracle) limited(n int32, x *big.Int, bits uint8, wrap bool) *big.Int {
	modulus := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	half := new(big.Int).Rsh(modulus, 1)
	fitted := new(big.Int)
	if wrap {
		fitted.Add(x, half).Mod(fitted, modulus).Sub(fitted, half)
	} else {
		limit := new(big.Int).Sub(half, big.NewInt(1))
		fitted.Set(x)
		if x.CmpAbs(limit) > 0 {
			fitted.Mul(limit, big.NewInt(int64(x.Sign())))
		}
	}
	if fitted.Cmp(x) != 0 {
		o.of(n).Saturations++
	}
	return fitted
}

func (o *oracle) limV(n int32, x *big.Int) *big.Int {
	return o.limited(n, x, o.cfg.Widths.Potential, o.cfg.Widths.WrapPotential)
}

func (o *oracle) limU(n int32, x *big.Int) *big.Int {
	return o.limited(n, x, o.cfg.Widths.Current, o.cfg.Widths.WrapCurrent)
}

// input is exp(A, e) << align.
func (o *oracle) input(g *Group, a *big.Int) *big.Int {
	x := new(big.Int).Set(a)
	if g.WeightExp >= 0 {
		x.Lsh(x, uint(g.WeightExp))
	} else {
		x.Rsh(x, uint(-g.WeightExp)) // floor
	}
	return x.Lsh(x, uint(o.cfg.Widths.Align))
}

func (o *oracle) tick(t, inputTicks int32) []int32 {
	var out []int32
	touched := o.arrive(t, inputTicks)
	for i := range o.cfg.Groups {
		g := &o.cfg.Groups[i]
		fires := int32(g.Code.Bits)
		if g.Code.Kind == CodeLevel {
			fires = 1<<g.Code.Bits - 1
		}
		switch since := t - g.Depth; {
		case g.Code.Kind != CodeNone && since >= 0 && since < g.Code.Window+max(fires, 1)-1:
			out = append(out, o.updateCode(g, since)...)
		case g.Shift.Most > 0 && since >= 0 && since < inputTicks:
			out = append(out, o.updateShift(g, touched)...)
		case g.Shift.Most > 0:
		case g.Pairs && since >= 0 && since < inputTicks:
			out = append(out, o.updatePairs(g)...)
		case g.Pairs:
		case g.Code.Kind == CodeNone && since >= 0 && since < inputTicks:
			out = append(out, o.updateGroup(g, t)...)
		}
		for n := g.First; n < g.First+g.Count; n++ {
			o.a[n] = big.NewInt(0)
		}
	}
	if o.learns.on {
		o.learn(t, out)
	}
	clear(o.arrived)
	return out
}

// changes lists the neurons whose u or v is not what it was.
func (o *oracle) changes(u, v []*big.Int) []int32 {
	changed := []int32{}
	for n := range u {
		if o.u[n].Cmp(u[n]) != 0 || o.v[n].Cmp(v[n]) != 0 {
			changed = append(changed, int32(n))
		}
	}
	return changed
}

// updateGroup takes a group through a tick, phase by phase, and returns the
// neurons whose spikes leave.
func (o *oracle) updateGroup(g *Group, t int32) (left []int32) {
	active := map[int32]bool{}
	var fired []int32
	for n := g.First; n < g.First+g.Count; n++ {
		oldU, oldV := o.u[n], o.v[n]
		o.integrate(g, n)
		active[n] = o.v[n].Cmp(oldV) != 0 || o.u[n].Cmp(oldU) != 0
	}
	for n := g.First; n < g.First+g.Count; n++ {
		if o.fires(g, n, t) {
			fired = append(fired, n)
		}
	}
	left = fired
	if g.Winner.Arbiter != ArbiterNone && len(fired) > 0 {
		left = []int32{o.winner(g, t, fired)}
		if g.Winner.Alone {
			fired = left
		}
		for n := g.First; g.Winner.LateralReset && n < g.First+g.Count; n++ {
			if !slices.Contains(fired, n) && o.v[n].Sign() != 0 {
				o.v[n], active[n] = big.NewInt(0), true
			}
		}
	}
	for _, n := range fired {
		o.fire(g, n)
		active[n] = true
	}
	o.adapt(g, t, fired)
	for n := g.First; n < g.First+g.Count; n++ {
		if active[n] {
			o.of(n).ActiveUpdates++
		} else {
			o.of(n).IdleUpdates++
		}
	}
	o.of(g.First).Spikes += int64(len(left))
	return left
}

func (o *oracle) integrate(g *Group, n int32) {
	count := o.of(n)
	count.NeuronUpdates++
	count.StateReads += o.words(g)
	count.StateWrites += o.words(g)

	bu, bv := big.NewInt(0), big.NewInt(int64(o.cfg.Bias[n]))
	if g.BiasToCurrent {
		bu, bv = bv, bu
	}
	i := o.input(g, o.a[n])
	if g.HasCurrent {
		u, adds := o.decay(o.u[n], g.DecayU)
		count.DecayAdds += adds
		count.MembraneAdds++
		if bu.Sign() != 0 {
			count.MembraneAdds++
		}
		o.u[n] = o.limU(n, new(big.Int).Add(new(big.Int).Add(u, i), bu))
		i = o.u[n]
	}

	v, adds := o.decay(o.v[n], g.DecayV)
	count.DecayAdds += adds
	if o.hasRefractory(g) {
		count.Comparisons++
	}
	if o.r[n] == 0 {
		count.MembraneAdds++
		if bv.Sign() != 0 {
			count.MembraneAdds++
		}
		if o.host[n] != 0 {
			count.MembraneAdds++
		}
		v = new(big.Int).Add(v, i)
		v.Add(v, bv).Add(v, big.NewInt(int64(o.host[n])))
	} else {
		o.r[n]--
		if i.Sign() != 0 {
			count.Discards++
		}
	}
	if g.Leak != 0 {
		count.MembraneAdds++
		v = new(big.Int).Add(v, new(big.Int).Mul(big.NewInt(int64(v.Sign())),
			big.NewInt(int64(g.Leak))))
	}
	o.v[n] = o.limV(n, v)
	if g.HasFloor {
		count.Comparisons++
		if floor := big.NewInt(int64(g.Floor)); o.v[n].Cmp(floor) < 0 {
			o.v[n] = floor
		}
	}
}

func (o *oracle) fire(g *Group, n int32) {
	reset := big.NewInt(int64(o.cfg.Reset[n]))
	if g.ResetMode == ResetSubtract {
		o.of(n).MembraneAdds++
		o.v[n] = o.limV(n, new(big.Int).Sub(o.v[n], reset))
	} else {
		o.v[n] = reset
	}
	o.r[n] = int(g.Refractory)
}
