// Package queue runs the points of sweeps on many machines, by NATS JetStream.
//
// The sweep's folder is the only state, and NATS the transport. The sweep (Dispatcher) puts its
// missing points into a stream, one subject per point, and the files that they name into an object
// store, by hash. Workers (Client.Work) take points, run them and put the results into another
// stream. The sweep writes each into its folder. A point may run more than once, and its result is
// recorded once. Data that the server loses or damages are requested again: this costs runs and
// never a wrong row.
//
//	connect.go   the server, and its errors
//	streams.go   streams, subjects, the object store
//	files.go     files by hash
//	message.go   points and results as messages
//	runner.go    the side of the sweep
//	alone.go     a point that may have taken a worker down, run without others
//	worker.go    the side of the worker
package queue
