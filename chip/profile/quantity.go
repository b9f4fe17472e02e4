package profile

import (
	"fmt"
	"math/big"
	"strings"
)

// unit is a unit that a quantity may have, as a multiple of the base unit in
// which the profile keeps it.
type unit struct {
	name   string
	factor int64
}

// dimension lists the units that will do for a kind of quantity, largest
// first, and an example for messages.
type dimension struct {
	what    string
	example string
	units   []unit
}

// The prefixes k, M and G are powers of 1000, Ki, Mi and Gi powers of 1024.
// KB is taken as kB, since files have both.
func memory() dimension {
	return dimension{what: "an amount of memory", example: "8 Mibit or 128 KiB", units: []unit{
		{"GiB", 8 << 30}, {"GB", 8e9}, {"Gibit", 1 << 30}, {"Gbit", 1e9},
		{"MiB", 8 << 20}, {"MB", 8e6}, {"Mibit", 1 << 20}, {"Mbit", 1e6},
		{"KiB", 8 << 10}, {"kB", 8e3}, {"KB", 8e3}, {"Kibit", 1 << 10}, {"kbit", 1e3},
		{"B", 8}, {"bit", 1},
	}}
}

func frequency() dimension {
	return dimension{what: "a frequency", example: "500 MHz", units: []unit{
		{"THz", 1e12}, {"GHz", 1e9}, {"MHz", 1e6}, {"kHz", 1e3}, {"Hz", 1},
	}}
}

func power() dimension {
	return dimension{what: "a power", example: "104 mW", units: []unit{
		{"W", 1e9}, {"mW", 1e6}, {"uW", 1e3}, {"nW", 1},
	}}
}

// duration is kept in picoseconds.
func duration() dimension {
	return dimension{what: "a time", example: "2 cycles or 2.1 ns", units: []unit{
		{"s", 1e12}, {"ms", 1e9}, {"us", 1e6}, {"ns", 1e3}, {"ps", 1},
	}}
}

func (d *dimension) unit(name string) (unit, bool) {
	for _, u := range d.units {
		if u.name == name {
			return u, true
		}
	}
	return unit{}, false
}

func (d *dimension) names() string {
	names := make([]string, len(d.units))
	for i, u := range d.units {
		names[i] = u.name
	}
	return strings.Join(names, ", ")
}

// parse converts "1.5 GHz" to base units. The error says what is wrong and
// what to write instead.
func (d *dimension) parse(text string) (int64, error) {
	number, name := splitUnit(text)
	if name == "" {
		return 0, fmt.Errorf("%q has no unit: write %s, e.g. %s (units: %s)", text, d.what,
			d.example, d.names())
	}
	u, ok := d.unit(name)
	if !ok {
		return 0, fmt.Errorf("unit %q does not measure %s: write e.g. %s (units: %s)", name, d.what,
			d.example, d.names())
	}
	value, err := exact(number)
	if err != nil {
		return 0, err
	}
	value.Mul(value, new(big.Rat).SetInt64(u.factor))
	if !value.IsInt() {
		return 0, fmt.Errorf("%q is not a whole number of %s: write a multiple of 1 %s", text,
			d.base(), d.base())
	}
	if !value.Num().IsInt64() {
		return 0, fmt.Errorf("%q is too large: write less than %s", text, d.format(1<<63-1))
	}
	return value.Num().Int64(), nil
}

func (d *dimension) base() string { return d.units[len(d.units)-1].name }

// format writes a value in the largest unit that holds it without a fraction.
// Memory is shown in bits.
func (d *dimension) format(value int64) string {
	for _, u := range d.units {
		if strings.HasSuffix(u.name, "B") {
			continue
		}
		if value != 0 && value%u.factor == 0 {
			return fmt.Sprintf("%d %s", value/u.factor, u.name)
		}
	}
	return fmt.Sprintf("%d %s", value, d.base())
}

// splitUnit cuts "128 KiB" and "128KiB" into number and unit.
func splitUnit(text string) (number, unit string) {
	text = strings.TrimSpace(text)
	end := strings.IndexFunc(text, func(r rune) bool {
		return !strings.ContainsRune("+-.0123456789", r)
	})
	if end < 0 {
		return text, ""
	}
	return text[:end], strings.TrimSpace(text[end:])
}

// maxDigits bounds a number's text: enough for every value that fits, and
// cheap for one that does not.
const maxDigits = 32

// exact reads a plain non-negative decimal number: digits with at most one
// point between them.
func exact(number string) (*big.Rat, error) {
	whole, fraction, point := strings.Cut(number, ".")
	if whole == "" || (point && fraction == "") ||
		strings.Trim(whole+fraction, "0123456789") != "" {
		return nil, fmt.Errorf("%q is not a plain number: write digits with at most one point, "+
			"e.g. 2.1", number)
	}
	if len(number) > maxDigits {
		return nil, fmt.Errorf("a number of %d digits is too long: write at most %d", len(number),
			maxDigits)
	}
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		return nil, fmt.Errorf("%q is not a plain number: write digits with at most one point, "+
			"e.g. 2.1", number)
	}
	return value, nil
}

// toCycles converts "3 cycles" and "2.1 ns" to periods of a clock in Hz.
func toCycles(text string, clock int64) (Cycles, error) {
	number, name := splitUnit(text)
	if name == "cycle" || name == "cycles" {
		value, err := exact(number)
		switch {
		case err != nil:
			return 0, err
		case !value.IsInt():
			return 0, fmt.Errorf(
				"%q is not a whole number of cycles: round it, or use a faster clock", text)
		case !value.Num().IsInt64():
			return 0, fmt.Errorf("%q is too large: write at most %d cycles", text, int64(maxCycles))
		}
		return Cycles(value.Num().Int64()), nil
	}
	d := duration()
	ps, err := d.parse(text)
	if err != nil {
		return 0, fmt.Errorf("%w; or a number of cycles", err)
	}
	periods := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(ps), big.NewInt(clock)),
		big.NewInt(1e12))
	if !periods.IsInt() {
		f := frequency()
		return 0, fmt.Errorf("%q is not a whole number of cycles at %s: round it to a cycle, or "+
			"state a faster clock", text, f.format(clock))
	}
	if !periods.Num().IsInt64() {
		return 0, fmt.Errorf("%q is too large: write at most %d cycles", text, int64(maxCycles))
	}
	return Cycles(periods.Num().Int64()), nil
}

// showCycles writes periods of a clock in Hz with the time they take.
func showCycles(c Cycles, clock int64) string {
	ns := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(c)), big.NewInt(1e9)),
		big.NewInt(max(clock, 1)))
	text := strings.TrimRight(strings.TrimRight(ns.FloatString(3), "0"), ".")
	return fmt.Sprintf("%s (%s ns)", count(int(c), "cycles"), text)
}
