// Package outside says where tests find data sets and models that are not part of the repository,
// and skips the tests of those that are not there. It is for test files only, and does not know
// formats.
package outside

import (
	"os"
	"path/filepath"
	"testing"
)

// Variable is the environment variable that names the folder of all of them.
const Variable = "ADDER_TESTDATA"

// Folder returns the path of one folder of test data, such as "mnist", below the one that Variable
// names. The test is skipped where either is missing; if only a file is missing, the test fails.
func Folder(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv(Variable)
	if root == "" {
		t.Skipf("%s is not set: it names the folder that holds %s", Variable, name)
	}
	folder := filepath.Join(root, name)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		t.Skipf("%s names %s, which has no folder %s", Variable, root, name)
	}
	return folder
}
