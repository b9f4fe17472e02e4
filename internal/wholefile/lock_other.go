//go:build !unix || solaris || aix

package wholefile

import "os"

// hold does nothing where a process cannot mark a file as its own.
func hold(*os.File) {}

// free is false where it cannot be known: what was left is left.
func free(*os.File) bool { return false }

// names is 1 where it cannot be known.
func names(os.FileInfo) uint64 { return 1 }
