package layout

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// endless is a device that always has more.
type endless struct{ io.Reader }

func (e endless) Read(b []byte) (int, error) {
	if n, err := e.Reader.Read(b); err == nil {
		return n, nil
	}
	clear(b)
	return len(b), nil
}

// TestEndlessInputs are read no further than an image says it is long.
func TestEndlessInputs(t *testing.T) {
	_, err := Read(endless{bytes.NewReader(nil)}, "zero")
	require.Error(t, err)
	good := encodeBytes(smallImage(), true)
	_, err = Read(endless{bytes.NewReader(good)}, "more")
	require.Error(t, err)
	_, err = Read(bytes.NewReader(good), "good")
	require.NoError(t, err)
	_, err = Read(bytes.NewReader(good[:20]), "cut")
	require.Error(t, err)
}
