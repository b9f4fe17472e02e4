// Package energytest owns small energy tables for tests.
package energytest

import (
	"strings"
	"testing"

	"adder/bench/energy"
)

// Head is the valid beginning of a table called test.
const Head = `name: test
title: a test
node: 45 nm
voltage: 0.9 V
boundary: op
`

// Table parses a table that has the given sections below a valid head.
func Table(t testing.TB, sections string) *energy.Table {
	t.Helper()
	parsed, err := energy.ParseTable("test.yaml", []byte(Head+sections))
	if err != nil {
		t.Fatalf("the test's own table: %v", err)
	}
	return parsed
}

// Price is a price in YAML, with further lines of its entry.
func Price(event, price string, more ...string) string {
	var b strings.Builder
	b.WriteString("  - event: " + event + "\n    price: " + price + "\n    unit: one\n")
	b.WriteString("    grade: measured\n    evidence: S\n    source: a paper\n")
	for _, line := range more {
		b.WriteString("    " + line + "\n")
	}
	return b.String()
}
