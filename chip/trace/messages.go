package trace

import (
	"strconv"

	"adder/chip"
)

// messages writes a line per message and core it arrives at:
//
//	sample, tick        which sample, and the tick in which the spike left
//	source, neuron      "core" and the neuron's number there, or "host" and
//	                    the input's
//	from_x … to_y       the tiles where it entered the mesh and left it
//	send, arrive, wait  cycles of the sample; wait is what an empty mesh would
//	                    not have taken
//	hops                links between the two tiles
type messages struct {
	silent
	*stream
	view *view
	line []byte
}

const messagesHeader = "sample,tick,source,neuron,from_x,from_y,to_x,to_y,send,arrive,wait,hops\n"

func newMessages(s *stream, v *view) Writer {
	s.writeString(messagesHeader)
	return &messages{stream: s, view: v}
}

// Sample implements chip.Tracer.
func (m *messages) Sample(number uint64) { m.begin(number) }

// Message implements chip.Tracer.
func (m *messages) Message(p *chip.Message) {
	topology := m.view.chip.Topology()
	from, to := topology.At(p.From), topology.At(p.Packet.To.Core)
	m.line = strconv.AppendUint(m.line[:0], m.number, 10)
	m.add(int64(p.Packet.Tick))
	source := "core"
	if _, host := p.Packet.FromHost(); host {
		source = "host"
	}
	m.line = append(append(m.line, ','), source...)
	for _, n := range [...]int64{
		int64(p.Packet.Neuron), int64(from.X), int64(from.Y), int64(to.X), int64(to.Y), p.Send, p.Arrive, p.Wait, int64(p.Hops),
	} {
		m.add(n)
	}
	m.write(append(m.line, '\n'))
}

func (m *messages) add(n int64) {
	m.line = strconv.AppendInt(append(m.line, ','), n, 10)
}

// End implements chip.Tracer.
func (m *messages) End(cycle int64) error {
	m.end(cycle)
	return m.err
}

// Close implements Writer.
func (m *messages) Close() error { return m.close() }
