package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mirror is a server of files that notes what it is asked.
type mirror struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // "NAME RANGE"
}

func newMirror(t *testing.T, serve http.HandlerFunc) *mirror {
	m := &mirror{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		m.asked = append(m.asked,
			strings.TrimSpace(filepath.Base(r.URL.Path)+" "+r.Header.Get("Range")))
		m.mu.Unlock()
		serve(w, r)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *mirror) requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.asked...)
}

// smallSet returns four small files, described and packed as MNIST's are.
func smallSet(t *testing.T) ([]fileSpec, map[string][]byte) {
	t.Helper()
	specs, files := mnistFiles(), map[string][]byte{}
	for i := range specs {
		f := &specs[i]
		set, err := Digits(f.split, DigitsOptions{Train: 30, Test: 20})
		require.NoError(t, err)
		content := encodeLabels(set)
		if f.kind == Images {
			content = encodeImages(set)
		}
		sum := sha256.Sum256(content)
		f.size, f.sha256 = int64(len(content)), hex.EncodeToString(sum[:])
		files[f.name+".gz"] = packed(t, content)
	}
	return specs, files
}

// serveFiles serves files with ranges, as the public mirrors do.
func serveFiles(files map[string][]byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, ok := files[filepath.Base(r.URL.Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(b)))
	}
}

// options returns the options that ask the given mirrors.
func options(mirrors ...*mirror) FetchOptions {
	var o FetchOptions
	for _, m := range mirrors {
		o.Mirrors = append(o.Mirrors, m.URL+"/mnist/")
	}
	return o
}

// requireFetched checks that dir holds both splits and nothing else.
func requireFetched(t *testing.T, dir string) {
	t.Helper()
	for split, n := range map[Split]int{Train: 30, Test: 20} {
		s, err := Open(dir, split)
		require.NoError(t, err)
		require.Equal(t, n, s.Len())
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 4, "no partial download may be left")
}

const bigFile = "train-images-idx3-ubyte.gz"

func TestFetchDownloadsOnce(t *testing.T) {
	specs, files := smallSet(t)
	m := newMirror(t, serveFiles(files))
	dir := filepath.Join(t.TempDir(), "a", "new", "folder")
	o := options(m)
	last := map[string]FetchProgress{}
	o.Progress = func(p FetchProgress) {
		require.Greater(t, p.Done, last[p.File].Done)
		last[p.File] = p
	}
	require.NoError(t, fetchFiles(t.Context(), dir, o, specs))
	requireFetched(t, dir)
	require.Len(t, m.requests(), 4)
	for name, b := range files {
		require.Equal(t, FetchProgress{File: name, Mirror: o.Mirrors[0], Done: int64(len(b)),
			Total: int64(len(b))}, last[name])
	}

	o.Progress = nil
	require.NoError(t, fetchFiles(t.Context(), dir, o, specs))
	require.Len(t, m.requests(), 4, "what is there and right is not downloaded again")

	require.NoError(t, os.WriteFile(filepath.Join(dir, bigFile), []byte("damaged"), 0o644))
	require.NoError(t, fetchFiles(t.Context(), dir, o, specs))
	requireFetched(t, dir)
	require.Len(t, m.requests(), 5, "what is there and wrong is")
}

func TestFetchResumes(t *testing.T) {
	specs, files := smallSet(t)
	whole := files[bigFile]
	half := len(whole) / 2
	for _, c := range []struct {
		name  string
		part  []byte
		serve http.HandlerFunc
		want  []string // requests for the big file
	}{
		{"from the middle", whole[:half], serveFiles(files),
			[]string{bigFile + " bytes=" + strconv.Itoa(half) + "-"}},
		{"a whole part", whole, serveFiles(files),
			[]string{bigFile + " bytes=" + strconv.Itoa(len(whole)) + "-"}},
		{"a part of something else", []byte("something else"), serveFiles(files),
			[]string{bigFile + " bytes=14-", bigFile}},
		{"a part that is too long", append(append([]byte(nil), whole...), 1, 2), serveFiles(files),
			[]string{bigFile + " bytes=" + strconv.Itoa(len(whole)+2) + "-", bigFile}},
		{"server without ranges", whole[:half], func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Range")
			serveFiles(files)(w, r)
		}, []string{bigFile + " bytes=" + strconv.Itoa(half) + "-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMirror(t, c.serve)
			dir := tree(t, map[string][]byte{bigFile + ".part": c.part})
			require.NoError(t, fetchFiles(t.Context(), dir, options(m), specs))
			requireFetched(t, dir)
			require.Equal(t, c.want, m.requests()[:len(m.requests())-3])
		})
	}
}

// breaking serves files but breaks off each answer after n bytes of it.
func breaking(files map[string][]byte, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b := files[filepath.Base(r.URL.Path)]
		var from int
		fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
		rest := b[min(from, len(b)):]
		w.Header().Set("Content-Length", strconv.Itoa(len(rest)))
		if from > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(b)-1, len(b)))
			w.WriteHeader(http.StatusPartialContent)
		}
		// Fewer bytes than announced: the server closes the connection.
		w.Write(rest[:min(n, len(rest))])
	}
}

func TestFetchTakesABrokenDownloadUpAgain(t *testing.T) {
	specs, files := smallSet(t)
	step := len(files[bigFile])/3 + 1
	m := newMirror(t, breaking(files, step))
	dir := t.TempDir()
	require.NoError(t, fetchFiles(t.Context(), dir, options(m), specs))
	requireFetched(t, dir)
	require.Equal(t, []string{
		bigFile,
		fmt.Sprintf("%s bytes=%d-", bigFile, step),
		fmt.Sprintf("%s bytes=%d-", bigFile, 2*step),
	}, m.requests()[:3])
}

func TestFetchGoesOnWithTheNextMirror(t *testing.T) {
	specs, files := smallSet(t)
	bad := newMirror(t, breaking(files, 10))
	good := newMirror(t, serveFiles(files))
	dir := t.TempDir()
	require.NoError(t, fetchFiles(t.Context(), dir, options(bad, good), specs))
	requireFetched(t, dir)
	require.Equal(t, bigFile+" bytes=30-", good.requests()[0],
		"the second mirror sends only what the first did not")
}

func TestFetchKeepsWhatItHasForTheNextCall(t *testing.T) {
	specs, files := smallSet(t)
	dir := t.TempDir()
	err := fetchFiles(t.Context(), dir, options(newMirror(t, breaking(files, 10))), specs)
	require.ErrorContains(t, err, "broke off after 30 bytes")
	list, err := List(dir)
	require.NoError(t, err)
	require.Equal(t, int64(30), list[0].PartBytes)

	m := newMirror(t, serveFiles(files))
	require.NoError(t, fetchFiles(t.Context(), dir, options(m), specs))
	requireFetched(t, dir)
	require.Equal(t, bigFile+" bytes=30-", m.requests()[0])
}

func TestFetchErrors(t *testing.T) {
	specs, files := smallSet(t)
	other := map[string][]byte{bigFile: packed(t, make([]byte, specs[0].size))}
	short := map[string][]byte{bigFile: packed(t, []byte("short"))}
	long := map[string][]byte{bigFile: packed(t, make([]byte, specs[0].size+9))}
	torn := map[string][]byte{bigFile: files[bigFile][:100]}
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		want  string
	}{
		{"not found", http.NotFound, "404 Not Found"},
		{"server error", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(503)
		}, "503 Service Unavailable"},
		{"wrong content", serveFiles(other), "wrong content: SHA-256 of the unpacked file is"},
		{"too little", serveFiles(short), "wrong size: unpacks to 5 bytes, " +
			"train-images-idx3-ubyte has"},
		{"too much", serveFiles(long), "wrong size: unpacks to more than"},
		{"damaged", serveFiles(torn), "damaged gzip"},
		{"a page", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<!DOCTYPE html><p>log in")
		}, "proxy or a login"},
		{"announces too much", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99999999999")
		}, "wrong size: the server announces 99999999999 bytes"},
		{"endless", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		}, "wrong size: the server sends more than"},
		{"range never satisfiable", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(416)
		}, "416"},
		{"stands still", func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		}, "no data for 200ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			first, second := newMirror(t, c.serve), newMirror(t, http.NotFound)
			dir := t.TempDir()
			o := options(first, second)
			o.Stall = 200 * time.Millisecond
			err := fetchFiles(t.Context(), dir, o, specs)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, first.URL)
			require.ErrorContains(t, err, second.URL)
			require.ErrorContains(t, err, "--data digits")
			require.ErrorContains(t, err, dir)
			var fe *FetchError
			require.ErrorAs(t, err, &fe)
			require.Equal(t, bigFile, fe.File)
			require.Len(t, fe.Failures, 2)
			require.NoFileExists(t, filepath.Join(dir, bigFile))
			if info, err := os.Stat(filepath.Join(dir, bigFile+".part")); err == nil {
				require.Zero(t, info.Size(), "what is known to be wrong must not stay")
			}
		})
	}
}

func TestFetchRefusesAWrongRange(t *testing.T) {
	specs, _ := smallSet(t)
	m := newMirror(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Range", "bytes 0-99/100")
		w.WriteHeader(http.StatusPartialContent)
	})
	dir := tree(t, map[string][]byte{bigFile + ".part": make([]byte, 7)})
	err := fetchFiles(t.Context(), dir, options(m), specs)
	require.ErrorContains(t, err,
		`asked for byte 7 on, the server answered with the range "bytes 0-99/100"`)
}

func TestFetchWithoutNetwork(t *testing.T) {
	specs, _ := smallSet(t)
	m := newMirror(t, http.NotFound)
	m.Close() // nobody listens there any more
	err := fetchFiles(t.Context(), t.TempDir(), options(m), specs)
	require.ErrorContains(t, err, "connect")
	require.ErrorContains(t, err, "check the network")
	require.ErrorContains(t, err, "--data digits")
}

func TestFetchStopsWhenTold(t *testing.T) {
	specs, files := smallSet(t)
	ctx, cancel := context.WithCancel(t.Context())
	m := newMirror(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(files[bigFile])))
		w.Write(files[bigFile][:50])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	dir := t.TempDir()
	err := fetchFiles(ctx, dir, options(m, m), specs)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "run the same command to go on")
	require.Len(t, m.requests(), 1)
}

func TestFetchRefusesTheWordForTheGeneratedSet(t *testing.T) {
	require.ErrorContains(t, Fetch(t.Context(), DigitsName, FetchOptions{}), "need no download")
	require.ErrorContains(t, Fetch(t.Context(), "", FetchOptions{}), "name a folder")
}

func TestDefaultMirrorsAreAddressesOfFolders(t *testing.T) {
	require.NotEmpty(t, defaultMirrors())
	for _, m := range defaultMirrors() {
		require.True(t, strings.HasPrefix(m, "https://") && strings.HasSuffix(m, "/"), m)
	}
}
