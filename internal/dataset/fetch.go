package dataset

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// defaultMirrors returns the public servers that hold MNIST's four original
// gzip files, each an address that ends in a slash.
func defaultMirrors() []string {
	return []string{
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
	}
}

// FetchProgress is the progress of a download.
type FetchProgress struct {
	// File is the name of the file, and Mirror the server asked for it.
	File, Mirror string
	// Done and Total are bytes of the packed file; Total is -1 where the server does not state it.
	Done, Total int64
}

// FetchOptions chooses how [Fetch] downloads. The zero value is usable.
type FetchOptions struct {
	// Mirrors are tried in order; nil means the public ones.
	Mirrors []string
	// Client makes the requests; nil means one that honours the proxy
	// variables of the environment and waits 30 s for an answer.
	Client *http.Client
	// Stall is how long a download may stall before the next try; 0 means a minute.
	Stall time.Duration
	// Progress, if not nil, is called from the calling goroutine after each piece of a file.
	Progress func(FetchProgress)
}

// triesPerMirror bounds how often a broken download is taken up again on one server.
const triesPerMirror = 3

// Fetch downloads the four files of MNIST into dir, making the folder where it is missing, and
// checks the SHA-256 of each file's unpacked content. Files that are there and right are left
// alone. A file is downloaded as NAME.gz.part and renamed to NAME.gz when it is checked; an
// interrupted download is resumed, also by a later call. The error says for each mirror why it
// failed, and what to do.
func Fetch(ctx context.Context, dir string, o FetchOptions) error {
	return fetchFiles(ctx, dir, o, mnistFiles())
}

func fetchFiles(ctx context.Context, dir string, o FetchOptions, files []fileSpec) error {
	if dir == "" || dir == DigitsName {
		return fmt.Errorf("fetch into %q: name a folder for the files; %q stands for the "+
			"generated digits, which need no download", dir, DigitsName)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	o.setDefaults()
	for _, f := range files {
		if f.isPresent(dir) {
			continue
		}
		if err := fetchFile(ctx, dir, &o, f); err != nil {
			return err
		}
	}
	return nil
}

func (o *FetchOptions) setDefaults() {
	if len(o.Mirrors) == 0 {
		o.Mirrors = defaultMirrors()
	}
	if o.Client == nil {
		o.Client = defaultClient()
	}
	if o.Stall <= 0 {
		o.Stall = time.Minute
	}
	if o.Progress == nil {
		o.Progress = func(FetchProgress) {}
	}
}

func defaultClient() *http.Client {
	tr := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		ForceAttemptHTTP2:     true,
	}
	return &http.Client{Transport: tr}
}

// isPresent reports whether dir holds the right content under the first of
// the file's names that is there, which is the one that Open reads.
func (f fileSpec) isPresent(dir string) bool {
	path, err := f.find(dir)
	if err != nil || path == "" {
		return false
	}
	content, err := readFile(path)
	return err == nil && f.matches(content)
}

// partPath returns the name under which the file is downloaded.
func (f fileSpec) partPath(dir string) string {
	return filepath.Join(dir, f.name+".gz.part")
}

// maxPacked bounds the size of the packed file: gzip adds no more than this to
// what it cannot make smaller.
func (f fileSpec) maxPacked() int64 { return f.size + f.size/1000 + 1024 }

// fetchFile downloads one file from the first mirror that gives it.
func fetchFile(ctx context.Context, dir string, o *FetchOptions, f fileSpec) error {
	var failures []error
	for _, mirror := range o.Mirrors {
		err := fetchFrom(ctx, dir, o, f, mirror)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("fetch %s.gz: stopped; run the same command to go on: %w", f.name,
				context.Cause(ctx))
		}
		failures = append(failures, fmt.Errorf("%s%s.gz: %w", slashed(mirror), f.name, err))
	}
	var list strings.Builder
	for _, e := range failures {
		fmt.Fprintf(&list, "\n  %v", e)
	}
	return &FetchError{File: f.name + ".gz", Failures: failures,
		text: fmt.Sprintf("fetch %s.gz: no mirror gave it:%s\n"+
			"check the network and the proxy (HTTPS_PROXY), or put the four files into %s by "+
			"hand, or use `--data %s`, which needs no download",
			f.name, list.String(), dir, DigitsName)}
}

// FetchError is the error of a file that no mirror served.
type FetchError struct {
	// File is the name of the file.
	File string
	// Failures says for each mirror, in the order tried, why.
	Failures []error

	text string
}

// Error returns the failures of all mirrors and what to do.
func (e *FetchError) Error() string { return e.text }

// Unwrap returns the failures, for errors.Is and errors.As.
func (e *FetchError) Unwrap() []error { return e.Failures }

func slashed(mirror string) string { return strings.TrimSuffix(mirror, "/") + "/" }

// fetchFrom downloads one file from one mirror, going on with what an earlier
// try left. A broken connection is taken up again; a wrong content that an
// earlier part may be guilty of is downloaded once more from the beginning.
func fetchFrom(ctx context.Context, dir string, o *FetchOptions, f fileSpec, mirror string) error {
	part := f.partPath(dir)
	var err error
	for range triesPerMirror {
		var resumed bool
		resumed, err = download(ctx, part, o, f, mirror)
		var broken *brokenError
		if errors.As(err, &broken) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return err
		}
		if err = f.checkPacked(part); err == nil {
			return os.Rename(part, filepath.Join(dir, f.name+".gz"))
		}
		if rmErr := os.Remove(part); rmErr != nil {
			return rmErr
		}
		if !resumed {
			return err
		}
	}
	return err
}

// checkPacked returns an error unless the gzip file at path unpacks to the
// content that f describes.
func (f fileSpec) checkPacked(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return err
	}
	if !isGzip(head[:n]) {
		return fmt.Errorf("what came is not gzip but begins with %q: perhaps a page of a proxy "+
			"or a login", head[:min(n, 16)])
	}
	zr, err := gzip.NewReader(io.MultiReader(bytes.NewReader(head[:n]), in))
	if err != nil {
		return fmt.Errorf("damaged gzip header: %w", err)
	}
	hash := sha256.New()
	size, err := io.Copy(hash, io.LimitReader(zr, f.size+1))
	if err != nil {
		return fmt.Errorf("damaged gzip after %d unpacked bytes: %w", size, err)
	}
	if size != f.size {
		return fmt.Errorf("wrong size: unpacks to %s bytes, %s has %d", sizeText(size, f.size),
			f.name, f.size)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != f.sha256 {
		return fmt.Errorf("wrong content: SHA-256 of the unpacked file is %s, must be %s", got,
			f.sha256)
	}
	return nil
}

func sizeText(size, limit int64) string {
	if size > limit {
		return fmt.Sprintf("more than %d", limit)
	}
	return fmt.Sprint(size)
}
