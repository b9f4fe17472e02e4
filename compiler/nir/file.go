package nir

import (
	"fmt"
	"io"

	"adder/internal/hdf5"
)

// openTree gives the root group of an HDF5 file of size bytes.
func openTree(r io.ReaderAt, size int64) (folder, error) {
	f, err := hdf5.New("HDF5", r, size)
	if err != nil {
		return nil, err
	}
	return hdf5Folder{f.Root()}, nil
}

// hdf5Folder is a group of an HDF5 file.
type hdf5Folder struct{ group *hdf5.Group }

func (f hdf5Folder) members() ([]string, error) { return f.group.Names(), nil }

func (f hdf5Folder) folder(name string) (folder, error) {
	ok, err := f.is(name, hdf5.KindGroup)
	if !ok {
		return nil, err
	}
	g, err := f.group.Group(name)
	if err != nil {
		return nil, err
	}
	return hdf5Folder{g}, nil
}

// is reports whether the group has a member of that name and kind.
func (f hdf5Folder) is(name string, want hdf5.Kind) (bool, error) {
	if !f.group.Has(name) {
		return false, nil
	}
	kind, err := f.group.Kind(name)
	return err == nil && kind == want, err
}

func (f hdf5Folder) array(name string) (*array, error) {
	ok, err := f.is(name, hdf5.KindDataset)
	if !ok {
		return nil, err
	}
	d, err := f.group.Dataset(name)
	if err != nil {
		return nil, err
	}
	a := &array{extents: d.Shape()}
	switch d.Type().Class {
	case hdf5.ClassString:
		if a.text, err = d.Strings(); a.text == nil {
			a.text = []string{}
		}
	case hdf5.ClassInteger, hdf5.ClassFloat, hdf5.ClassEnum:
		a.numbers, err = d.Float64s()
	default:
		err = fmt.Errorf("its elements are of type %s, want numbers or strings", d.Type())
	}
	if err != nil {
		return nil, err
	}
	if have := max(len(a.numbers), len(a.text)); have != a.size() {
		if have > 0 {
			return nil, fmt.Errorf("it has %d elements, its shape %v asks for %d", have, a.extents,
				a.size())
		}
		a.extents = []int{0} // a null dataspace
	}
	return a, nil
}
