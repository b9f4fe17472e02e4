// Package adder is the library: what other programs import to compile a trained network
// for a neuromorphic chip, to run samples on the emulated chip and to step it tick by
// tick.
//
//	img, err := adder.Compile(ctx, "m.onnx", adder.CompileOptions{Calibration: train})
//	res, err := img.Run(ctx, test, adder.RunOptions{})   // res.Classes, res.Counts
//	s, err := img.NewSession(adder.SessionOptions{})     // s.Step, s.Spikes, s.Potentials
//
// [Open] loads an image that was compiled before. An [Image] never changes and may be used
// by several goroutines; a [Session] belongs to one.
//
// The package is a front to compiler, chip, sample and others, which say, with docs/neurocore.md,
// what a result means. No result depends on workers, machine or time. The packages compiler, chip,
// sample and bench have more settings; they may change where this one will not. docs/library.md
// shows how to import it.
//
//	adder.go    this text, and the engines by name
//	compile.go  Compile
//	fit.go      Fit
//	image.go    Image
//	samples.go  Samples
//	run.go      Image.Run
//	session.go  Session
package adder
