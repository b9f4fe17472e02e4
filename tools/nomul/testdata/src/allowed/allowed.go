// Package allowed is guarded and uses everything that a guarded package may.
package allowed

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sort"
	"strings"

	"github.com/emirpasic/gods/v2/queues/priorityqueue"
)

// Constants are worked out by the compiler: any operator, integers only.
const (
	width = 16 * 4
	half  = width / 2
	left  = width % 7
)

var table [width * half]int32

type word uint32

// ErrFull is an error.
var ErrFull = errors.New("full")

func shifts(p *int, x, k int) int {
	*p = x<<k | x>>1
	x += 3 * 5
	return -x + *p&^1 ^ (width - 1)
}

func generic[T cmp.Ordered](a, b T) T { return max(a, b) }

func use(q *priorityqueue.Queue[word], b []byte) error {
	q.Enqueue(word(bits.TrailingZeros64(7)) + generic(word(1), 2))
	sum, carry := bits.Add64(1, 1<<64-1, 0)
	words := []word{1, 2, half * 2}
	slices.Sort(words)
	i := sort.Search(len(words), func(i int) bool { return words[i] > word(sum+carry) })
	binary.LittleEndian.PutUint32(b, uint32(table[i]))
	var text strings.Builder
	text.WriteString("at")
	var p *int = &i
	if shifts(p, left, 2) < 0 {
		return fmt.Errorf("%s %d: %w", text.String(), *p, ErrFull)
	}
	return nil
}

func queue() *priorityqueue.Queue[word] { return priorityqueue.NewWith(cmp.Compare[word]) }
