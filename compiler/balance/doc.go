// Package balance estimates the work of each core of a mapping in a tick, from the times of the
// chip and the rates of the sources, reports the slowest core and its bottleneck, and divides its
// load among more cores while that makes ticks shorter (docs/mapping.md).
//
//	balance.go  the bottleneck, and cuts that remove it
//	work.go     the cycles that a core is expected to take in a tick
package balance
