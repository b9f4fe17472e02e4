package hdf5

import (
	"fmt"
	"strconv"
)

// Class is the kind of a datatype.
type Class uint8

// The classes whose elements can be read, and one for all others.
const (
	ClassOther Class = iota
	ClassInteger
	ClassFloat
	ClassString
	ClassEnum
)

// EnumMember is a named value of an enumeration.
type EnumMember struct {
	Name  string
	Value int64
}

// Type is the type of an element. Dimensions of array types are part of the
// dataset's shape, so a Type is always of one element.
type Type struct {
	Class     Class
	Size      int // bytes in the file; of a variable string, of its reference
	Signed    bool
	BigEndian bool
	Variable  bool         // a variable-length string
	Members   []EnumMember // of an enumeration, in the file's order

	name    string // of a class that is not read
	padding int    // of a fixed string: 0 zero-terminated, 1 zero-padded, 2 space-padded
	offset  int    // first significant bit
	bits    int    // significant bits
	float   floatLayout
}

// isBool reports whether the type is h5py's boolean: an enumeration of exactly
// FALSE = 0 and TRUE = 1.
func (t Type) isBool() bool {
	if t.Class != ClassEnum || len(t.Members) != 2 {
		return false
	}
	a, b := t.Members[0], t.Members[1]
	if a.Name == "TRUE" {
		a, b = b, a
	}
	return a == EnumMember{"FALSE", 0} && b == EnumMember{"TRUE", 1}
}

// String returns a short name such as "float32", "int64", "bool", "str" or
// "compound".
func (t Type) String() string {
	switch {
	case t.isBool():
		return "bool"
	case t.Class == ClassInteger && t.Signed:
		return "int" + strconv.Itoa(8*t.Size)
	case t.Class == ClassInteger:
		return "uint" + strconv.Itoa(8*t.Size)
	case t.Class == ClassFloat:
		return "float" + strconv.Itoa(8*t.Size)
	case t.Class == ClassString:
		return "str"
	case t.Class == ClassEnum:
		return "enum"
	}
	return t.name
}

var otherClasses = map[int]string{
	2: "time", 4: "bitfield", 5: "opaque", 6: "compound", 7: "reference", 9: "variable sequence",
}

const (
	classInteger = 0
	classFloat   = 1
	classString  = 3
	classEnum    = 8
	classVarLen  = 9
	classArray   = 10
)

// maxTypeNesting bounds types within types; h5py nests an enum in an array.
const maxTypeNesting = 8

// parseDatatype reads a datatype message. dims are those of an array type.
func parseDatatype(c *cursor, depth int) (t Type, dims []int) {
	if depth > maxTypeNesting {
		c.fail("datatypes are nested more than %d deep", maxTypeNesting)
		return t, nil
	}
	head := c.u8()
	class, version := head&15, head>>4
	if c.err == nil && (version < 1 || version > 4) {
		c.fail("datatype version %d is not supported", version)
	}
	bits := int(c.uint(3))
	size := c.u32()
	if c.err == nil && (size == 0 || size > 1<<30) {
		c.fail("an element of %d bytes is absurd", size)
	}
	if c.err != nil {
		return t, nil
	}
	t = Type{Size: int(size), BigEndian: bits&1 != 0}
	switch class {
	case classInteger:
		t.integer(c, bits)
	case classFloat:
		t.floating(c, bits)
	case classString:
		t.Class, t.padding, t.BigEndian = ClassString, bits&15, false
	case classEnum:
		t.enum(c, bits, version, depth)
	case classVarLen:
		t.varLen(c, bits, depth)
	case classArray:
		return parseArray(c, t.Size, version, depth)
	default:
		name, ok := otherClasses[class]
		if !ok {
			c.fail("datatype class %d is not known", class)
		}
		t.name, t.BigEndian = name, false
	}
	return t, nil
}

func (t *Type) integer(c *cursor, bits int) {
	t.Class, t.Signed = ClassInteger, bits&8 != 0
	t.offset, t.bits = c.u16(), c.u16()
	if t.Size > 8 || t.bits < 1 || t.offset+t.bits > 8*t.Size {
		c.fail("an integer of %d bits at bit %d of %d bytes is not supported", t.bits, t.offset,
			t.Size)
	}
}

func (t *Type) enum(c *cursor, bits, version, depth int) {
	size := t.Size
	base, dims := parseDatatype(c, depth+1)
	if c.err == nil && (base.Class != ClassInteger || dims != nil || base.Size != size) {
		c.fail("an enumeration is not based on integers of its size")
	}
	*t = base
	t.Class = ClassEnum
	n := bits & 0xffff
	for i := 0; i < n && c.err == nil; i++ {
		start := c.pos
		name := c.text()
		if version < 3 {
			c.skip((8 - (c.pos-start)%8) % 8)
		}
		t.Members = append(t.Members, EnumMember{Name: name})
	}
	for i := range t.Members {
		if b := c.bytes(t.Size); b != nil {
			t.Members[i].Value = int64(base.rawInteger(b))
		}
	}
}

func (t *Type) varLen(c *cursor, bits, depth int) {
	t.BigEndian = false
	parseDatatype(c, depth+1)
	if bits&15 != 1 {
		t.name = otherClasses[classVarLen]
		return
	}
	t.Class, t.Variable = ClassString, true
	if want := 4 + c.offsetSize + 4; t.Size != want {
		c.fail("a variable string takes %d bytes, not %d", want, t.Size)
	}
}

func parseArray(c *cursor, size, version, depth int) (Type, []int) {
	if version < 2 {
		c.fail("array type version %d is not supported", version)
	}
	rank := c.u8()
	if version == 2 {
		c.skip(3)
	}
	if rank > maxRank {
		c.fail("an array type of %d dimensions", rank)
	}
	dims := []int{}
	for i := 0; i < rank && c.err == nil; i++ {
		d := c.u32()
		if d == 0 {
			c.fail("an array type with a dimension of 0")
		}
		dims = append(dims, int(d))
	}
	if version == 2 {
		c.skip(4 * rank) // a permutation that no library ever used
	}
	base, inner := parseDatatype(c, depth+1)
	dims = append(dims, inner...)
	if n, ok := product(dims); c.err == nil && (!ok || n > size || n*base.Size != size) {
		c.fail("an array type of %d bytes does not hold %v elements of %d", size, dims, base.Size)
	}
	return base, dims
}

// datatype reads the datatype message of an object, following a committed type.
func (f *File) datatype(m *message) (Type, []int, error) {
	c := f.cursor(m.body, m.at)
	if m.flags&flagShared != 0 {
		return f.committed(c)
	}
	t, dims := parseDatatype(c, 0)
	return t, dims, c.err
}

// committed reads a datatype that is an object itself.
func (f *File) committed(c *cursor) (Type, []int, error) {
	addr, err := f.sharedAddress(c)
	if err != nil {
		return Type{}, nil, err
	}
	h, err := f.readHeader(addr)
	if err != nil {
		return Type{}, nil, err
	}
	m := h.find(msgDatatype)
	if m == nil || m.flags&flagShared != 0 {
		return Type{}, nil, fmt.Errorf("offset %#x: no committed datatype", addr)
	}
	c = f.cursor(m.body, m.at)
	t, dims := parseDatatype(c, 0)
	return t, dims, c.err
}
