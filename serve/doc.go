// Package serve owns the protocol by which a program in another language drives Adder as a child
// process (docs/serve.md): frames on standard input and output, images and sessions by handle,
// requests by id that can be cancelled.
//
//	frame.go     frames: a length, an operation, an id, a JSON header, raw arrays
//	array.go     the arrays of a frame, bounded before they are taken
//	server.go    the goroutine that reads, the one that works, the one handle table
//	image.go     operations on images: open, info, run, encode
//	session.go   operations on sessions
//	command.go   commands of the command line, on arrays in files of their own
//
// Input is read by a goroutine of its own, so that a cancel is read while a request runs; its end
// ends everything. Input is taken to be hostile.
package serve
