package sweep

import (
	"path/filepath"
	"slices"
	"strings"
)

// Job is what a runner is asked for.
type Job struct {
	// Hash is the point's.
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
	// Path is where it lies, as the words have it, and Name what results call it: they
	// hold no paths.
	Path, Name string
}

// Job is what a runner does for a point.
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
			list[i] = s.path(one)
			j.Files = append(j.Files, File{list[i], filepath.Base(one)})
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
		out.Files = append(out.Files, File{paths[i], f.Name})
	}
	for _, word := range j.Words {
		out.Words = append(out.Words, replaced(word, at))
	}
	return out
}

// replaced is a word whose files lie elsewhere: the word itself, or elements of its value.
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
	// The longest first: a file may lie in a folder that is another.
	slices.SortStableFunc(files, func(a, b File) int { return len(b.Path) - len(a.Path) })
	for _, f := range files {
		text = strings.ReplaceAll(text, f.Path, f.Name)
	}
	return text
}
