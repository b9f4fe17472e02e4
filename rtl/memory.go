package rtl

import (
	"bufio"
	"fmt"
	"io"
	"math/big"
)

// memory is a file of hexadecimal words, one a line.
type memory struct {
	name  string
	width int
	words []*big.Int
}

// word packs fields into a word, the first into its lowest bits.
type word struct {
	value big.Int
	at    uint
}

// put adds a field of so many bits above those before; a negative value is in two's complement.
func (w *word) put(value int64, bits int) *word {
	field := big.NewInt(value)
	field.And(field, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(bits)), big.NewInt(1)))
	w.value.Or(&w.value, field.Lsh(field, w.at))
	w.at += uint(bits)
	return w
}

// add appends a word, and gives its address.
func (m *memory) add(w *word) int {
	m.words = append(m.words, new(big.Int).Set(&w.value))
	m.width = max(m.width, int(w.at))
	return len(m.words) - 1
}

// depth is the number of words, at least one.
func (m *memory) depth() int { return max(len(m.words), 1) }

func (m *memory) write(to io.Writer) error {
	out := bufio.NewWriter(to)
	digits := (max(m.width, 1) + 3) / 4
	for _, w := range m.words {
		fmt.Fprintf(out, "%0*x\n", digits, w)
	}
	if len(m.words) == 0 {
		fmt.Fprintf(out, "%0*x\n", digits, 0)
	}
	return out.Flush()
}
