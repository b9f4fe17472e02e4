package chip

import (
	"adder/core"
	"adder/router"
)

// Places in Chip.accounts.
const (
	accountHost = iota
	accountChip
	accountCores
)

// tally directs the counts of a run to cells: cores count into them directly, so that nothing is
// copied.
type tally struct {
	chip   *Chip
	opts   *Options
	depths [][]int32 // per core, of each of its populations
	leads  [][]int32 // per core and axon entry, with Options.ByTick
	// of is the attribution of the sample.
	of *Attribution
}

func newTally(c *Chip, opts *Options) tally {
	t := tally{chip: c, opts: opts}
	for _, k := range c.cores {
		var depths []int32
		for _, p := range k.Populations() {
			depth := int32(0)
			if p >= 0 {
				depth = c.image.Populations[p].Depth
			}
			depths = append(depths, depth)
		}
		t.depths = append(t.depths, depths)
	}
	if opts.ByTick {
		t.leads = c.leads(int32(opts.Ticks))
	}
	return t
}

// open numbers the accounts of a chip and finds that of every neuron.
func (c *Chip) open() {
	c.accounts = []Account{accountHost: {Core: CoreHost, Population: -1},
		accountChip: {Core: CoreChip, Population: -1}}
	for i, k := range c.cores {
		c.firstAccount = append(c.firstAccount, len(c.accounts))
		places := map[int32]int32{}
		for _, p := range k.Populations() {
			places[p] = int32(len(c.accounts))
			c.accounts = append(c.accounts, Account{Core: i, Population: int(p)})
		}
		account := make([]int32, k.Neurons())
		for n, p := range c.owner[i] {
			account[n] = places[p]
		}
		c.account = append(c.account, account)
	}
}

// leads gives, for every axon entry of every core, the ticks from the
// model tick that causes a delivery to the delivery. A run of so many
// ticks makes a delivery if its spike is emitted within it and due before
// the chip stops, a latency later; so it belongs to the tick of the spike
// or, where that is later, a latency before it is due. An entry that
// sources of several depths share goes by the deepest.
func (c *Chip) leads(ticks int32) [][]int32 {
	leads, latency := make([][]int32, len(c.cores)), c.latency(ticks)
	for i := range leads {
		leads[i] = make([]int32, len(c.image.Cores[i].Config.Axons))
	}
	note := func(d router.Dest, emitted int32) {
		at := c.coreAt[d.Core]
		lead := min(emitted+c.cores[at].AxonDelay(d.Axon), latency)
		leads[at][d.Axon] = max(leads[at][d.Axon], lead)
	}
	for _, d := range c.image.Routes.Ports[c.image.Input.Port].Dests {
		note(d, 0)
	}
	for i := range c.cores {
		routes := &c.image.Routes.Neurons[c.image.Cores[i].Tile]
		for n, p := range c.owner[i] {
			for _, d := range routes.Of(n) {
				note(d, c.image.Populations[p].Depth+1)
			}
		}
	}
	return leads
}

// begin starts a sample: what cores count belongs to its reset.
func (t *tally) begin(cores []*core.Core, live []int32, of *Attribution) {
	t.of = of
	for _, i := range live {
		t.point(int(i), cores[i], of.Bin(TickReset))
	}
}

// start ends the reset.
func (t *tally) start(cores []*core.Core, live []int32) {
	for _, i := range live {
		t.point(int(i), cores[i], t.of.within(0))
	}
}

// point has core i count in a bin.
func (t *tally) point(i int, c *core.Core, bin int) {
	first := t.chip.firstAccount[i]
	for k := range t.depths[i] {
		c.CountInto(k, &t.of.At(first+k, bin).Core)
	}
}

// countDeliveries directs the delivery counts of core i to the cells of the model tick that causes
// them.
func (t *tally) countDeliveries(i int, c *core.Core, tick int32) { t.point(i, c, t.of.within(tick)) }

// update has the populations of core i count the update of tick now of the chip,
// each in its own tick of the model.
func (t *tally) update(i int, c *core.Core, now int32) {
	if !t.opts.ByTick {
		return
	}
	first := t.chip.firstAccount[i]
	for k, depth := range t.depths[i] {
		c.CountInto(k, &t.of.At(first+k, t.of.within(now-depth)).Core)
	}
}

// at is the cell of an account in a tick of the model.
func (t *tally) at(account, tick int32) *Counts {
	return t.of.At(int(account), t.of.within(tick))
}

// reset is the cell of an account for what happens once per sample.
func (t *tally) reset(account int) *Counts { return t.of.At(account, t.of.Bin(TickReset)) }

// resetWrites are those of core i.
func (t *tally) resetWrites(i int) int64 {
	writes := int64(0)
	for k := range t.depths[i] {
		writes += t.reset(t.chip.firstAccount[i] + k).Core.ResetWrites
	}
	return writes
}

// finish counts the ticks of a sample, and totals it.
func (t *tally) finish(out *Outcome) {
	t.reset(accountChip).Ticks += int64(t.chip.latency(int32(t.opts.Ticks)))
	for tick := range t.opts.Ticks {
		t.at(accountChip, int32(tick)).Ticks++
	}
	out.Attribution, out.Counts = t.of, t.of.Total()
	if t.of.few != nil { // others did not spike
		for _, i := range t.of.few.accounts {
			t.addSpikes(out, int(i))
		}
		return
	}
	for i := range t.of.accounts {
		t.addSpikes(out, i)
	}
}

// addSpikes adds the spikes of an account to those of its population.
func (t *tally) addSpikes(out *Outcome, account int) {
	p := t.of.accounts[account].Population
	for bin := 0; p >= 0 && bin < t.of.Bins(); bin++ {
		out.SpikesByPopulation[p] += t.of.read(account, bin).Core.Spikes
	}
}
