package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"
)

// brokenError is a failure in the middle of a download, after which going on
// makes sense.
type brokenError struct {
	have int64
	err  error
}

func (e *brokenError) Error() string {
	return fmt.Sprintf("broke off after %d bytes: %v", e.have, e.err)
}

func (e *brokenError) Unwrap() error { return e.err }

// download makes one request and appends to the file part, or restarts it if the server does not
// send ranges. It reports whether bytes of an earlier try are in the result.
func download(ctx context.Context, part string, o *FetchOptions, f fileSpec,
	mirror string) (resumed bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// A server that stalls is given up by ending the request.
	watchdog := time.AfterFunc(o.Stall, func() {
		cancel(fmt.Errorf("no data for %v", o.Stall))
	})
	defer watchdog.Stop()

	have, err := sizeOf(part)
	if err != nil {
		return false, err
	}
	resp, err := request(ctx, o.Client, slashed(mirror)+f.name+".gz", have)
	if err != nil {
		return false, causeOf(ctx, err)
	}
	defer resp.Body.Close()
	from, total, done, err := startOf(resp, have)
	if err != nil || done {
		return done, err
	}
	if total > f.maxPacked() {
		return false, fmt.Errorf("wrong size: the server announces %d bytes, the file can have "+
			"no more than %d", total, f.maxPacked())
	}
	out, err := openAt(part, from)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	c := &counter{w: out, done: from, limit: f.maxPacked(), step: func(done int64) {
		watchdog.Reset(o.Stall)
		o.Progress(FetchProgress{File: f.name + ".gz", Mirror: mirror, Done: done, Total: total})
	}}
	err = c.copy(ctx, resp.Body, total)
	if errors.Is(err, errTooLong) {
		err = errors.Join(err, out.Truncate(0))
	}
	return from > 0, err
}

// sizeOf returns the size of the file at path, 0 where there is none. A link is refused:
// whoever may write to the folder could have put it there.
func sizeOf(path string) (int64, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is no regular file: remove it", path)
	}
	return info.Size(), nil
}

// openAt opens the file at path for writing from byte from on, where it ends: a new file
// for 0, else the one that sizeOf would take, and not what was put in its place since.
func openAt(path string, from int64) (*os.File, error) {
	if from == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		// A new file is no link: O_EXCL follows none.
		return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	}
	before, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	if now, err := out.Stat(); err != nil || !before.Mode().IsRegular() ||
		!os.SameFile(before, now) {
		return nil, errors.Join(fmt.Errorf("%s is no regular file: remove it", path), err,
			out.Close())
	}
	err = out.Truncate(from)
	if err == nil {
		_, err = out.Seek(from, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return out, nil
}

// request asks for url, from byte have on.
func request(ctx context.Context, client *http.Client, url string,
	have int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	// No compression, so that ranges are offsets in the file.
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	return client.Do(req)
}

// startOf returns at which byte the answer's body begins and how long the whole
// file is (-1 unknown), or done where the file is already whole.
func startOf(resp *http.Response, have int64) (from, total int64, done bool, err error) {
	switch resp.StatusCode {
	case http.StatusOK:
		return 0, resp.ContentLength, false, nil
	case http.StatusPartialContent:
		var last int64
		if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &last,
			&total); err != nil || from != have || last+1 != total {
			return 0, 0, false, fmt.Errorf("asked for byte %d on, the server answered with the "+
				"range %q", have, resp.Header.Get("Content-Range"))
		}
		return from, total, false, nil
	case http.StatusRequestedRangeNotSatisfiable:
		// Nothing is left to send: the part is whole, or it is not the beginning of this file,
		// which the hash shows.
		if have > 0 {
			return 0, 0, true, nil
		}
	}
	return 0, 0, false, fmt.Errorf("the server answered %s", resp.Status)
}

// errTooLong is wrapped by the error of a body without end.
var errTooLong = errors.New("wrong size: the server sends more")

// counter writes to w, counts, and reports each step.
type counter struct {
	w           io.Writer
	done, limit int64
	step        func(done int64)
}

// copy copies body to the counter's writer. The body must end at total bytes
// where that is known.
func (c *counter) copy(ctx context.Context, body io.Reader, total int64) error {
	buf := make([]byte, 64<<10)
	for {
		n, readErr := body.Read(buf)
		if c.done+int64(n) > c.limit {
			return fmt.Errorf("%w than %d bytes", errTooLong, c.limit)
		}
		if n > 0 {
			if _, err := c.w.Write(buf[:n]); err != nil {
				return err
			}
			c.done += int64(n)
			c.step(c.done)
		}
		if readErr == io.EOF && (total < 0 || c.done == total) {
			return nil
		}
		if readErr == io.EOF {
			readErr = fmt.Errorf("wrong size: %d bytes announced", total)
		}
		if readErr != nil {
			return &brokenError{have: c.done, err: causeOf(ctx, readErr)}
		}
	}
}

// causeOf returns why ctx ended where that is the reason of err.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
