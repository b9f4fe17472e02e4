package dataset

import (
	"fmt"
	"io/fs"
	"strings"
)

// idxFile is an IDX file of a folder by its name.
type idxFile struct {
	name, prefix string
	split        Split
	kind         Kind
	packed       bool
}

// parseIDXName reads a file's name: as MNIST's are, train-images-idx3-ubyte, or with a
// prefix, another type or dots, as those of the sets made after it.
func parseIDXName(name string) (idxFile, bool) {
	f := idxFile{name: name}
	rest, packed := strings.CutSuffix(name, ".gz")
	f.packed = packed
	for _, sep := range []string{"-idx", ".idx"} {
		before, _, ok := strings.Cut(rest, sep)
		if !ok {
			continue
		}
		for _, part := range []string{"train", "t10k", "test"} {
			for _, kind := range []Kind{Images, Labels} {
				prefix, ok := strings.CutSuffix(strings.ReplaceAll(before, "_", "-"),
					part+"-"+kind.String())
				if !ok {
					continue
				}
				f.prefix, f.kind = prefix, kind
				if part != "train" {
					f.split = Test
				}
				return f, true
			}
		}
	}
	return idxFile{}, false
}

func foundIDX(_ *place, l *listing) bool {
	for _, name := range l.files {
		if _, ok := parseIDXName(name); ok {
			return true
		}
	}
	return false
}

// openIDX reads one split of a folder of IDX files.
func openIDX(p *place, l *listing, split Split, _ int) (*Set, error) {
	set := &Set{Name: "mnist"}
	paths := map[Kind]string{}
	for _, kind := range []Kind{Images, Labels} {
		name, err := pickIDX(p, l, split, kind)
		if err != nil {
			return nil, err
		}
		paths[kind] = p.full(name)
		raw, err := p.read(name, maxFileBytes)
		if err != nil {
			return nil, err
		}
		content, err := unpack(raw)
		if err == nil {
			err = set.take(kind, content)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.full(name), err)
		}
		if spec := specOf(split, kind); !spec.matches(content) {
			set.Name = p.name
		}
	}
	return set, set.checkCounts(paths[Images], paths[Labels])
}

// take decodes one unpacked file into s.
func (s *Set) take(kind Kind, content []byte) error {
	if kind == Images {
		return s.takeImages(content)
	}
	return s.takeLabels(content)
}

// pickIDX finds a file of a split. The name that Fetch writes comes first, so that
// what it downloads is what is opened; several sets in one folder are refused.
func pickIDX(p *place, l *listing, split Split, kind Kind) (string, error) {
	best, rank := "", 0
	prefixes := map[string]bool{}
	for _, name := range l.files {
		f, ok := parseIDXName(name)
		if !ok || f.split != split || f.kind != kind {
			continue
		}
		prefixes[f.prefix] = true
		if r := idxRank(name, f.packed); best == "" || r < rank {
			best, rank = name, r
		}
	}
	if len(prefixes) > 1 {
		return "", fmt.Errorf("%s holds the %s %s of several sets, such as %s: put each set into "+
			"a folder of its own",
			p.path, split, kind, best)
	}
	if best == "" {
		spec := specOf(split, kind)
		return "", fmt.Errorf("%s: the %s %s (%s or %s.gz) are missing: %s: %w",
			p.path, split, kind, spec.name, spec.name, fetchHint(p.path), fs.ErrNotExist)
	}
	return best, nil
}

// idxRank orders the names of one file: with a dash before a dotted one, packed before
// plain.
func idxRank(name string, packed bool) int {
	rank := 0
	if strings.Contains(name, ".idx") {
		rank = 2
	}
	if !packed {
		rank++
	}
	return rank
}

// specOf is MNIST's file of a split and kind.
func specOf(split Split, kind Kind) fileSpec { return mnistFiles()[2*int(split)+int(kind)] }
