package npz

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parseHeader reads the header's Python dictionary: exactly the keys descr,
// fortran_order and shape, in any order.
func parseHeader(text string) (header, error) {
	var h header
	var descr string
	var err error
	p := literal{rest: strings.TrimRight(text, " \n\x00")}
	seen := map[string]bool{}
	if err := p.expect('{'); err != nil {
		return h, err
	}
	for !p.accept('}') {
		key, err := p.str()
		if err != nil {
			return h, err
		}
		if seen[key] {
			return h, fmt.Errorf("key %q occurs twice", key)
		}
		seen[key] = true
		if err := p.expect(':'); err != nil {
			return h, err
		}
		switch key {
		case "descr":
			if p.at('[') {
				h.record, err = p.record()
			} else {
				descr, err = p.descr()
			}
		case "fortran_order":
			h.fortran, err = p.boolean()
		case "shape":
			h.shape, err = p.tuple()
		default:
			err = fmt.Errorf("unknown key %q", key)
		}
		if err != nil {
			return h, err
		}
		if !p.accept(',') && !p.at('}') {
			return h, errors.New("expected a comma or the end of the dictionary")
		}
	}
	if p.skip(); p.rest != "" {
		return h, fmt.Errorf("%d bytes after the dictionary", len(p.rest))
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return h, fmt.Errorf("key %q is missing", key)
		}
	}
	if h.record != nil {
		h.item = h.record.Size
		return h, h.sizes()
	}
	if h.layout, err = parseDescr(descr); err != nil {
		return h, err
	}
	return h, h.sizes()
}

// literal scans the few Python literals that a header is made of.
type literal struct{ rest string }

func (p *literal) skip() { p.rest = strings.TrimLeft(p.rest, " \t\n") }

func (p *literal) at(c byte) bool {
	p.skip()
	return p.rest != "" && p.rest[0] == c
}

func (p *literal) accept(c byte) bool {
	if !p.at(c) {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *literal) expect(c byte) error {
	if !p.accept(c) {
		return fmt.Errorf("expected %q", c)
	}
	return nil
}

// str reads a quoted string. Type strings and keys need no escapes.
func (p *literal) str() (string, error) {
	p.skip()
	if p.rest == "" || (p.rest[0] != '\'' && p.rest[0] != '"') {
		return "", errors.New("expected a string")
	}
	quote := p.rest[0]
	end := strings.IndexByte(p.rest[1:], quote)
	if end < 0 {
		return "", errors.New("unterminated string")
	}
	s := p.rest[1 : 1+end]
	p.rest = p.rest[2+end:]
	return s, nil
}

// descr reads a type string.
func (p *literal) descr() (string, error) {
	if p.at('(') {
		return "", errors.New("types of several elements are not supported: save an array with " +
			"one more axis")
	}
	return p.str()
}

func (p *literal) boolean() (bool, error) {
	p.skip()
	for _, v := range []struct {
		word  string
		value bool
	}{{"True", true}, {"False", false}} {
		if rest, ok := strings.CutPrefix(p.rest, v.word); ok {
			p.rest = rest
			return v.value, nil
		}
	}
	return false, errors.New("fortran_order is neither True nor False")
}

// tuple reads a shape: "()", "(3,)", "(3, 4)".
func (p *literal) tuple() ([]int, error) {
	if err := p.expect('('); err != nil {
		return nil, err
	}
	shape := []int{}
	for !p.accept(')') {
		if len(shape) == maxDims {
			return nil, fmt.Errorf("more than %d dimensions", maxDims)
		}
		d, err := p.integer()
		if err != nil {
			return nil, err
		}
		shape = append(shape, d)
		if !p.accept(',') && !p.at(')') {
			return nil, errors.New("expected a comma or the end of the shape")
		}
	}
	return shape, nil
}

// integer reads a dimension; Python 2 wrote long ones with a trailing L.
func (p *literal) integer() (int, error) {
	p.skip()
	n := 0
	for n < len(p.rest) && p.rest[n] >= '0' && p.rest[n] <= '9' {
		n++
	}
	d, err := strconv.Atoi(p.rest[:n])
	if err != nil {
		return 0, errors.New("a dimension is not a whole number, or is too large")
	}
	p.rest = strings.TrimPrefix(p.rest[n:], "L")
	return d, nil
}
