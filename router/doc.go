// Package router owns how spikes travel: how tiles are linked, the routes from
// each neuron and host input to axon entries, the tree of links that a packet
// takes, and the queue of spikes that are due later.
//
//	topology.go     what a topology says: tiles, links and their classes, routes
//	mesh.go         the topology of a mesh
//	mesh_count.go   the links of a mesh, counted fast
//	board.go        that of a grid of chips
//	detour.go       that of a mesh with dead links
//	port.go         directions, ports and links
//	table.go        the routes a chip is loaded with, plain data
//	validate.go     the checks of a Table
//	tree.go         route trees: the union of routes
//	keys.go         how many sources pass each router
//	traffic.go      packets and hops, and what one spike of each source adds
//	packet.go       a packet on its way
//	schedule.go     spikes that are due later, by tick and core
//	ring.go         those of the next ticks, as sets of sources
//	runs.go         routes as runs of sources and axon entries
//
// Only a topology decides where a packet goes from a tile.
//
// There are two meshes on the same trees. The one above has no time: a packet counts
// on each link that it crosses, and package chip's fast engine adds up these counts.
// The clocked mesh moves packets by cycles:
//
//	clocked.go       the mesh under a clock: what it holds, and what is offered to it
//	client.go        the receiver of its events, and the load
//	advance.go       from one cycle to the next: which routers step, and when
//	pass.go          the short way of packets that meet none
//	step.go          what a router does in a cycle in which packets wait
//	station.go       a tile's router, and which input sends by an output next
//	moving.go        packets on wires, and where they go
//	inputs.go        packets that wait in input buffers
//	credits.go       credits, and those on their way back
//	wiring.go        routing tables, and how routers are joined to their neighbours
//	buffer.go        packets that wait for their router in cores and at host ports
//	link.go          classes, times, and the time of a packet alone
//	forest.go        route trees as routers use them
//	calendar.go      which packets arrive in the coming cycles, and which routers step
//	agenda.go        events by cycle: a priority queue, and a ring in its place
//	state.go         what a mesh holds between two cycles
//	invariants*.go   checks under the build tag "invariants"
//
// The package does not own axon delays (package core stores them), nor does it
// know what a spike does at an axon. As in package core there is no
// multiplication, division, modulo or floating point: positions on the mesh
// come from running sums.
package router
