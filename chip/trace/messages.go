package trace

import (
	"encoding/csv"
	"strconv"
	"strings"

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
//	layer, number       the layer whose neuron it was, and the neuron's number in it;
//	                    of the host, the input's name and the input
//
// Where neurons are chosen, there are those that they send.
type messages struct {
	silent
	*stream
	view *view
	// layers are the names of populations as cells, input that of the input.
	layers []string
	input  string
	chosen bool
	line   []byte
}

const messagesHeader = "sample,tick,source,neuron,from_x,from_y,to_x,to_y,send,arrive," +
	"wait,hops,layer,number\n"

func newMessages(s *stream, v *view) Writer {
	s.writeString(messagesHeader)
	img := v.chip.Image()
	m := &messages{stream: s, view: v, input: cell(img.Input.Name)}
	for p := range img.Populations {
		m.layers = append(m.layers, cell(img.Populations[p].Name))
	}
	for _, neurons := range v.neurons {
		m.chosen = m.chosen || len(neurons) > 0
	}
	return m
}

// cell writes a name as a cell of a line.
func cell(name string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{readable(name)}) // a Builder takes everything
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// Sample implements chip.Tracer.
func (m *messages) Sample(number uint64) { m.begin(number) }

// Message implements chip.Tracer.
func (m *messages) Message(p *chip.Message) {
	source, layer, number, shown := m.sender(p)
	if !shown {
		return
	}
	topology := m.view.chip.Topology()
	from, to := topology.At(p.From), topology.At(p.Packet.To.Core)
	m.line = strconv.AppendUint(m.line[:0], m.number, 10)
	m.add(int64(p.Packet.Tick))
	m.line = append(append(m.line, ','), source...)
	for _, n := range [...]int64{
		int64(p.Packet.Neuron), int64(from.X), int64(from.Y), int64(to.X), int64(to.Y), p.Send,
		p.Arrive, p.Wait, int64(p.Hops),
	} {
		m.add(n)
	}
	m.line = append(append(m.line, ','), layer...)
	m.add(int64(number))
	m.write(append(m.line, '\n'))
}

// sender returns the source of a message, and whether it is traced.
func (m *messages) sender(p *chip.Message) (source, layer string, number int, shown bool) {
	if _, host := p.Packet.FromHost(); host {
		return "host", m.input, int(p.Packet.Neuron), !m.chosen
	}
	core := m.view.tiles[p.Packet.Source]
	if _, single := m.view.single[core][p.Packet.Neuron]; m.chosen && !single {
		return "", "", 0, false
	}
	of := m.view.owned[core][p.Packet.Neuron]
	return "core", m.layers[of.population], of.number, true
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
