// Package energy owns energy tables and the pricing of counted events: the list of events that may
// have a price, the tables with their sources, and the bill of a ledger. It counts nothing itself
// and does not know chips or networks; package bench makes ledgers.
package energy
