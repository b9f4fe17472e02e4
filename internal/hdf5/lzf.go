package hdf5

import (
	"errors"
	"fmt"
)

// lzfRatio is the most that LZF can expand: three bytes expand to 264.
const lzfRatio = 88

var errLZF = errors.New("lzf: the data is damaged")

// lzf expands the LZF format of LibLZF: a control byte below 32 announces that
// many literal bytes and one; otherwise its high three bits are a length (7:
// more in the next byte) and its low five, with one more byte, the distance of
// a copy. The result has at most limit bytes.
func lzf(b []byte, limit int) ([]byte, error) {
	out := make([]byte, 0, min(limit, len(b)*lzfRatio))
	for len(b) > 0 {
		ctrl := int(b[0])
		b = b[1:]
		if ctrl < 32 {
			n := ctrl + 1
			if n > len(b) {
				return nil, errLZF
			}
			out = append(out, b[:n]...)
			b = b[n:]
		} else {
			n := ctrl>>5 + 2
			if n == 9 && len(b) > 0 {
				n += int(b[0])
				b = b[1:]
			}
			if len(b) == 0 {
				return nil, errLZF
			}
			from := len(out) - (ctrl&31<<8 | int(b[0])) - 1
			b = b[1:]
			if from < 0 {
				return nil, errLZF
			}
			for i := range n { // the copy may overlap what it makes
				out = append(out, out[from+i])
			}
		}
		if len(out) > limit {
			return nil, fmt.Errorf("lzf: more than %d bytes", limit)
		}
	}
	return out, nil
}
