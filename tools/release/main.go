// Command release builds the files of a version: for each platform an archive of the programs with
// README and licence, and a file of checksums over all of them.
//
// The same source, built by the same version of Go, gives the same bytes, on every machine:
// programs hold no path of it, and archives no time, owner or order. It only writes files: tags and
// uploads are made by hand.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// programs are the packages that an archive holds the programs of.
var programs = []string{"./cmd/adder", "./cmd/adder-hub"}

// texts are the files that go with them. THIRD-PARTY-NOTICES has the terms of what they link.
var texts = []string{"LICENSE", "THIRD-PARTY-NOTICES", "README.md", "CHANGELOG.md"}

// checksums is the file that `sha256sum -c` reads.
const checksums = "SHA256SUMS"

func main() {
	version := flag.String("version", "", "the version, as in v0.1.0")
	out := flag.String("out", "dist", "the folder to write to")
	platforms := flag.String("platforms", "linux/amd64,linux/arm64,darwin/arm64,windows/amd64",
		"what to build for, as GOOS/GOARCH, separated by commas")
	flag.Parse()
	if err := release(*version, *out, strings.Split(*platforms, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// versions are the names that may be part of a file name and of a linker flag.
var versions = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+-]*$`)

// release builds and writes all archives and their checksums, from the folder that it runs in.
func release(version, out string, platforms []string) error {
	if !versions.MatchString(version) {
		return fmt.Errorf("-version %q: want a name such as v0.1.0, of letters, digits, '.', "+
			"'+' and '-'", version)
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	var archives []string
	for _, p := range platforms {
		goos, goarch, ok := strings.Cut(p, "/")
		if !ok {
			return fmt.Errorf("platform %q: want GOOS/GOARCH, as in linux/amd64", p)
		}
		files, err := build(version, goos, goarch)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		name := fmt.Sprintf("adder-%s-%s-%s", version, goos, goarch)
		path, err := writeArchive(out, name, goos == "windows", files)
		if err != nil {
			return err
		}
		fmt.Println(path)
		archives = append(archives, path)
	}
	return writeChecksums(filepath.Join(out, checksums), archives)
}

// build returns the files of a platform's archive: programs first, then texts.
func build(version, goos, goarch string) ([]file, error) {
	dir, err := os.MkdirTemp("", "adder-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	suffix := ""
	if goos == "windows" {
		suffix = ".exe"
	}
	var files []file
	for _, p := range programs {
		name := filepath.Base(p) + suffix
		path := filepath.Join(dir, name)
		// Without -buildvcs=false a program would say whether the work tree had other files.
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false",
			"-ldflags", "-s -w -X main.released="+version, "-o", path, p)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch,
			"GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=")
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("go build %s: %w", p, err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: name, data: data, program: true})
	}
	for _, name := range texts {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("%w: run it in the folder of go.mod", err)
		}
		files = append(files, file{name: name, data: data})
	}
	return files, nil
}
