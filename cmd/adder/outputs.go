package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"adder/internal/wholefile"
)

// outputMark is the annotation of a flag that names a file to write, or a folder, with the
// names of the files in it.
const outputMark = "adder_output"

// writes marks flags of a command that name files to write.
func writes(cmd *cobra.Command, flags ...string) {
	for _, flag := range flags {
		must(cmd.Flags().SetAnnotation(flag, outputMark, []string{}))
	}
}

// writesInto marks a flag that names a folder to write files into.
func writesInto(cmd *cobra.Command, flag string, files ...string) {
	must(cmd.Flags().SetAnnotation(flag, outputMark, files))
}

// namedFile is a file on a command line.
type namedFile struct {
	// what is the flag or word that names it, path the file.
	what, path string
}

// outputs lists the files that a command is to write.
func outputs(cmd *cobra.Command) (out []namedFile) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		files, marked := f.Annotations[outputMark]
		path := f.Value.String()
		if !marked || path == "" {
			return
		}
		if len(files) == 0 {
			out = append(out, namedFile{flagName(f) + " " + path, path})
		}
		for _, file := range files {
			out = append(out, namedFile{flagName(f) + " " + path, filepath.Join(path, file)})
		}
	})
	return out
}

// flagName is how messages call a flag.
func flagName(f *pflag.Flag) string { return "--" + f.Name }

// inputs lists what else is named on a command line, file or not.
func inputs(cmd *cobra.Command, args []string) (in []namedFile) {
	for _, word := range args {
		in = append(in, namedFile{word, word})
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if _, marked := f.Annotations[outputMark]; marked {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			in = append(in, namedFile{flagName(f) + " " + value, value})
		}
	})
	return in
}

// requireOutputs refuses, before any work, files to write that are an input of the same command, by
// any name, or each other, or that cannot be written.
func requireOutputs(cmd *cobra.Command, args []string) error {
	out := outputs(cmd)
	in := inputs(cmd, args)
	for i, o := range out {
		for _, other := range in {
			if sameFile(o.path, other.path) {
				return fmt.Errorf(
					"%s would overwrite %s, which the command reads: give another name", o.what,
					other.what)
			}
		}
		for _, other := range out[:i] {
			if sameFile(o.path, other.path) || sameName(o.path, other.path) {
				return fmt.Errorf("%s and %s are the same file: give each its own name", other.what,
					o.what)
			}
		}
	}
	for _, o := range out {
		// A folder that is not there is for the command to make, or to complain of.
		if err := wholefile.Check(o.path); err != nil && !errors.Is(err, os.ErrNotExist) &&
			!errors.Is(err, syscall.ENOTDIR) {
			return fmt.Errorf("%s: %w", o.what, err)
		}
	}
	return nil
}

// sameFile reports whether two names are one existing file. What is no file can be written twice,
// as /dev/null.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil || !x.Mode().IsRegular() {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// sameName says that two files, of which one is not there yet, would be one.
func sameName(a, b string) bool {
	if wholeName(filepath.Dir(a)) != wholeName(filepath.Dir(b)) ||
		filepath.Base(a) != filepath.Base(b) {
		return false
	}
	info, err := os.Stat(a)
	return err != nil || info.Mode().IsRegular()
}

// wholeName is a path from the root on, without symbolic links, as far as it exists.
func wholeName(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	return path
}

// cannotWrite says that an error is of a disk that takes nothing more, not of the words.
func cannotWrite(err error) bool {
	for _, fault := range []error{syscall.ENOSPC, syscall.EROFS, syscall.EDQUOT, syscall.EIO,
		syscall.EFBIG} {
		if errors.Is(err, fault) {
			return true
		}
	}
	return false
}
