package hdf5

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

const (
	// maxDepth bounds groups within groups.
	maxDepth = 256
	// maxHops bounds the soft links followed for one path.
	maxHops = 32
)

// Kind says what a name in a group refers to.
type Kind uint8

// The kinds of objects.
const (
	KindOther Kind = iota // a committed datatype
	KindGroup
	KindDataset
)

// String returns "group", "dataset" or "other".
func (k Kind) String() string {
	switch k {
	case KindGroup:
		return "group"
	case KindDataset:
		return "dataset"
	}
	return "other"
}

// Group is a group: names of groups and datasets.
type Group struct {
	object
	*linkTable
	parent *Group
}

// linkTable is the tables of a group. It is kept, since every path goes through some group.
type linkTable struct {
	from  header
	links map[string]link
	names []string // sorted
}

// object is the common part of groups and datasets.
type object struct {
	f    *File
	path string
	addr uint64
	head header
}

// Path returns the path by which the object was reached, from "/" on.
func (o *object) Path() string { return o.path }

func (f *File) openGroup(addr uint64, parent *Group, path string) (*Group, error) {
	g := &Group{object: object{f: f, path: path, addr: addr}, parent: parent}
	depth := 0
	for p := parent; p != nil; p = p.parent {
		if p.addr == addr {
			return nil, fmt.Errorf("the group contains itself: it is the same as %s", p.path)
		}
		if depth++; depth > maxDepth {
			return nil, fmt.Errorf("groups are nested more than %d deep", maxDepth)
		}
	}
	table, err := f.linkTable(addr)
	if err != nil {
		return nil, err
	}
	g.linkTable, g.head = table, table.from
	return g, nil
}

// linkTable reads the links of the group at addr, unless that was done before.
func (f *File) linkTable(addr uint64) (*linkTable, error) {
	if t := f.tables[addr]; t != nil {
		// Groups that share children could still be walked for ever.
		return t, f.charge(readCost)
	}
	h, err := f.readHeader(addr)
	if err != nil {
		return nil, err
	}
	if kindOf(h) != KindGroup {
		return nil, fmt.Errorf("not a group but a %s", kindOf(h))
	}
	t := &linkTable{from: h}
	if t.links, err = f.links(h); err != nil {
		return nil, err
	}
	t.names = make([]string, 0, len(t.links))
	for name := range t.links {
		t.names = append(t.names, name)
	}
	sort.Strings(t.names)
	f.tables[addr] = t
	return t, nil
}

func kindOf(h header) Kind {
	switch {
	case h.find(msgLayout) != nil:
		return KindDataset
	case h.find(msgSymbolTable) != nil, h.find(msgLinkInfo) != nil, h.find(msgLink) != nil:
		return KindGroup
	}
	return KindOther
}

// Names lists the group's links in sorted order, dangling ones included. The caller owns the slice.
func (g *Group) Names() []string { return append([]string(nil), g.names...) }

// Has reports whether the group has a link of that name. It does not follow it.
func (g *Group) Has(name string) bool {
	_, ok := g.links[name]
	return ok
}

// Kind returns the kind of the object at a path below the group.
func (g *Group) Kind(path string) (Kind, error) {
	t, err := g.resolve(path)
	if err != nil {
		return KindOther, err
	}
	h, err := g.f.readHeader(t.addr)
	if err != nil {
		return KindOther, g.f.wrap(t.path, err)
	}
	return kindOf(h), nil
}

// Group opens the group at a path below this one, or from the root if the path
// begins with a slash. A group that contains itself, by hard or soft links, is
// an error.
func (g *Group) Group(path string) (*Group, error) {
	t, err := g.resolve(path)
	if err != nil {
		return nil, err
	}
	child, err := g.f.openGroup(t.addr, t.parent, t.path)
	if err != nil {
		return nil, g.f.wrap(t.path, err)
	}
	return child, nil
}

// Dataset opens the dataset at a path below the group, or from the root if the
// path begins with a slash. Its elements are read when they are asked for.
func (g *Group) Dataset(path string) (*Dataset, error) {
	t, err := g.resolve(path)
	if err != nil {
		return nil, err
	}
	d, err := g.f.openDataset(t.addr, t.path)
	if err != nil {
		return nil, g.f.wrap(t.path, err)
	}
	return d, nil
}

// target is the object at a path.
type target struct {
	addr   uint64
	parent *Group // nil for the root
	path   string
}

func (g *Group) resolve(path string) (target, error) {
	hops := 0
	t, err := g.follow(path, &hops)
	if err != nil {
		return target{}, g.f.wrap(join(g.path, path), err)
	}
	return t, nil
}

// join appends to an object path.
func join(dir, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return strings.TrimSuffix(dir, "/") + "/" + name
}

// follow walks the parts of a path. A soft link in it is followed from its own group, and its
// target counts as that group's child.
func (g *Group) follow(path string, hops *int) (target, error) {
	at := target{g.addr, g.parent, g.path}
	cur := g
	if strings.HasPrefix(path, "/") {
		cur = g.f.root
		at = target{cur.addr, nil, "/"}
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." {
			continue
		}
		if cur == nil {
			var err error
			if cur, err = g.f.openGroup(at.addr, at.parent, at.path); err != nil {
				return target{}, err
			}
		}
		addr, err := cur.child(part, hops)
		if err != nil {
			return target{}, err
		}
		at = target{addr, cur, join(cur.path, part)}
		cur = nil
	}
	return at, nil
}

// child returns the address of the target of a link.
func (g *Group) child(name string, hops *int) (uint64, error) {
	l, ok := g.links[name]
	if !ok {
		return 0, fmt.Errorf("%s has no %q", g.path, name)
	}
	switch l.kind {
	case hardLink:
		return l.addr, nil
	case externalLink:
		return 0, fmt.Errorf("a link to another file, %q: external links are not followed",
			l.target)
	case otherLink:
		return 0, errors.New("a link of a user-defined type")
	}
	if *hops++; *hops > maxHops {
		return 0, fmt.Errorf("more than %d soft links: they form a cycle", maxHops)
	}
	t, err := g.follow(l.target, hops)
	if err != nil {
		return 0, fmt.Errorf("soft link to %q: %w", l.target, err)
	}
	return t.addr, nil
}
