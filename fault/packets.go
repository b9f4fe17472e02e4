package fault

import (
	"adder/fixedpoint"
	"adder/router"
)

// Packets are faults of packets on the mesh. The zero Packets has none.
type Packets struct {
	limits [3]uint64
	late   int32
	draws  fixedpoint.Source
	// senders says for each tile and neuron whether its packets can fail, nil for all of
	// them and for those of the host.
	senders map[router.Core][]bool
}

// Fate is the fault of a packet at a core that it reaches.
type Fate uint8

// The fates of a packet.
const (
	Arrives Fate = iota
	Drops
	Delays
	Duplicates
)

func newPackets(s *Spec) Packets {
	if !s.breaksPackets() {
		return Packets{}
	}
	return Packets{
		limits: [3]uint64(limitsOf(s.Drop, s.Delay, s.Duplicate)), late: s.lateBy(),
		draws: fixedpoint.NewSource(s.Seed),
	}
}

// Any reports whether packets can fail.
func (p *Packets) Any() bool { return p.limits[2] > 0 }

// LateBy is the delay of a delayed packet, in ticks.
func (p *Packets) LateBy() int32 { return p.late }

// The key of a draw, in addition to sample and tick: the core that a packet goes to, the one that
// it comes from, and the neuron there. A mesh has 2^20 tiles at most and a core 2^16 neurons.
const (
	neuronKey = 16
	coreKey   = 36
)

// Of returns the fate of a packet of a sample at the core that it reaches. It depends on the
// packet's source and tick, and on the core.
func (p *Packets) Of(sample uint64, of *router.Packet, at router.Core) Fate {
	id, purpose := uint64(at)<<coreKey, fixedpoint.PurposePacket
	if _, host := of.FromHost(); host {
		id, purpose = id|uint64(of.Neuron), fixedpoint.PurposeHost
		if p.senders != nil {
			return Arrives
		}
	} else {
		id |= uint64(of.Source)<<neuronKey | uint64(of.Neuron)
		if p.senders != nil && !p.senders[of.Source][of.Neuron] {
			return Arrives
		}
	}
	switch draw := p.draws.Draw(sample, id, uint64(of.Tick), purpose); {
	case draw < p.limits[0]:
		return Drops
	case draw < p.limits[1]:
		return Delays
	case draw < p.limits[2]:
		return Duplicates
	}
	return Arrives
}
