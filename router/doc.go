// Package router owns how spikes travel: the mesh of tiles, the routes from
// each neuron and host input to axon entries, the tree of links that a packet
// takes, and the queue of spikes that are due later.
//
//	table.go     the routes a chip is loaded with, plain data
//	validate.go  the checks of a Table
//	mesh.go      tiles, cores and coordinates
//	tree.go      route trees: the union of XY routes
//	traffic.go   packets and hops, and what one spike of each source adds
//	packet.go    a packet on its way
//	schedule.go  spikes that are due later, by tick and core
//
// Here a packet costs links and takes no time: package chip's fast engine adds
// up what each spike puts on the mesh. The clocked mesh, with its links, input
// buffers, arbitration and back-pressure, belongs to this package too, as
// link.go, arbiter.go and clocked.go; it moves Packets along the same Trees,
// whose branches are the output ports of each router.
//
// The package does not own axon delays (package core stores them), nor does it
// know what a spike does at an axon. As in package core there is no
// multiplication, division, modulo or floating point: positions on the mesh
// come from running sums.
package router
