package checkpoint

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func facts() []Fact { return []Fact{{"seed", "1"}, {"ticks", "16"}} }

func TestKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.ckpt")
	f, err := Open(path, facts())
	require.NoError(t, err)
	require.Nil(t, f.Part("SNN"))
	require.NoError(t, f.Keep(map[string][]byte{"SNN": []byte("one"), "ANN": {}}))
	require.NoError(t, f.Keep(map[string][]byte{"SNN": []byte("two")}))

	again, err := Open(path, facts())
	require.NoError(t, err)
	require.Equal(t, "two", string(again.Part("SNN")))
	require.NotNil(t, again.Part("ANN"))
	require.Empty(t, again.Part("ANN"))
}

// TestOtherRuns: the file of another run is refused with all that differs.
func TestOtherRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.ckpt")
	f, err := Open(path, facts())
	require.NoError(t, err)
	require.NoError(t, f.Keep(nil))
	_, err = Open(path, []Fact{{"seed", "2"}, {"fault", "flip=1"}})
	require.ErrorContains(t, err, "belongs to another run: seed: here 2, there 1; fault: here "+
		"flip=1, there nothing; ticks: here nothing, there 16")
}

// TestDamage: each bit that flips, and each byte that is cut off, is seen.
func TestDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.ckpt")
	f, err := Open(path, facts())
	require.NoError(t, err)
	require.NoError(t, f.Keep(map[string][]byte{"SNN": []byte("state")}))
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	refused := func(data []byte) {
		require.NoError(t, os.WriteFile(path, data, 0o666))
		_, err := Open(path, facts())
		require.ErrorContains(t, err, path)
	}
	for i := range whole {
		damaged := append([]byte(nil), whole...)
		damaged[i] ^= 1 << (i % 8)
		refused(damaged)
		refused(whole[:i])
	}
	refused(append(whole, 0))
	_, err = Open(t.TempDir(), facts())
	require.ErrorContains(t, err, "is no file")
}

// FuzzDecode: whatever the bytes, reading them is an error or gives parts that are written
// as the same bytes. The checksum is set right, which no chance would.
func FuzzDecode(f *testing.F) {
	for _, parts := range []map[string][]byte{nil, {"SNN": []byte("state")},
		{"a": {}, "b": {1, 2}}} {
		data, err := encode(facts(), parts)
		require.NoError(f, err)
		f.Add(data[:len(data)-32])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		have, parts, err := decode(sealed(slices.Clone(body)))
		if err != nil {
			return
		}
		again, err := encode(have, parts)
		require.NoError(t, err)
		back, others, err := decode(again)
		require.NoError(t, err)
		require.Equal(t, have, back)
		require.Equal(t, parts, others)
	})
}
