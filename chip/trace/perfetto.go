package trace

import (
	"fmt"
	"math/bits"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"adder/chip"
	"adder/core"
	"adder/router"
)

// Field numbers of Perfetto's trace format: protos/perfetto/trace in
// github.com/google/perfetto (trace_packet.proto at 0260395, and in
// track_event/: track_event.proto at 005055c, track_descriptor.proto at
// 077b18e, counter_descriptor.proto at 9b959b7).
const (
	tracePacket = 1 // Trace.packet

	packetTimestamp  = 8  // TracePacket.timestamp
	packetSequence   = 10 // TracePacket.trusted_packet_sequence_id
	packetEvent      = 11 // TracePacket.track_event
	packetDescriptor = 60 // TracePacket.track_descriptor

	descriptorUUID    = 1 // TrackDescriptor.uuid
	descriptorName    = 2 // TrackDescriptor.name
	descriptorParent  = 5 // TrackDescriptor.parent_uuid
	descriptorCounter = 8 // TrackDescriptor.counter

	counterUnit = 3 // CounterDescriptor.unit
	unitCount   = 2 // CounterDescriptor.UNIT_COUNT

	eventType    = 9  // TrackEvent.type
	eventTrack   = 11 // TrackEvent.track_uuid
	eventName    = 23 // TrackEvent.name
	eventCounter = 30 // TrackEvent.counter_value

	sliceBegin, sliceEnd, instant, counter = 1, 2, 3, 4 // TrackEvent.Type
)

// perfetto writes a time line: a track per core with its phases and spikes, one
// per link with its packets, one for samples and one for ticks, counters for what
// waits and, for neurons chosen, spikes, potential and current. Times are the chip's,
// in whole nanoseconds, which the format has; a clock above 1 GHz is shown slower by
// a power of ten.
type perfetto struct {
	silent
	*stream
	view  *view
	clock nanoseconds
	// tracks are those declared, by what they show.
	tracks                 map[track]uint64
	packet, inner, message []byte
}

// track is the title of a track.
type track struct {
	kind trackKind
	tile router.Core
	part int // direction, input or the neuron's place among those chosen of the core
}

type trackKind uint8

const (
	trackChip trackKind = iota
	trackSamples
	trackTicks
	trackCore
	trackSpikes
	trackQueue
	trackLink
	trackBuffer
	trackNeuron
	trackPotential
	trackCurrent
)

// sequence marks all packets as written by one writer, in order.
const sequence = 1

func newPerfetto(s *stream, v *view) Writer {
	p := &perfetto{stream: s, view: v, clock: newNanoseconds(v.hertz()), tracks: map[track]uint64{}}
	p.track(track{kind: trackChip})
	return p
}

// name is the name of a track in the viewer.
func (p *perfetto) name(t track) string {
	at := p.view.chip.Topology().At(t.tile)
	switch t.kind {
	case trackChip:
		return fmt.Sprintf("chip %s at %d Hz%s", readable(p.view.chip.Image().Chip.Name),
			p.view.hertz(), p.clock.words())
	case trackSamples:
		return "samples"
	case trackTicks:
		return "ticks"
	case trackCore:
		return fmt.Sprintf("core %d,%d", at.X, at.Y)
	case trackSpikes:
		return fmt.Sprintf("core %d,%d spikes", at.X, at.Y)
	case trackQueue:
		return fmt.Sprintf("core %d,%d queue", at.X, at.Y)
	case trackLink:
		return fmt.Sprintf("link %d,%d %s%s", at.X, at.Y, router.Direction(t.part),
			p.border(at, t.part))
	case trackNeuron, trackPotential, trackCurrent:
		what := [...]string{"spikes", "v", "u"}[t.kind-trackNeuron]
		core := p.view.tiles[t.tile]
		return p.view.label(core, p.view.neurons[core][t.part].index) + " " + what
	default:
		return fmt.Sprintf("router %d,%d buffer %s", at.X, at.Y, inputs[t.part])
	}
}

// border marks a link between chips of a board.
func (p *perfetto) border(at router.Coord, dir int) string {
	board, ok := p.view.chip.Topology().(*router.Board)
	if !ok || board.Class(router.Link{From: at, Dir: router.Direction(dir)}) != router.Border {
		return ""
	}
	return " border"
}

// counts reports whether a track is a counter's.
func (k trackKind) counts() bool {
	return k == trackQueue || k == trackBuffer || k == trackPotential || k == trackCurrent
}

// track is the number of a track, which is declared when first used.
func (p *perfetto) track(t track) uint64 {
	if uuid, ok := p.tracks[t]; ok {
		return uuid
	}
	uuid := uint64(len(p.tracks) + 1)
	p.tracks[t] = uuid
	d := appendVarint(p.inner[:0], descriptorUUID, uuid)
	d = appendString(d, descriptorName, p.name(t))
	if t.kind != trackChip {
		d = appendVarint(d, descriptorParent, p.tracks[track{kind: trackChip}])
	}
	if t.kind.counts() {
		d = appendBytes(d, descriptorCounter, appendVarint(nil, counterUnit, unitCount))
	}
	p.inner = d
	p.emit(appendBytes(appendVarint(p.packet[:0], packetSequence, sequence), packetDescriptor, d))
	return uuid
}

// event writes an event of a track; the name may be empty.
func (p *perfetto) event(cycle int64, t track, kind uint64, name string, value int64) {
	uuid := p.track(t)
	e := appendVarint(p.inner[:0], eventType, kind)
	e = appendVarint(e, eventTrack, uuid)
	if name != "" {
		e = appendString(e, eventName, name)
	}
	if kind == counter {
		e = appendVarint(e, eventCounter, uint64(value))
	}
	p.inner = e
	packet := appendVarint(p.packet[:0], packetTimestamp, p.clock.at(p.base+cycle))
	packet = appendVarint(packet, packetSequence, sequence)
	p.emit(appendBytes(packet, packetEvent, e))
}

// emit writes a packet.
func (p *perfetto) emit(packet []byte) {
	p.packet = packet
	p.message = appendBytes(p.message[:0], tracePacket, packet)
	p.write(p.message)
}

func (p *perfetto) slice(t track, name string, from, to int64) {
	p.event(from, t, sliceBegin, name, 0)
	p.event(to, t, sliceEnd, "", 0)
	p.reached(to)
}

func (p *perfetto) tile(core int) router.Core { return p.view.chip.Image().Cores[core].Tile }

// Sample implements chip.Tracer.
func (p *perfetto) Sample(number uint64) { p.begin(number) }

// Work implements chip.Tracer.
func (p *perfetto) Work(core int, phase chip.Phase, from, to int64) {
	if p.view.shown[core] {
		p.slice(track{kind: trackCore, tile: p.tile(core)}, phase.String(), from, to)
	}
}

// Spike implements chip.Tracer.
func (p *perfetto) Spike(cycle int64, core int, neuron int32) {
	name := p.view.label(core, neuron)
	if p.view.shown[core] {
		p.event(cycle, track{kind: trackSpikes, tile: p.tile(core)}, instant, name, 0)
	}
	if n, chosen := p.view.single[core][neuron]; chosen {
		p.event(cycle, track{kind: trackNeuron, tile: p.tile(core), part: n}, instant, name, 0)
	}
}

// State implements chip.Tracer.
func (p *perfetto) State(cycle int64, core int, state *core.Core) {
	for n := range p.view.neurons[core] {
		neuron := int(p.view.neurons[core][n].index)
		at := track{kind: trackPotential, tile: p.tile(core), part: n}
		p.event(cycle, at, counter, "", int64(state.Potential(neuron)))
		at.kind = trackCurrent
		p.event(cycle, at, counter, "", int64(state.Current(neuron)))
	}
}

// Ingress implements chip.Tracer.
func (p *perfetto) Ingress(cycle int64, core, waiting int) {
	if p.view.shown[core] {
		p.event(cycle, track{kind: trackQueue, tile: p.tile(core)}, counter, "", int64(waiting))
	}
}

// Hop implements router.Watcher.
func (p *perfetto) Hop(cycle int64, at router.Core, dir router.Direction, _ int32) {
	p.slice(track{kind: trackLink, tile: at, part: int(dir)}, "packet", cycle, cycle+1)
}

// Depth implements router.Watcher.
func (p *perfetto) Depth(cycle int64, at router.Core, input, packets int) {
	p.event(cycle, track{kind: trackBuffer, tile: at, part: input}, counter, "", int64(packets))
}

// Tick implements chip.Tracer.
func (p *perfetto) Tick(t int32, from, done, to int64) {
	name := "reset"
	if t >= 0 {
		name = "tick " + strconv.Itoa(int(t))
	}
	if from < done {
		p.slice(track{kind: trackTicks}, name, from, done)
	}
	if done < to {
		p.slice(track{kind: trackTicks}, "barrier", done, to)
	}
	p.reached(to)
}

// End implements chip.Tracer.
func (p *perfetto) End(cycle int64) error {
	p.reached(cycle)
	p.slice(track{kind: trackSamples}, "sample "+strconv.FormatUint(p.number, 10), 0, p.length)
	p.end(cycle)
	return p.err
}

// Close implements Writer.
func (p *perfetto) Close() error { return p.close() }

// nanoseconds turns cycles into the viewer's times: cycle * by / hertz.
type nanoseconds struct {
	hertz, by uint64
	slower    uint64
}

// newNanoseconds shows a clock so that a cycle takes a nanosecond or more.
func newNanoseconds(hertz int64) nanoseconds {
	n := nanoseconds{hertz: uint64(hertz), by: 1e9, slower: 1}
	for n.by < n.hertz {
		n.by, n.slower = 10*n.by, 10*n.slower
	}
	return n
}

// at is the time of a cycle, rounded down.
func (n *nanoseconds) at(cycle int64) uint64 {
	high, low := bits.Mul64(uint64(cycle), n.by)
	if high >= n.hertz {
		return 1<<64 - 1 // 584 years
	}
	quotient, _ := bits.Div64(high, low, n.hertz)
	return quotient
}

// words says how the times are to be read, where they are not the chip's.
func (n *nanoseconds) words() string {
	if n.slower == 1 {
		return ""
	}
	return fmt.Sprintf(", shown %d times slower", n.slower)
}

func appendVarint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func appendString(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
}
