package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"adder/internal/wholefile"
	"adder/sweep"
)

// stored is a file or a folder in the store. Objects are named by the SHA-256 of what they
// hold; a folder is the list of its files.
type stored struct {
	// Hash is that of sweep.File.
	Hash string
	// Objects are the files: one with an empty name for a file, and those read with it.
	Objects []object
}

type object struct {
	// Name is the path inside of the folder, with slashes; of one read with a file, the path from
	// the file's folder.
	Name, Hash string
	Beside     bool
}

// at is the path of an object if the file or folder is at a path.
func (o *object) at(path string) string {
	if o.Beside {
		path = filepath.Dir(path)
	}
	return filepath.Join(path, filepath.FromSlash(o.Name))
}

// hashAt is the hash of the content at a path in place of a stored file.
func (s *stored) hashAt(path string) (string, error) {
	f := sweep.File{Path: path}
	for _, o := range s.Objects {
		if o.Beside {
			f.Beside = append(f.Beside, filepath.FromSlash(o.Name))
		}
	}
	return f.Hash()
}

// describe lists what a file or a folder holds.
func describe(f *sweep.File) (stored, error) {
	hash, err := f.Hash()
	if err != nil {
		return stored{}, err
	}
	info, err := os.Stat(f.Path)
	if err != nil {
		return stored{}, err
	}
	out := stored{Hash: hash}
	if !info.IsDir() {
		return out, out.addFiles(f)
	}
	path := f.Path
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if target, err := os.Stat(name); err != nil || !target.Mode().IsRegular() {
			return err
		}
		inside, err := filepath.Rel(path, name)
		if err != nil {
			return err
		}
		sum, err := sweep.FileHash(name)
		out.Objects = append(out.Objects, object{Name: filepath.ToSlash(inside), Hash: sum})
		return err
	})
	return out, err
}

// addFiles lists a file and those read with it.
func (s *stored) addFiles(f *sweep.File) error {
	own, err := sweep.FileHash(f.Path)
	if err != nil {
		return err
	}
	s.Objects = []object{{Hash: own}}
	for _, name := range f.Beside {
		sum, err := sweep.FileHash(f.At(name))
		if err != nil {
			return err
		}
		s.Objects = append(s.Objects, object{filepath.ToSlash(name), sum, true})
	}
	return nil
}

// shelf is the files that a sweep has put into the store, and their paths.
type shelf struct {
	mu    sync.Mutex
	known map[string]*storing
	paths map[string]string // by the hash of an object
}

// storing is a file that is put once.
type storing struct {
	once sync.Once
	file stored
	err  error
}

// put stores a file or a folder, unless it is there.
func (c *Client) put(ctx context.Context, s *shelf, f sweep.File) (stored, error) {
	s.mu.Lock()
	entry, ok := s.known[f.Path]
	if !ok {
		entry = &storing{}
		s.known[f.Path] = entry
	}
	s.mu.Unlock()
	entry.once.Do(func() { entry.file, entry.err = c.putOnce(ctx, s, &f) })
	return entry.file, entry.err
}

func (c *Client) putOnce(ctx context.Context, s *shelf, f *sweep.File) (stored, error) {
	file, err := describe(f)
	if err != nil {
		return file, err
	}
	for _, o := range file.Objects {
		at := o.at(f.Path)
		s.mu.Lock()
		s.paths[o.Hash] = at
		s.mu.Unlock()
		_, err := persist(ctx, c, func(ctx context.Context) (*jetstream.ObjectInfo, error) {
			return c.files.GetInfo(ctx, o.Hash)
		})
		if errors.Is(err, jetstream.ErrObjectNotFound) {
			err = c.putObject(ctx, o.Hash, at)
		}
		if err != nil {
			return file, fmt.Errorf("store %s: %w", at, err)
		}
	}
	return file, nil
}

func (c *Client) putObject(ctx context.Context, hash, path string) error {
	for {
		err := c.putObjectOnce(ctx, hash, path)
		if err == nil || ctx.Err() != nil || final(err) {
			return err
		}
		if err := c.wait(ctx, pause); err != nil {
			return err
		}
	}
}

func (c *Client) putObjectOnce(ctx context.Context, hash, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = c.files.Put(ctx, jetstream.ObjectMeta{Name: hash}, f)
	return err
}

// errLost is that of an object that the store has not, or not as it was put.
var errLost = errors.New("the store has lost a file")

// fetch has a file or a folder in a local folder and returns its path there.
func (c *Client) fetch(ctx context.Context, program string, file stored, cache,
	name string) (string, error) {
	if !filepath.IsLocal(name) || filepath.Base(name) != name {
		return "", fmt.Errorf("a file may not be called %q", name)
	}
	top := filepath.Join(cache, file.Hash, name)
	if sum, err := file.hashAt(top); err == nil && sum == file.Hash {
		return top, nil
	}
	for _, o := range file.Objects {
		if o.Name != "" && !filepath.IsLocal(filepath.FromSlash(o.Name)) {
			return "", fmt.Errorf("a file may not be called %q", o.Name)
		}
		at := o.at(top)
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			return "", err
		}
		if sum, err := sweep.FileHash(at); err == nil && sum == o.Hash {
			continue
		}
		if err := c.fetchObject(ctx, o.Hash, at); err != nil {
			if ctx.Err() == nil && errors.Is(err, errLost) {
				_ = c.nats.Publish(needSubject+part(program), []byte(o.Hash))
			}
			return "", fmt.Errorf("%s: %w", name, err)
		}
	}
	if sum, err := file.hashAt(top); err != nil || sum != file.Hash {
		return "", fmt.Errorf("%s: %w: the folder of the cache holds more than it should: %s", name,
			errLost, top)
	}
	return top, nil
}

func (c *Client) fetchObject(ctx context.Context, hash, path string) error {
	got, err := c.files.Get(ctx, hash)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return errLost
	}
	if err != nil {
		return err
	}
	defer got.Close()
	err = wholefile.Write(path, func(w io.Writer) error {
		_, err := io.Copy(w, got)
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	if sum, err := sweep.FileHash(path); err != nil || sum != hash {
		return errors.Join(errLost, os.Remove(path))
	}
	return nil
}

// mend uploads an object again that a worker could not read.
func (c *Client) mend(ctx context.Context, s *shelf, hash string) {
	s.mu.Lock()
	path, ok := s.paths[hash]
	s.mu.Unlock()
	if !ok {
		return
	}
	c.options.Log("%s is put into the store again", path)
	_ = c.files.Delete(ctx, hash)
	if err := c.putObject(ctx, hash, path); err != nil && ctx.Err() == nil {
		c.options.Log("store %s: %v", path, err)
	}
}
