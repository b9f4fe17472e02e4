package npz

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxRecord bounds the bytes of an element of a structured array.
const maxRecord = 1 << 12

// Record describes the elements of a structured array: named fields of plain types one after the
// other.
type Record struct {
	Fields []Field
	// Size is the bytes of an element, Count their number.
	Size, Count int
	// Length is the bytes of the header, before the first element.
	Length int64
}

// Field is a part of a Record.
type Field struct {
	Name   string
	Type   DType
	Offset int // of its first byte in the element
	big    bool
}

// ReadRecord reads the header of a structured .npy array, after which r is at the
// first element. Arrays of one type and of several axes are refused, and so are
// fields that are not numbers.
func ReadRecord(r io.Reader) (*Record, error) {
	h, err := readAnyHeader(r)
	switch {
	case err != nil:
		return nil, err
	case h.record == nil:
		return nil, fmt.Errorf("the array is %s of shape %s: a structured one is needed", h.dtype,
			shapeText(h.shape))
	case len(h.shape) != 1:
		return nil, fmt.Errorf("the array has shape %s: one axis is needed", shapeText(h.shape))
	}
	h.record.Count, h.record.Length = h.count, h.length
	return h.record, nil
}

// Integer returns the value of an integer or bool field in an element; a uint64 that int64 cannot
// hold is an error.
func (f *Field) Integer(element []byte) (int64, error) {
	d := element[f.Offset:]
	order := binary.ByteOrder(binary.LittleEndian)
	if f.big {
		order = binary.BigEndian
	}
	switch f.Type {
	case Bool, Uint8:
		return int64(d[0]), nil
	case Int8:
		return int64(int8(d[0])), nil
	case Int16:
		return int64(int16(order.Uint16(d))), nil
	case Uint16:
		return int64(order.Uint16(d)), nil
	case Int32:
		return int64(int32(order.Uint32(d))), nil
	case Uint32:
		return int64(order.Uint32(d)), nil
	}
	v := int64(order.Uint64(d))
	if f.Type == Uint64 && v < 0 {
		return 0, fmt.Errorf("field %q is %d, which int64 cannot hold", f.Name, uint64(v))
	}
	return v, nil
}

// IsInteger reports whether the field is an integer or a bool.
func (f *Field) IsInteger() bool { return f.Type == Bool || f.Type.isInteger() }

// record reads a structured type: "[('t', '<i8'), ('x', '<i2')]". A field without a
// name is padding.
func (p *literal) record() (*Record, error) {
	if err := p.expect('['); err != nil {
		return nil, err
	}
	r := &Record{}
	for !p.accept(']') {
		if err := p.field(r); err != nil {
			return nil, err
		}
		if !p.accept(',') && !p.at(']') {
			return nil, errors.New("expected a comma or the end of the fields")
		}
	}
	if r.Size == 0 {
		return nil, errors.New("the structured type has no fields")
	}
	return r, nil
}

// field reads one field, and appends it where it has a name.
func (p *literal) field(r *Record) error {
	if err := p.expect('('); err != nil {
		return err
	}
	name, err := p.str()
	if err != nil {
		return err
	}
	if err := p.expect(','); err != nil {
		return err
	}
	descr, err := p.str()
	if err != nil {
		return err
	}
	if !p.accept(')') {
		return fmt.Errorf("field %q has several elements: save each as a field of its own", name)
	}
	size, err := r.append(name, descr)
	if err != nil {
		return err
	}
	if r.Size += size; r.Size > maxRecord {
		return fmt.Errorf("an element takes more than %d bytes", maxRecord)
	}
	return nil
}

// append adds a field after the others and returns its size.
func (r *Record) append(name, descr string) (int, error) {
	if width, ok := strings.CutPrefix(descr, "|V"); ok && name == "" {
		n, err := strconv.Atoi(width)
		if err != nil || n < 1 || n > maxRecord {
			return 0, fmt.Errorf("padding %q is not understood", descr)
		}
		return n, nil
	}
	l, err := parseDescr(descr)
	if err != nil {
		return 0, fmt.Errorf("field %q: %w", name, err)
	}
	for _, f := range r.Fields {
		if f.Name == name {
			return 0, fmt.Errorf("field %q occurs twice", name)
		}
	}
	r.Fields = append(r.Fields, Field{Name: name, Type: l.dtype, Offset: r.Size, big: l.big})
	return l.item, nil
}
