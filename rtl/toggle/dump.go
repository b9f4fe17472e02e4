package toggle

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Changes counts the changes of a net.
type Changes struct{ Rises, Falls int64 }

// Dump has the changes of the nets of one scope by name: name or name[bit].
type Dump struct {
	nets map[string]*wire
}

// wire is a bit of a dump.
type wire struct {
	Changes
	value byte // '0', '1', or what is neither
}

// ReadDump counts the changes of the nets of a scope in a value change dump. Changes from or to a
// value other than 0 and 1 do not count.
func ReadDump(path, scope string) (*Dump, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dump: %w", err)
	}
	defer file.Close()
	d, err := parseDump(file, scope)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

func parseDump(from io.Reader, scope string) (*Dump, error) {
	d := &Dump{nets: map[string]*wire{}}
	in := bufio.NewScanner(from)
	in.Buffer(make([]byte, 1<<16), 1<<20)
	codes, err := d.head(in, scope)
	if err != nil {
		return nil, err
	}
	for in.Scan() {
		line := in.Text()
		if line == "" {
			continue
		}
		switch line[0] {
		case '0', '1', 'x', 'z', 'X', 'Z':
			for _, w := range codes[line[1:]] {
				w.set(line[0])
			}
		case 'b', 'B':
			digits, code, _ := strings.Cut(line[1:], " ")
			setAll(codes[code], digits)
		}
	}
	return d, in.Err()
}

// head reads the declarations of a dump: the bits of each code, the least first.
func (d *Dump) head(in *bufio.Scanner, scope string) (map[string][]*wire, error) {
	codes := map[string][]*wire{}
	var scopes []string
	for in.Scan() {
		words := strings.Fields(in.Text())
		if len(words) == 0 {
			continue
		}
		switch {
		case words[0] == "$scope" && len(words) >= 3:
			scopes = append(scopes, words[2])
		case words[0] == "$upscope" && len(scopes) > 0:
			scopes = scopes[:len(scopes)-1]
		case words[0] == "$enddefinitions":
			if len(codes) == 0 {
				return nil, fmt.Errorf("no nets in scope %s", scope)
			}
			return codes, nil
		case words[0] == "$var" && len(words) >= 6 && strings.Join(scopes, ".") == scope:
			if err := d.declare(codes, words); err != nil {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("no value change dump: its declarations do not end")
}

// declare adds $var kind size code name [range] $end.
func (d *Dump) declare(codes map[string][]*wire, words []string) error {
	size, err := strconv.Atoi(words[2])
	if err != nil || size < 1 || size > 1<<16 {
		return fmt.Errorf("net %s has size %q", words[4], words[2])
	}
	code, name := words[3], strings.TrimPrefix(words[4], `\`)
	if len(codes[code]) == 0 {
		for range size {
			codes[code] = append(codes[code], &wire{value: 'x'})
		}
	}
	for bit, w := range codes[code][:min(size, len(codes[code]))] {
		full := name
		if size > 1 {
			full = name + "[" + strconv.Itoa(bit) + "]"
		} else if strings.HasPrefix(words[5], "[") {
			full += words[5]
		}
		d.nets[full] = w
	}
	return nil
}

// setAll sets the values of bits; missing high digits repeat the highest, except a 1, which is
// extended by zeros.
func setAll(bits []*wire, digits string) {
	for k, w := range bits {
		at := len(digits) - 1 - k
		switch {
		case at >= 0:
			w.set(digits[at])
		case len(digits) > 0 && digits[0] != '1':
			w.set(digits[0])
		default:
			w.set('0')
		}
	}
}

func (w *wire) set(value byte) {
	switch {
	case w.value == '0' && value == '1':
		w.Rises++
	case w.value == '1' && value == '0':
		w.Falls++
	}
	w.value = value
}
