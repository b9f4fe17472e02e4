package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// The binary form of CIFAR-10 and CIFAR-100, as their page describes it: records of
// one label byte, or two of which the second is the fine class, and 3 x 32 x 32 bytes,
// channels first.
const (
	cifarSide   = 32
	cifarPixels = 3 * cifarSide * cifarSide
)

// cifarFiles are the files of a split that are there, and the label bytes of a record.
func cifarFiles(l *listing, split Split) (files []string, labels int) {
	ten, hundred := []string{"test_batch.bin"}, "test.bin"
	if split == Train {
		ten, hundred = nil, "train.bin"
		for i := range 5 {
			ten = append(ten, fmt.Sprintf("data_batch_%d.bin", i+1))
		}
	}
	for _, name := range ten {
		if slices.Contains(l.files, name) {
			files = append(files, name)
		}
	}
	if files != nil {
		return files, 1
	}
	if slices.Contains(l.files, hundred) {
		return []string{hundred}, 2
	}
	return nil, 0
}

func foundCIFAR(_ *place, l *listing) bool {
	for _, split := range []Split{Train, Test} {
		if files, _ := cifarFiles(l, split); files != nil {
			return true
		}
	}
	return false
}

// openCIFAR reads one split of CIFAR-10 or CIFAR-100.
func openCIFAR(p *place, l *listing, split Split, limit int) (*Set, error) {
	files, labels := cifarFiles(l, split)
	if files == nil {
		return nil, fmt.Errorf("%s: the %s batches of CIFAR (data_batch_1.bin, test_batch.bin; "+
			"train.bin, test.bin) are missing: %w",
			p.path, split, fs.ErrNotExist)
	}
	set := &Set{Name: "cifar10", Shape: []int{3, cifarSide, cifarSide}, Classes: 10, Picture: true}
	if labels == 2 {
		set.Name, set.Classes = "cifar100", 100
	}
	for _, name := range files {
		content, err := p.read(name, maxFileBytes)
		if err != nil {
			return nil, err
		}
		if err := set.takeCIFAR(content, labels); err != nil {
			return nil, fmt.Errorf("%s: %w", p.full(name), err)
		}
		if limit > 0 && set.Len() >= limit {
			break
		}
	}
	return set, nil
}

// takeCIFAR adds the records of a file.
func (s *Set) takeCIFAR(content []byte, labels int) error {
	record := labels + cifarPixels
	switch {
	case len(content) == 0:
		return errors.New("the file is empty")
	case len(content)%record != 0:
		return fmt.Errorf("%d bytes are no whole number of records of %d: the file is truncated "+
			"or something else",
			len(content), record)
	}
	s.Bytes = slices.Grow(s.Bytes, len(content)/record*cifarPixels)
	for i := 0; i < len(content); i += record {
		label := content[i+labels-1]
		if int(label) >= s.Classes {
			return fmt.Errorf("byte %d: label %d of record %d is not in 0..%d",
				i+labels-1, label, i/record, s.Classes-1)
		}
		s.Labels = append(s.Labels, int32(label))
		s.Bytes = append(s.Bytes, content[i+labels:i+record]...)
	}
	return nil
}
