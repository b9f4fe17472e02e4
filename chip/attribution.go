package chip

import "fmt"

// The accounts of an Attribution that are not of a core.
const (
	// CoreHost is the host: its spikes, their traffic on the mesh, and its work.
	CoreHost = -1
	// CoreChip is counts of the chip as a whole: its ticks.
	CoreChip = -2
)

// TickReset is the tick of an Attribution for events once per sample: the writes of the initial
// state, multiplications of the host, and the ticks that the chip runs beyond those of the input.
const TickReset = -1

// Account is the core and the population that a count belongs to. A delivery is counted for the
// population that receives it, a spike and its traffic on the mesh for the one that sends it.
type Account struct {
	// Core is the index of a core in the image, CoreHost or CoreChip.
	Core int
	// Population is a population with neurons in the core; -1 for the host and the chip.
	Population int
}

// Attribution is the counts of a run, by account and by the model tick that caused it: every event
// is in exactly one cell, so that any sum over cells is exact. A sample has one, and samples of one
// chip add up.
type Attribution struct {
	accounts []Account // the chip's, shared
	ticks    int
	byTick   bool
	// rows has the accounts of each bin: that of TickReset, then one per tick or, not by tick, one
	// for all ticks. A row, once placed, is not moved.
	rows [][]Counts
	// few replaces rows where most accounts are idle.
	few *few
}

// Accounts lists the host, the chip, and the populations of each core in the
// order of the image. It must not be changed.
func (c *Chip) Accounts() []Account { return c.accounts }

// NewAttribution returns an empty attribution for accounts, which begin with the host and the chip,
// and for runs of a number of input ticks: one bin per tick, or one for all ticks if byTick is
// false.
func NewAttribution(accounts []Account, ticks int, byTick bool) *Attribution {
	a := &Attribution{accounts: accounts, ticks: ticks, byTick: byTick}
	bins, n := a.Bins(), len(a.accounts)
	cells := make([]Counts, bins*n)
	a.rows = make([][]Counts, bins)
	for bin := range a.rows {
		a.rows[bin] = cells[bin*n:][:n:n]
	}
	return a
}

// extend allocates input ticks up to a number.
func (a *Attribution) extend(ticks int) {
	a.fill()
	a.ticks = max(a.ticks, ticks)
	for len(a.rows) < a.Bins() {
		a.rows = append(a.rows, make([]Counts, len(a.accounts)))
	}
}

// Accounts are the chip's.
func (a *Attribution) Accounts() []Account { return a.accounts }

// Ticks is the number of input ticks, and ByTick reports whether they are counted separately.
func (a *Attribution) Ticks() int { return a.ticks }

// ByTick reports whether ticks are counted separately.
func (a *Attribution) ByTick() bool { return a.byTick }

// Bins is the number of cells of an account: one for TickReset and one per
// tick, or one for all of them.
func (a *Attribution) Bins() int {
	if a.byTick {
		return 1 + a.ticks
	}
	return 2
}

// Bin is the bin of a tick from 0 on, or of TickReset.
func (a *Attribution) Bin(tick int) int {
	if tick == TickReset || a.byTick {
		return 1 + tick
	}
	return 1
}

// within is the bin of a tick, ticks before the first or after the last count as these.
func (a *Attribution) within(tick int32) int {
	if !a.byTick {
		return 1
	}
	return 1 + min(max(int(tick), 0), a.ticks-1)
}

// At returns the cell of an account, by its index in Accounts, in a bin. It is not safe for
// concurrent use.
func (a *Attribution) At(account, bin int) *Counts {
	if a.few != nil {
		return &a.few.cells(account)[bin]
	}
	return &a.rows[bin][account]
}

// read is At for a cell that is not written.
func (a *Attribution) read(account, bin int) *Counts {
	if a.few != nil {
		return &a.few.read(account)[bin]
	}
	return &a.rows[bin][account]
}

// fill gives every account cells in rows.
func (a *Attribution) fill() {
	if a.few == nil {
		return
	}
	full := NewAttribution(a.accounts, a.ticks, a.byTick)
	full.Add(a)
	a.rows, a.few = full.rows, nil
}

// Add adds an attribution of the same chip, ticks and kind.
func (a *Attribution) Add(other *Attribution) {
	for bin := range a.Bins() {
		for i := range a.accounts {
			a.At(i, bin).Add(other.read(i, bin))
		}
	}
}

// Save returns all counts as bytes.
func (a *Attribution) Save() ([]byte, error) {
	a.fill()
	c := &codec{}
	for i := range a.rows {
		list(c, &a.rows[i])
	}
	return c.bytes, c.err
}

// Restore sets the counts to those that an attribution of the same chip, ticks and kind saved.
// Bytes of another are an error, after which the counts are undefined.
func (a *Attribution) Restore(data []byte) error {
	a.fill()
	c := &codec{reading: true, bytes: data}
	for i := range a.rows {
		n := len(a.rows[i])
		var row []Counts
		if list(c, &row); c.err == nil && len(row) != n {
			c.fail(fmt.Errorf("%d accounts of %d", len(row), n))
		}
		copy(a.rows[i], row)
	}
	if c.err == nil && len(c.bytes) > 0 {
		c.fail(fmt.Errorf("%d bytes follow the counts", len(c.bytes)))
	}
	return c.err
}

// AddHost adds the work of the host on a sample: additions and draws, spread
// evenly over the ticks, and multiplications, which are made once per sample.
func (a *Attribution) AddHost(adds, draws, macs int64) {
	a.At(accountHost, a.Bin(TickReset)).HostMACs += macs
	n := int64(a.Bins() - 1)
	share := func(total, t int64) int64 { return total*(t+1)/n - total*t/n }
	for t := range n {
		cell := a.At(accountHost, int(1+t))
		cell.HostAdds += share(adds, t)
		cell.HostDraws += share(draws, t)
	}
}

// Total is the sum of all cells.
func (a *Attribution) Total() Counts {
	var sum Counts
	if a.few != nil {
		return a.few.total()
	}
	for _, row := range a.rows {
		for i := range row {
			sum.Add(&row[i])
		}
	}
	return sum
}

// OfBin is the sum of all accounts in a bin.
func (a *Attribution) OfBin(bin int) Counts {
	var sum Counts
	for i := range a.accounts {
		sum.Add(a.read(i, bin))
	}
	return sum
}

// OfAccount is the sum of an account's cells.
func (a *Attribution) OfAccount(account int) Counts {
	var sum Counts
	for bin := range a.Bins() {
		sum.Add(a.read(account, bin))
	}
	return sum
}
