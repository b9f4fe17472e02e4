package router

// Packet is a spike on its way: who sent it, which axon entry it goes to and
// the tick it was emitted in. On a multicast mesh the copies that branches make
// carry the source alone, and each core looks up its axon entries.
type Packet struct {
	// Source is the core of the neuron that fired, or HostPort(p) for input
	// port p.
	Source Core
	// Neuron is the number of the neuron in its core, or of the input in
	// its port.
	Neuron int32
	// To is the target of a unicast packet.
	To Dest
	// Tick is the tick in which the neuron fired or the host stamped the
	// spike.
	Tick int32
}

// HostPort is the source of packets that enter at input port p. No core has
// its number.
func HostPort(p int) Core { return -1 - Core(p) }

// FromHost returns the input port of a packet that the host sent; ok is false
// for one that a neuron sent.
func (p Packet) FromHost() (port int, ok bool) {
	return int(-1 - p.Source), p.Source < 0
}
