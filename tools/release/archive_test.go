package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var sample = []file{
	{name: "adder", data: []byte("a program"), program: true},
	{name: "README.md", data: []byte("# Adder\n")},
}

// Both forms of archive hold the files in a folder of the archive's name, programs executable,
// and two runs write the same bytes.
func TestArchives(t *testing.T) {
	const want = "x/adder 755 1980-01-01 a program\nx/README.md 644 1980-01-01 # Adder\n\n"
	for _, c := range []struct {
		name   string
		zipped bool
		list   func(testing.TB, []byte) string
	}{
		{"x.tar.gz", false, listTar},
		{"x.zip", true, listZip},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all [][]byte
			for range 2 {
				path, err := writeArchive(t.TempDir(), "x", c.zipped, sample)
				if err != nil {
					t.Fatal(err)
				}
				if filepath.Base(path) != c.name {
					t.Errorf("archive %s, want %s", filepath.Base(path), c.name)
				}
				all = append(all, read(t, path))
			}
			if !bytes.Equal(all[0], all[1]) {
				t.Error("two runs wrote different bytes")
			}
			if got := c.list(t, all[0]); got != want {
				t.Errorf("the archive holds\n%swant\n%s", got, want)
			}
		})
	}
}

func listTar(t testing.TB, data []byte) string {
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for r := tar.NewReader(zr); ; {
		h, err := r.Next()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" {
			t.Errorf("%s has an owner", h.Name)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %o %s %s\n", h.Name, h.Mode, h.ModTime.UTC().Format("2006-01-02"),
			content)
	}
}

func listZip(t testing.TB, data []byte) string {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %o %s %s\n", f.Name, f.Mode(), f.Modified.UTC().Format("2006-01-02"),
			content)
	}
	return b.String()
}

// The checksums are those of the archives' bytes, in the form that sha256sum -c reads.
func TestChecksums(t *testing.T) {
	dir := t.TempDir()
	path, err := writeArchive(dir, "x", false, sample)
	if err != nil {
		t.Fatal(err)
	}
	sums := filepath.Join(dir, checksums)
	if err := writeChecksums(sums, []string{path}); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%x  x.tar.gz\n", sha256.Sum256(read(t, path)))
	if got := string(read(t, sums)); got != want {
		t.Errorf("%s holds\n%swant\n%s", checksums, got, want)
	}
}

// A name that would end up elsewhere, or a platform that is none, is refused before work begins.
func TestReleaseRefuses(t *testing.T) {
	for _, c := range []struct{ version, platform, want string }{
		{"", "linux/amd64", "want a name such as v0.1.0"},
		{"../x", "linux/amd64", "want a name such as v0.1.0"},
		{"v1 -X a.b=c", "linux/amd64", "want a name such as v0.1.0"},
		{"v1", "linux", "want GOOS/GOARCH"},
	} {
		err := release(c.version, t.TempDir(), []string{c.platform})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("-version %q -platforms %q: error %v, want %q", c.version, c.platform, err,
				c.want)
		}
	}
}

// Everything that an archive is made of is where release looks for it.
func TestParts(t *testing.T) {
	for _, name := range append(texts, programs...) {
		if _, err := os.Stat(filepath.Join("../..", name)); err != nil {
			t.Error(err)
		}
	}
}

func read(t testing.TB, path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
