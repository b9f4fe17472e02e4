package hdf5

import (
	"fmt"
	"sort"
)

// Attribute is a named value attached to a group or dataset.
type Attribute struct {
	elements
	name string
}

// Name returns the attribute's name.
func (a *Attribute) Name() string { return a.name }

// Attributes returns the object's attributes in the order of their names.
func (o *object) Attributes() ([]*Attribute, error) {
	var out []*Attribute
	seen := map[string]bool{}
	add := func(c *cursor) error {
		a, err := o.attribute(c)
		if err != nil {
			return fmt.Errorf("attribute: %w", err)
		}
		if seen[a.name] {
			return fmt.Errorf("two attributes are named %q", a.name)
		}
		seen[a.name] = true
		out = append(out, a)
		return nil
	}
	for _, m := range o.head {
		var err error
		c := o.f.cursor(m.body, m.at)
		switch {
		case m.kind == msgAttribute && m.flags&flagShared != 0:
			err = fmt.Errorf("offset %#x: messages in a shared-message table are not supported",
				m.at)
		case m.kind == msgAttribute:
			err = add(c)
		case m.kind == msgAttrInfo:
			err = o.denseAttributes(c, add)
		}
		if err != nil {
			return nil, o.f.wrap(o.path, err)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out, nil
}

// Attribute returns the attribute with a name.
func (o *object) Attribute(name string) (*Attribute, error) {
	all, err := o.Attributes()
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.name == name {
			return a, nil
		}
	}
	return nil, o.f.wrap(o.path, fmt.Errorf("no attribute %q", name))
}

// denseAttributes reads attributes in a fractal heap.
func (o *object) denseAttributes(c *cursor, add func(*cursor) error) error {
	c.version("attribute info", 0)
	if c.u8()&1 != 0 {
		c.skip(2) // highest creation order
	}
	heap, tree := c.offset(), c.offset()
	if c.err != nil || heap == undefined {
		return c.err
	}
	return o.f.dense(heap, tree, btree2AttrName, 0, add)
}

// attribute reads an attribute message, versions 1 to 3: name, type, shape and value one after the
// other, padded to 8 bytes in version 1.
func (o *object) attribute(c *cursor) (*Attribute, error) {
	version := c.version("attribute", 1, 2, 3)
	flags := c.u8()
	if version == 1 {
		flags = 0
	}
	nameSize, typeSize, spaceSize := c.u16(), c.u16(), c.u16()
	if version == 3 {
		c.skip(1) // character set
	}
	part := func(n int) *cursor {
		at := c.at + uint64(c.pos)
		b := c.bytes(n)
		if version == 1 {
			c.skip(-n & 7)
		}
		return o.f.cursor(b, at)
	}
	name := part(nameSize).text()
	typePart, spacePart := part(typeSize), part(spaceSize)
	if flags&2 != 0 {
		c.fail("a shared dataspace is not supported")
	}
	if c.err != nil {
		return nil, c.err
	}
	t, inner, err := o.attributeType(typePart, flags&1 != 0)
	if err != nil {
		return nil, err
	}
	space := parseDataspace(spacePart)
	if spacePart.err != nil {
		return nil, spacePart.err
	}
	a := &Attribute{name: name}
	if err := a.elements.set(o.f, o.path+" attribute "+name, t, space, inner); err != nil {
		return nil, err
	}
	data := c.bytes(a.bytes())
	a.source = func() ([]byte, error) { return data, nil }
	return a, c.err
}

func (o *object) attributeType(c *cursor, shared bool) (Type, []int, error) {
	if shared {
		return o.f.committed(c)
	}
	t, inner := parseDatatype(c, 0)
	return t, inner, c.err
}
