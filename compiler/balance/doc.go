// Package balance estimates what each core of a mapping works in a tick, by the times of the
// chip and the rates of the sources, says which core is the slowest and what binds it, and
// cuts what is slowest into more cores while that pays (docs/mapping.md).
package balance
