// Package queue lets the points of sweeps run on many machines, by NATS JetStream.
//
// The sweep's folder is the truth and NATS the transport. Whoever runs a sweep (Client.Runner)
// puts its missing points into a stream, one subject per point, and the files that they name
// into an object store, by hash; workers (Client.Work) take points, run them and put the
// results into another stream; the sweep writes each into its folder. A point may run more
// than once, and its result is recorded once. What the server loses or damages is asked for
// again, so that it costs runs and never a wrong row.
//
//	connect.go   the server, and what its errors mean
//	streams.go   streams, subjects, the object store
//	files.go     files by hash
//	message.go   points and results as messages
//	runner.go    the side of the sweep
//	alone.go     a point that may have taken a worker down, run without others
//	worker.go    the side of the worker
package queue
