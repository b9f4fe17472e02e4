// Package bench compares a compiled network with its ANN: accuracy, exact event counts, energy
// under named tables, break-even points, and the curve of all that over ticks.
//
// Evaluate runs samples on the emulated chip and adds up chip.Counts; EvaluateANN runs the same
// samples through the ANN and counts multiply-accumulates. ledger.go and ann_ledger.go list the
// events of one side with the memory each of them touches, per inference, as an energy.Ledger,
// which an energy.Table prices. NewReport compares the two sides; it is an error if a table has no
// price for one of them.
//
//	evaluate.go                        an emulated network on samples
//	ann.go, ann_layers.go              its ANN on the same samples, and its operations
//	ann_quantised.go                   the ANN in integers
//	reference.go                       a network on the float64 reference engine
//	compare.go, stop.go                both sides, and the tick at which the SNN stops
//	against.go, against_quantised.go   a run compared with a reference or quantised network
//	memories.go                        the memories of cores and host, and counts by memory
//	ledger.go, ann_ledger.go           counts as events of a bill
//	dataflow.go                        what an accelerator moves for multiply-accumulates
//	time.go                            how long an inference takes
//	report.go, report_sides.go         the report: both sides, and
//	report_energy.go                   what one table says of them
//	difference.go, winner.go           the more accurate side, the cheaper side, or undecided
//	verdict.go                         that in a sentence
//	breakeven.go, map.go               where the SNN would win
//	curve.go                           accuracy, time and energy over the stopping tick
//	breakdown.go, breakdown_text.go    counts and energies by core, layer, tick and link
//	judged.go                          classes, labels, confusions
//	neurobench.go                      the metrics of NeuroBench
//	faults.go, faults_*.go             accuracy over the rate of faults, and protection
//	keep.go                            evaluations that resume from a checkpoint
//	shared.go                          what comparisons of one ANN share
//	text.go, files.go                  the report as text and as CSV
//	plot.go, plot_*.go                 pictures
//
// The package has no engine, no encoder and no flags.
package bench
