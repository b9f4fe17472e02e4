package bench

import (
	"context"
	"fmt"
	"math"

	"adder/core"
	"adder/fault"
	"adder/layout"
)

// ProtectionCost is the cost of a code over synapse memory, or of a spare core.
type ProtectionCost struct {
	// Protect is the name of a code, or KindSpare.
	Protect string `json:"protect"`
	// Bits are the bits of synapse memory without protection: in use, or of all cores in use.
	// CheckBits are the check bits in addition to them: as many as a code stores, or the synapse
	// memory of a core. Share is their quotient.
	Bits      int64   `json:"bits"`
	CheckBits int64   `json:"check_bits"`
	Share     float64 `json:"share"`
	// Table prices an inference of the chip without faults, SNNPJ, and the cost of protection:
	// ExtraPJ, for the bits that are read as well and the larger memory, or for the longer routes
	// to a core that was moved, the mean over MovedCores that were moved. Both are nil without a
	// table, and the second where the chip has no spare core.
	Table      string   `json:"table,omitempty"`
	SNNPJ      *float64 `json:"snn_pj"`
	ExtraPJ    *float64 `json:"extra_pj"`
	MovedCores int      `json:"moved_cores,omitempty"`
}

// mostSpared is the number of cores whose way to a spare core is measured.
const mostSpared = 4

// spared are the cores that are moved, one after the other, to see what that takes.
func (s *faultStudy) spared() []fault.Tile {
	if s.Table == nil {
		return nil
	}
	var out []fault.Tile
	t, cores := s.Image.Routes.Topology(), s.Image.Cores
	for k := range min(len(cores), mostSpared) {
		at := t.At(cores[k*len(cores)/min(len(cores), mostSpared)].Tile)
		out = append(out, fault.Tile{X: at.X, Y: at.Y})
	}
	return out
}

// protection lists what each protection takes.
func (s *faultStudy) protection(ctx context.Context) ([]ProtectionCost, error) {
	var out []ProtectionCost
	for _, p := range fault.Protections() {
		cost := ProtectionCost{Protect: string(p)}
		for i := range s.Image.Cores {
			bits, check := checkBits(p, &s.Image.Cores[i].Config)
			cost.Bits, cost.CheckBits = cost.Bits+bits, cost.CheckBits+check
		}
		cost.share()
		s.priceCode(&cost, p)
		out = append(out, cost)
	}
	size := s.chip.Profile().CoreMemory()
	spare := ProtectionCost{Protect: KindSpare, Bits: size * int64(len(s.Image.Cores)),
		CheckBits: size}
	spare.share()
	err := s.priceSpare(ctx, &spare)
	return append(out, spare), err
}

func (p *ProtectionCost) share() {
	if p.Bits > 0 {
		p.Share = float64(p.CheckBits) / float64(p.Bits)
	}
}

// checkBits are the bits of a core's rows, and the check bits of a code.
func checkBits(p fault.Protection, c *core.Config) (bits, check int64) {
	for k := range c.Rows {
		row := c.BitsRead(&c.Rows[k])
		entries := int64(c.Rows[k].Count)
		if c.Rows[k].Format == core.Others {
			entries = 1
		}
		bits += row
		check += p.CheckBits(row, entries)
	}
	return bits, check
}

// price is the energy of an inference.
func (s *faultStudy) price(e *Evaluation, img *layout.Image,
	grow func(*Memories, CountsByMemory)) float64 {
	m := NewMemories(img).WithTile(s.chip.Profile().CoreMemory())
	by := m.Count(e.Attribution, nil)
	if grow != nil {
		grow(m, by)
	}
	return s.Table.Bill(NewLedger(by, e.Samples, m)).PJ
}

// priceCode prices the bits that a code reads as well, of a memory that is larger by them.
// What forms and checks them has no price.
func (s *faultStudy) priceCode(cost *ProtectionCost, p fault.Protection) {
	if s.Table == nil {
		return
	}
	shares := map[int]float64{}
	whole := s.price(s.whole, s.Image, func(m *Memories, _ CountsByMemory) {
		for i, kind := range m.kind {
			if bits, check := checkBits(p, &s.Image.Cores[i].Config); bits > 0 {
				shares[kind] = float64(check) / float64(bits)
			}
		}
	})
	more := s.price(s.whole, s.Image, func(m *Memories, by CountsByMemory) {
		for k := range by {
			if kind := by[k].kind; kind >= 0 {
				m.kinds[kind].synapse *= 1 + shares[kind]
				read := &by[k].counts.Core.SynapseBits
				*read += int64(math.Round(float64(*read) * shares[kind]))
			}
		}
	})
	extra := more - whole
	cost.Table, cost.SNNPJ, cost.ExtraPJ = s.Table.Name, &whole, &extra
}

// priceSpare moves some cores to spare ones, and prices the way there.
func (s *faultStudy) priceSpare(ctx context.Context, cost *ProtectionCost) error {
	if s.Table == nil {
		return nil
	}
	whole := s.price(s.whole, s.Image, nil)
	cost.Table, cost.SNNPJ = s.Table.Name, &whole
	sum := 0.0
	for _, at := range s.spared() {
		spec := fault.Spec{DeadCores: []fault.Tile{at}, Loads: fault.MoveLoads}
		broken, _, err := fault.Apply(s.Image, spec)
		var e *Evaluation
		if err == nil {
			e, _, err = s.run(ctx, spec)
		}
		s.step()
		if refused(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("faults: core %s on a spare one: %w", at, err)
		}
		sum += s.price(e, broken.Image, nil) - whole
		cost.MovedCores++
	}
	if cost.MovedCores > 0 {
		extra := sum / float64(cost.MovedCores)
		cost.ExtraPJ = &extra
	}
	return nil
}
