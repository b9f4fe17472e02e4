package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// unlisted is the most files that a package may have without a list of them in its doc.
const unlisted = 6

// named finds names of Go files in a package's doc; a star matches any run of letters.
var named = regexp.MustCompile(`[\w*]+\.go\b`)

// listed finds the lines of a list.
var listed = regexp.MustCompile(`^\t[\w*]+\.go\b`)

// machine matches the end of the name of a file for some machines: a list may name the file for all
// of them.
var machine = regexp.MustCompile(`_(amd64|arm64|unix|windows|other)\.go$`)

// CheckFiles compares the lists of files in package docs with the files: one line says what each
// file is about, in the preformatted lines of the doc. A list names all files of its package,
// tests, doc.go and main.go left out, and no other; packages of many files have a list.
func CheckFiles(module fs.FS) (faults []string, err error) {
	files, docs := map[string][]string{}, map[string]string{}
	err = fs.WalkDir(module, ".", func(at string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && at != "." && skipped(e.Name()):
			return fs.SkipDir
		case e.IsDir() || path.Ext(at) != ".go" || strings.HasSuffix(at, "_test.go"):
			return nil
		}
		text, err := fs.ReadFile(module, at)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), at, text,
			parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir := path.Dir(at)
		docs[dir] += docOf(f)
		if name := path.Base(at); name != "doc.go" && name != "main.go" {
			files[dir] = append(files[dir], path.Base(at))
		}
		return nil
	})
	for dir, have := range files {
		faults = append(faults, checkList(dir, have, docs[dir])...)
	}
	slices.Sort(faults)
	return faults, err
}

func docOf(f *ast.File) string {
	if f.Doc == nil {
		return ""
	}
	return f.Doc.Text()
}

// skipped says that a folder has no packages of the module.
func skipped(name string) bool {
	return name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".")
}

// checkList compares one package's doc with its files.
func checkList(dir string, files []string, doc string) (faults []string) {
	list := false
	var patterns []string
	for line := range strings.Lines(doc) {
		if listed.MatchString(line) {
			list, patterns = true, append(patterns, named.FindAllString(line, -1)...)
		}
	}
	if !list {
		if len(files) > unlisted {
			faults = append(faults, dir+": its doc does not list its files: one line each, "+
				"indented, the name and what it is about")
		}
		return faults
	}
	used := map[string]bool{}
	for _, file := range files {
		found := false
		for _, pattern := range append(patterns, named.FindAllString(doc, -1)...) {
			for _, name := range []string{file, machine.ReplaceAllString(file, ".go")} {
				if fits, _ := path.Match(pattern, name); fits {
					found, used[pattern] = true, true
				}
			}
		}
		if !found {
			faults = append(faults, dir+": its doc lists files, and "+file+" is not among them")
		}
	}
	for _, pattern := range patterns {
		if !used[pattern] {
			faults = append(faults, dir+": its doc lists "+pattern+", which is not there")
		}
	}
	return faults
}
