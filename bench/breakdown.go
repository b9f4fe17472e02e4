package bench

import (
	"maps"
	"slices"

	"adder/bench/energy"
	"adder/chip"
	"adder/compiler"
)

// Breakdown is the counts and energies of an evaluation by core, by layer and by tick; each of
// these adds up to the whole. It is part of the JSON of `adder run` and `adder bench`.
type Breakdown struct {
	ByCore  []CoreRow  `json:"by_core"`
	ByLayer []LayerRow `json:"by_layer"`
	// ByTick is empty if ticks were not counted separately.
	ByTick []TickRow `json:"by_tick"`
	ByPart []PartRow `json:"by_part"`
	// Links are those that packets crossed, nil where they were not recorded.
	Links []LinkRow `json:"links"`

	// Wide lets tables for people be wider than a screen.
	Wide bool `json:"-"`

	tables []string
}

// Share has the counts and the energies of a row.
type Share struct {
	// Counts are those of the row by their names in reports.
	Counts map[string]float64 `json:"counts"`
	Energies
}

// Energies are in picojoules.
type Energies struct {
	// EnergyPJ is the energy under the first table, nil without any; SNNPJ
	// that under each.
	EnergyPJ *float64           `json:"energy_pj"`
	SNNPJ    map[string]float64 `json:"snn_pj"`
}

// CoreRow has the counts of a core, of the host or of the chip as a whole.
type CoreRow struct {
	// Core is the number of the core's tile, "host" or "chip".
	Core any `json:"core"`
	// X and Y are its coordinates. They are nil for host and chip, as are all fields up to Busy.
	X *int16 `json:"x"`
	Y *int16 `json:"y"`
	// Layers are the layers of which the core has neurons, Neurons their number.
	Layers  []string `json:"layers"`
	Neurons int      `json:"neurons"`
	// Fill is the used share of the limit that the core is closest to.
	Fill *float64 `json:"fill"`
	// Busy is the share of the time in which the core works, nil without the cycle engine.
	Busy *float64 `json:"busy"`
	// Last are the cycles of the ticks, and of the reset, whose last core was this one, until it
	// was done; nil without the cycle engine.
	Last *float64 `json:"last"`
	// Stalls are the cycles that packets waited to enter the mesh, and that the core waited with
	// them; nil without the cycle engine.
	Stalls *float64 `json:"stalls"`
	Share
}

// LinkRow is the traffic over a link between two tiles.
type LinkRow struct {
	From int `json:"from"`
	To   int `json:"to"`
	// Class is that of the link: its direction, or border between chips of a board.
	Class   string  `json:"class"`
	Packets float64 `json:"packets"`
	// Stalls are the cycles that packets waited for the link, nil without the cycle engine.
	Stalls *float64 `json:"stalls"`
}

// LayerRow is a layer's share, or that of "host" or "chip".
type LayerRow struct {
	Layer string `json:"layer"`
	Share
}

// TickRow is the share of a tick of the model, or of "reset".
type TickRow struct {
	Tick any `json:"tick"`
	Share
}

// PartRow is the energy of a part.
type PartRow struct {
	Part energy.Part `json:"part"`
	Energies
}

// Names of rows that are no core's, layer's or tick's.
const (
	rowHost  = "host"
	rowChip  = "chip"
	rowReset = "reset"
)

// breaker makes a Breakdown.
type breaker struct {
	chip     *chip.Chip
	of       *Evaluation
	memories *Memories
	tables   []*energy.Table
	// per is the divisor of a row.
	per     int
	classes []string
}

// NewBreakdown breaks an evaluation down: totals, or means over so many samples
// where per is not 1.
func NewBreakdown(c *chip.Chip, e *Evaluation, tables []*energy.Table, per int) *Breakdown {
	b := breaker{chip: c, of: e,
		memories: NewMemories(c.Image()).WithTile(c.Profile().CoreMemory()), tables: tables,
		per: max(per, 1), classes: c.Topology().Classes()}
	out := &Breakdown{Links: b.links(), ByCore: b.cores(), ByLayer: b.layers(), ByTick: b.ticks(),
		ByPart: b.parts()}
	for _, t := range tables {
		out.tables = append(out.tables, t.Name)
	}
	return out
}

// share prices counts.
func (b *breaker) share(by CountsByMemory) Share {
	total := by.Total()
	s := Share{Counts: map[string]float64{}}
	for name, n := range total.All(b.classes) {
		s.Counts[name] = float64(n) / float64(b.per)
	}
	ledger := NewLedger(by, b.per, b.memories)
	s.Energies = b.energies(func(t *energy.Table) float64 { return t.Bill(ledger).PJ })
	return s
}

func (b *breaker) energies(of func(*energy.Table) float64) Energies {
	e := Energies{SNNPJ: map[string]float64{}}
	for i, t := range b.tables {
		pj := of(t)
		e.SNNPJ[t.Name] = pj
		if i == 0 {
			e.EnergyPJ = &pj
		}
	}
	return e
}

// cores are the rows of cores in the order of the image, then host and chip.
func (b *breaker) cores() []CoreRow {
	img, a := b.chip.Image(), b.of.Attribution
	rows := make([]CoreRow, len(img.Cores)+2)
	counts := make([]chip.Counts, len(rows))
	at := func(core int) int {
		if core < 0 { // CoreHost, then CoreChip
			return len(img.Cores) - 1 - core
		}
		return core
	}
	for i, account := range a.Accounts() {
		sum := a.OfAccount(i)
		counts[at(account.Core)].Add(&sum)
	}
	for i, fill := range compiler.Fill(img) {
		place := b.chip.Topology().At(img.Cores[i].Tile)
		rows[i] = CoreRow{Core: fill.Tile, X: &place.X, Y: &place.Y, Layers: fill.Layers,
			Neurons: fill.Neurons, Fill: &fill.Share, Busy: b.busy(i), Last: b.last(i)}
		rows[i].Share = b.share(b.memories.One(i, &counts[i]))
		if l := b.of.Links; l != nil && l.Entry != nil {
			rows[i].Stalls = b.stalls(l.Entry[i])
		}
	}
	for _, core := range []int{chip.CoreHost, chip.CoreChip} {
		rows[at(core)] = CoreRow{Core: rowHost, Layers: []string{},
			Share: b.share(b.memories.One(core, &counts[at(core)]))}
	}
	rows[at(chip.CoreChip)].Core = rowChip
	if l := b.of.Links; l != nil && l.Entry != nil {
		rows[at(chip.CoreHost)].Stalls = b.stalls(l.Host)
	}
	return rows
}

// busy is the part of the time in which a core worked.
func (b *breaker) busy(core int) *float64 {
	if b.of.Cycles == nil {
		return nil
	}
	part := ratio(float64(b.of.Cycles.Busy[core]), float64(b.of.Cycles.Total))
	return &part
}

// last are the cycles that ticks waited for a core.
func (b *breaker) last(core int) *float64 {
	if b.of.Cycles == nil {
		return nil
	}
	mean := b.mean(b.of.Cycles.Last[core])
	return &mean
}

// layers are the rows of layers in the order of the network, then host and chip.
func (b *breaker) layers() []LayerRow {
	a, img := b.of.Attribution, b.chip.Image()
	var rows []LayerRow
	add := func(name string, include func(chip.Account) bool) {
		by := b.memories.Count(a, func(i, _ int) bool { return include(a.Accounts()[i]) })
		rows = append(rows, LayerRow{Layer: name, Share: b.share(by)})
	}
	for _, p := range img.ByDepth() {
		add(img.Populations[p].Name, func(k chip.Account) bool { return k.Population == p })
	}
	add(rowHost, func(k chip.Account) bool { return k.Core == chip.CoreHost })
	add(rowChip, func(k chip.Account) bool { return k.Core != chip.CoreHost && k.Population < 0 })
	return rows
}

// links are the rows of links that something crossed, by the tile that they leave.
func (b *breaker) links() []LinkRow {
	l := b.of.Links
	if l == nil {
		return nil
	}
	rows := []LinkRow{}
	for i, packets := range l.Packets {
		if from, to, ok := b.chip.Link(i); ok && packets > 0 {
			row := LinkRow{From: int(from), To: int(to), Class: b.chip.LinkClass(i),
				Packets: b.mean(packets)}
			if l.Stalls != nil {
				row.Stalls = b.stalls(l.Stalls[i])
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (b *breaker) mean(n int64) float64 { return float64(n) / float64(b.per) }

func (b *breaker) stalls(cycles int64) *float64 {
	mean := b.mean(cycles)
	return &mean
}

// ticks are the rows of the reset and of every tick.
func (b *breaker) ticks() []TickRow {
	a := b.of.Attribution
	if !a.ByTick() {
		return []TickRow{}
	}
	rows := make([]TickRow, a.Bins())
	for bin := range rows {
		rows[bin] = TickRow{Tick: bin - 1,
			Share: b.share(b.memories.Count(a, func(_, at int) bool {
				return at == bin
			}))}
	}
	rows[a.Bin(chip.TickReset)].Tick = rowReset
	return rows
}

// parts are the rows of parts that cost something under a table.
func (b *breaker) parts() []PartRow {
	ledger := NewLedger(b.memories.Count(b.of.Attribution, nil), b.per, b.memories)
	bills := map[*energy.Table]map[energy.Part]float64{}
	known := map[energy.Part]bool{}
	for _, t := range b.tables {
		bills[t] = t.Bill(ledger).Parts()
		for part := range bills[t] {
			known[part] = true
		}
	}
	rows := []PartRow{}
	delete(known, energy.PartPads) // outside every sum
	for _, part := range slices.Sorted(maps.Keys(known)) {
		rows = append(rows, PartRow{Part: part, Energies: b.energies(func(t *energy.Table) float64 {
			return bills[t][part]
		})})
	}
	return rows
}
