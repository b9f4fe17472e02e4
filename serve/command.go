package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"adder/internal/npz"
)

// allowed are the commands that a request may run: those that compute. Others fetch data,
// write about, or would serve.
func allowed() []string {
	return []string{"compile", "inspect", "bench", "report", "fit", "chips", "energies", "train"}
}

// commandHeader is the header of command. In an argument, {NAME} is replaced by the path of a file
// of the request: the one that holds the array NAME (of type b its bytes, else an .npz with the
// arrays NAME.x and so on), or one that the command is to write and the answer returns, for the
// names in Returns.
type commandHeader struct {
	Args    []string
	Returns []string
}

// command runs a command of the command line on its own files.
func (s *serving) command(ctx context.Context, f *Frame) (result, error) {
	var h commandHeader
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	if s.server.Command == nil {
		return result{}, errors.New("this server runs no commands")
	}
	if len(h.Args) == 0 || !slices.Contains(allowed(), h.Args[0]) {
		return result{}, fmt.Errorf("the commands are %s", strings.Join(allowed(), ", "))
	}
	folder, err := s.workFolder()
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(folder)
	if err := writeFiles(folder, f.Arrays); err != nil {
		return result{}, err
	}
	args := make([]string, len(h.Args))
	for i, arg := range h.Args {
		if args[i], err = inFolder(folder, arg); err != nil {
			return result{}, err
		}
	}
	var out, errOut bytes.Buffer
	exit := s.server.Command(ctx, args, &out, &errOut)
	if err := ctx.Err(); err != nil {
		return result{}, err
	}
	messages := strings.ReplaceAll(errOut.String(), folder+string(filepath.Separator), "")
	r := result{header: map[string]any{"exit": exit, "messages": messages}}
	r.arrays = append(r.arrays, ofBytes("out", "b", out.Bytes(), out.Len()))
	return returned(r, folder, h.Returns)
}

// workFolder makes a folder for one command, in that of the connection.
func (s *serving) workFolder() (string, error) {
	if s.folder == "" {
		folder, err := os.MkdirTemp("", "adder-serve-")
		if err != nil {
			return "", err
		}
		s.folder = folder
	}
	return os.MkdirTemp(s.folder, "command-")
}

// fileName refuses names outside of a folder.
func fileName(name string) error {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' ||
			r == '-' || r == '_'
	}
	if name == "" || len(name) > 100 || strings.HasPrefix(name, ".") ||
		strings.ContainsFunc(name, func(r rune) bool {
			return !plain(r)
		}) {
		return fmt.Errorf("file %q: a name has letters, digits, dots, - and _", name)
	}
	return nil
}

// inFolder puts the folder before a file that an argument names, as {file}.
func inFolder(folder, arg string) (string, error) {
	name, ok := strings.CutPrefix(arg, "{")
	if !ok {
		return arg, nil
	}
	name, ok = strings.CutSuffix(name, "}")
	if !ok {
		return arg, nil
	}
	return filepath.Join(folder, name), fileName(name)
}

// writeFiles writes arrays where a command reads them: those of type b unchanged, and the others,
// called FILE:ARRAY, into archives by FILE.
func writeFiles(folder string, arrays []Array) error {
	archives := map[string][]Array{}
	var order []string
	for _, a := range arrays {
		if a.Type == "b" {
			if err := fileName(a.Name); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(folder, a.Name), a.Data, 0o600); err != nil {
				return err
			}
			continue
		}
		file, _, ok := strings.Cut(a.Name, ":")
		if !ok {
			return fmt.Errorf("array %q: call it FILE.npz:NAME", a.Name)
		}
		if err := fileName(file); err != nil {
			return err
		}
		if archives[file] == nil {
			order = append(order, file)
		}
		archives[file] = append(archives[file], a)
	}
	for _, file := range order {
		if err := writeArchive(filepath.Join(folder, file), archives[file]); err != nil {
			return err
		}
	}
	return nil
}

func writeArchive(path string, arrays []Array) error {
	w, err := npz.Create(path)
	if err != nil {
		return err
	}
	defer w.Abort()
	for i := range arrays {
		a := &arrays[i]
		_, name, _ := strings.Cut(a.Name, ":")
		switch a.Type {
		case "u1":
			err = npz.Write(w, name, a.Shape, a.Data)
		case "i4":
			err = npz.Write(w, name, a.Shape, a.int32s())
		case "f4":
			err = npz.Write(w, name, a.Shape, a.float32s())
		default:
			err = fmt.Errorf("array %q of type %s: an archive takes u1, i4 and f4", a.Name, a.Type)
		}
		if err != nil {
			return err
		}
	}
	return w.Close()
}

// returned adds the files that a command wrote; one that is not there is left out, as a
// command that fails leaves it.
func returned(r result, folder string, names []string) (result, error) {
	for _, name := range names {
		if err := fileName(name); err != nil {
			return result{}, err
		}
		data, err := os.ReadFile(filepath.Join(folder, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return result{}, err
		}
		r.arrays = append(r.arrays, ofBytes(name, "b", data, len(data)))
	}
	return r, nil
}
