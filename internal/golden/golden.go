// Package golden compares the output of tests with files under testdata. The flag of data-driven
// tests rewrites the files: go test ./pkg -rewrite. It owns no format.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/cockroachdb/datadriven" // defines -rewrite
	"github.com/pmezard/go-difflib/difflib"
)

// Rewriting reports whether the test was run with -rewrite.
func Rewriting() bool {
	return flag.Lookup("rewrite").Value.(flag.Getter).Get().(bool)
}

// Equal requires that the file at a path, relative to the package, has the bytes got. It
// prints the lines that differ, and writes the file where tests rewrite.
func Equal(t testing.TB, path, got string) {
	t.Helper()
	if Rewriting() {
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run the test with -rewrite to write it", err)
	}
	if diff := Diff(string(want), got); diff != "" {
		t.Fatalf("%s differs; run the test with -rewrite if this is meant\n%s", path, diff)
	}
}

// Diff is the lines in which two texts differ, with two lines around, and "" for equal
// texts.
func Diff(want, got string) string {
	if want == got {
		return ""
	}
	diff, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: strings.SplitAfter(want, "\n"), B: strings.SplitAfter(got, "\n"),
		FromFile: "want", ToFile: "got", Context: 2,
	})
	if err != nil {
		return err.Error()
	}
	return diff
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
