// Package draws sets the number of draws of a package's rapid properties. A property of whole chips
// takes seconds at rapid's hundred draws: without test data (internal/outside) tests are to be
// quick, and a quarter is drawn; with it, as in .ci/run, all are. -rapid.checks N draws N. It is
// for test files alone.
package draws

import (
	"flag"
	"os"
	"runtime/debug"
	"strconv"
	"testing"

	"adder/internal/outside"
)

// name is rapid's flag.
const name = "rapid.checks"

// All reports whether tests should run in full: there is test data, and -short is not set.
func All() bool { return os.Getenv(outside.Variable) != "" && !testing.Short() }

// Main runs the tests of a package with slow properties, from its TestMain: with a quarter of the
// draws where neither the flag nor the folder of test data asks for more.
func Main(m *testing.M) {
	flag.Parse()
	asked := os.Getenv(outside.Variable) != ""
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == name })
	if !asked {
		divide(4)
	}
	debug.SetGCPercent(400) // tests are short-lived, and their processor time is what counts
	os.Exit(m.Run())
}

// Less divides the number of draws of a test's properties, which remain one at least.
func Less(t testing.TB, by int) {
	t.Helper()
	before := divide(by)
	t.Cleanup(func() { set(before) })
}

// Number is the number of draws of a property. A test that requires an event in some draw checks
// that there are enough.
func Number() int {
	if testing.Short() {
		return checks() / 5 // as rapid does
	}
	return checks()
}

// Times is the number of iterations of a loop of random trials: n, or a fifth of it with -short, as
// for rapid's properties.
func Times(n int) int {
	if testing.Short() {
		return max(n/5, 1)
	}
	return n
}

// divide divides the number of draws and returns what it was.
func divide(by int) int {
	before := checks()
	least := 1
	if testing.Short() {
		least = 5 // rapid draws a fifth of them then
	}
	set(max(before/by, least))
	return before
}

// checks is the value of rapid's flag.
func checks() int {
	n, err := strconv.Atoi(flag.Lookup(name).Value.String())
	if err != nil {
		panic(err) // the flag is a number
	}
	return n
}

func set(checks int) {
	if err := flag.Set(name, strconv.Itoa(checks)); err != nil {
		panic(err)
	}
}
