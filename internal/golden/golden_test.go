package golden

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// tester is a test that notes its failure.
type tester struct {
	testing.TB
	failed string
}

func (*tester) Helper() {}

func (t *tester) Fatalf(format string, args ...any) {
	t.failed = format
	if len(args) > 1 {
		t.failed, _ = args[1].(string)
	}
	runtime.Goexit()
}

// run calls Equal as a test of its own would, and returns why it failed.
func run(t *testing.T, path, got string) string {
	inner := &tester{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		Equal(inner, path, got)
	}()
	<-done
	return inner.failed
}

func TestEqual(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	require.NotEmpty(t, run(t, path, "x"), "no file")
	require.NoError(t, os.WriteFile(path, []byte("one\ntwo\nthree\nfour\nfive\nsix\n"), 0o600))
	require.Empty(t, run(t, path, "one\ntwo\nthree\nfour\nfive\nsix\n"))
	require.Equal(t, "--- want\n+++ got\n@@ -3,5 +3,5 @@\n three\n four\n-five\n+5\n six\n ",
		run(t, path, "one\ntwo\nthree\nfour\n5\nsix\n"))
}
