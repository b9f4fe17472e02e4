// Package bench measures a compiled network against the ANN it stands for:
// accuracy, exact event counts, energy under named tables, break-even points,
// and the curve of all that over ticks.
//
// The data go one way. Evaluate runs samples on the emulated chip and adds up
// chip.Counts; EvaluateANN runs the same samples through the ANN and counts
// multiply-accumulates. A Ledger (ledger.go, ann_ledger.go) lists the events of
// one side with the memory each of them touches, per inference. A Table
// (energy.go, the files in energy/) has a price per event with its source; its
// Bill of a ledger says what was priced and what was not. NewReport puts the
// two sides beside each other, and refuses to where a table has no price for
// one of them.
//
// The package runs no engine of its own, encodes nothing and knows no flags.
package bench
