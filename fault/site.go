package fault

import (
	"fmt"
	"strconv"
	"strings"

	"adder/router"
)

// Tile is a place on the mesh, written X:Y.
type Tile struct{ X, Y int16 }

// Neuron is a neuron by the coordinates of its core and its index there, written X:Y:N.
type Neuron struct {
	Tile
	N int32
}

// Link joins a tile and its neighbour in a direction, both ways, written X:Y:east.
type Link struct {
	Tile
	Dir router.Direction
}

// String is X:Y.
func (t Tile) String() string { return fmt.Sprintf("%d:%d", t.X, t.Y) }

// String is X:Y:N.
func (n Neuron) String() string { return fmt.Sprintf("%s:%d", n.Tile, n.N) }

// String is X:Y:east.
func (l Link) String() string { return fmt.Sprintf("%s:%s", l.Tile, l.Dir) }

// MarshalText implements encoding.TextMarshaler, for JSON.
func (t Tile) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalText implements encoding.TextMarshaler, for JSON.
func (n Neuron) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// MarshalText implements encoding.TextMarshaler, for JSON.
func (l Link) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler, for YAML.
func (t *Tile) UnmarshalText(text []byte) error {
	at, rest, err := cutTile(string(text))
	if err != nil || len(rest) != 0 {
		return fmt.Errorf("%q: a core is X:Y, such as 3:1", text)
	}
	*t = at
	return nil
}

// UnmarshalText implements encoding.TextUnmarshaler, for YAML.
func (n *Neuron) UnmarshalText(text []byte) error {
	wrong := fmt.Errorf("%q: a neuron is X:Y:N, the place of its core and its number there, such "+
		"as 3:1:17", text)
	at, rest, err := cutTile(string(text))
	if err != nil || len(rest) != 1 {
		return wrong
	}
	number, err := strconv.ParseUint(rest[0], 10, 31)
	if err != nil {
		return wrong
	}
	*n = Neuron{at, int32(number)}
	return nil
}

// UnmarshalText implements encoding.TextUnmarshaler, for YAML.
func (l *Link) UnmarshalText(text []byte) error {
	at, rest, err := cutTile(string(text))
	if err == nil && len(rest) == 1 {
		for dir := router.East; dir <= router.South; dir++ {
			if dir.String() == rest[0] {
				*l = Link{at, dir}
				return nil
			}
		}
	}
	return fmt.Errorf("%q: a link is X:Y:DIRECTION, with east, west, north or south, such as "+
		"3:1:east", text)
}

// cutTile reads the place that a text begins with, and returns what follows it.
func cutTile(text string) (at Tile, rest []string, err error) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 {
		return at, nil, strconv.ErrSyntax
	}
	for i, to := range []*int16{&at.X, &at.Y} {
		n, err := strconv.ParseUint(parts[i], 10, 15)
		if err != nil {
			return at, nil, err
		}
		*to = int16(n)
	}
	return at, parts[2:], nil
}

// coord is the tile as the mesh has it.
func (t Tile) coord() router.Coord { return router.Coord{X: t.X, Y: t.Y} }

// sites reads a list with + between its elements.
func sites[T any, P interface {
	*T
	UnmarshalText([]byte) error
}](text string, into *[]T) error {
	for _, one := range strings.Split(text, "+") {
		var site T
		if err := P(&site).UnmarshalText([]byte(one)); err != nil {
			return err
		}
		*into = append(*into, site)
	}
	return nil
}
