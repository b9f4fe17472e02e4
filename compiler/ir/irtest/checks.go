package irtest

import (
	"flag"
	"strconv"
	"testing"
)

// CheckLess divides the number of draws of a test's properties.
func CheckLess(t *testing.T, by int) {
	t.Helper()
	checks := flag.Lookup("rapid.checks").Value
	before := checks.String()
	number, err := strconv.Atoi(before)
	if err == nil {
		err = checks.Set(strconv.Itoa(max(number/by, 1)))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := checks.Set(before); err != nil {
			t.Error(err)
		}
	})
}
