// Package bench measures a compiled network against the ANN it stands for:
// accuracy, exact event counts, energy under named tables, break-even points,
// and the curve of all that over ticks.
//
// The data go one way. Evaluate runs samples on the emulated chip and adds up
// chip.Counts; EvaluateANN runs the same samples through the ANN and counts
// multiply-accumulates. ledger.go and ann_ledger.go list the events of one side with
// the memory each of them touches, per inference, as an energy.Ledger, which an
// energy.Table prices. NewReport puts the
// two sides beside each other, and refuses to where a table has no price for
// one of them.
//
// The package runs no engine of its own, encodes nothing and knows no flags.
package bench
