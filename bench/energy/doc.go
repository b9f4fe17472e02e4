// Package energy owns energy tables and the pricing of counted events: the list of events that may
// have a price, the tables with their sources, and the bill of a ledger. It counts nothing itself
// and does not know chips or networks; package bench makes ledgers.
//
//	events.go                           the events that may have a price
//	table.go                            Table, Price and their grades; the shipped tables
//	parse.go
//	parse_memory.go
//	parse_price.go
//	parse_values.go                     tables from YAML
//	sram.go                             price of an access by the size of the memory
//	static.go                           leakage
//	ledger.go                           counted events on their way to a bill
//	bill.go                             a ledger under a table
//	factor.go                           uncertain factors, and the bands that they give
//	text.go                             energies as text
package energy
