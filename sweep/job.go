package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Job is the input of a runner.
type Job struct {
	// Hash is the hash of the point.
	Hash string
	// Words are the command with its flags; files are named from the working folder.
	Words []string
	// Fields are values of fields inside of the profile that --chip names, by their paths
	// there, such as core.neurons.
	Fields []Setting
	// Files are those that the words name.
	Files []File
}

// File is a file or a folder that a job reads.
type File struct {
	// Path is its path, as in the words, and Name its name in results, which hold no paths.
	Path, Name string
	// Beside are files that it reads, by their names from its folder.
	Beside []string
}

// At is the path of another file that is read with the file.
func (f *File) At(beside string) string { return filepath.Join(filepath.Dir(f.Path), beside) }

// Hash is the SHA-256 of the file or folder, and of the files that are read with it.
func (f *File) Hash() (string, error) {
	own, err := FileHash(f.Path)
	if err != nil || len(f.Beside) == 0 {
		return own, err
	}
	all := sha256.New()
	fmt.Fprintln(all, own)
	for _, name := range f.Beside {
		sum, err := FileHash(f.At(name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(all, "%q %s\n", filepath.ToSlash(name), sum)
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

// fileOf is a file that a sweep names.
func (s *Spec) fileOf(value string) (File, error) {
	f := File{Path: s.path(value), Name: filepath.Base(value)}
	if s.Beside == nil {
		return f, nil
	}
	beside, err := s.Beside(f.Path)
	if err != nil {
		return f, err
	}
	for _, path := range beside {
		name, err := filepath.Rel(filepath.Dir(f.Path), path)
		if err != nil {
			return f, err
		}
		f.Beside = append(f.Beside, name)
	}
	return f, nil
}

// Job is the job of a point.
func (s *Spec) Job(p *Point) Job {
	j := Job{Hash: p.Hash, Words: []string{p.Command}}
	var flags []string
	for _, set := range p.Settings {
		value := set.Value
		if namesFile(set.Name) {
			value = s.paths(set.Value, &j)
		}
		field, isField := cutField(set.Name)
		switch {
		case set.Name == ModelName:
			j.Words = append(j.Words, value)
		case isField:
			j.Fields = append(j.Fields, Setting{field, value})
		default:
			flags = append(flags, "--"+set.Name+"="+value)
		}
	}
	j.Words = append(j.Words, flags...)
	return j
}

// paths are the files of a value, named from the working folder.
func (s *Spec) paths(value string, j *Job) string {
	list := strings.Split(value, ",")
	for i, one := range list {
		if s.file(one) {
			// A file that cannot be read any more is for the command to complain of.
			f, _ := s.fileOf(one)
			list[i] = f.Path
			j.Files = append(j.Files, f)
		}
	}
	return strings.Join(list, ",")
}

// At is the job with its files at other paths, in the order of Files.
func (j *Job) At(paths []string) Job {
	out := Job{Hash: j.Hash, Fields: j.Fields}
	at := map[string]string{}
	for i, f := range j.Files {
		at[f.Path] = paths[i]
		out.Files = append(out.Files, File{paths[i], f.Name, f.Beside})
	}
	for _, word := range j.Words {
		out.Words = append(out.Words, replaced(word, at))
	}
	return out
}

// replaced is a word whose files are elsewhere: the word itself, or elements of its value.
func replaced(word string, at map[string]string) string {
	flag := ""
	if i := strings.Index(word, "="); i >= 0 && strings.HasPrefix(word, "--") {
		flag, word = word[:i+1], word[i+1:]
	}
	list := strings.Split(word, ",")
	for i, one := range list {
		if path, ok := at[one]; ok {
			list[i] = path
		}
	}
	return flag + strings.Join(list, ",")
}

// Clean replaces the paths of a job in a text by the names of the files.
func (j *Job) Clean(text string) string {
	files := slices.Clone(j.Files)
	// The longest first: a file may be in a folder that is another.
	slices.SortStableFunc(files, func(a, b File) int { return len(b.Path) - len(a.Path) })
	for _, f := range files {
		for _, name := range f.Beside {
			text = strings.ReplaceAll(text, f.At(name), name)
		}
		text = strings.ReplaceAll(text, f.Path, f.Name)
	}
	return text
}
