package yamlguard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"adder/internal/outside"
)

func TestCheck(t *testing.T) {
	deep := strings.Repeat
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"mappings and lists", "a: 1\nabcd: {b: [1, [2, 3]], c: {}}\nabcdefgh:\n  - x: 1\n    " +
			"yy: 2\n  - {x: 1}\nb:\n- 1\n- 2\n", ""},
		{"many keys of growing length", growing(100), ""},
		{"brackets in texts", "a: '" + deep("[", 99) + "'\n# " + deep("{", 99) + "\nb: |\n  " +
			deep("- ", 99) + "\n", ""},
		{"closed again", deep("- [[]]\n", 99), ""},
		{"tag", "a: !!str 1\n", ""},
		{"32 brackets", deep("[", 32) + deep("]", 32), ""},
		{"33 brackets", "a:\n" + deep(" ", 2) + deep("[", 33),
			"line 2: lists and mappings are nested deeper than 32"},
		{"bombs of brackets", deep("[", 65000),
			"line 1: lists and mappings are nested deeper than 32"},
		{"braces", deep("{a: ", 16000), "line 1: lists and mappings are nested deeper than 32"},
		{"brackets that texts close", deep(`["]",`, 9999),
			"line 1: lists and mappings are nested deeper than 32"},
		{"lists in a line", deep("- ", 30000),
			"line 1: lists and mappings are nested deeper than 32"},
		{"keys in a line", deep("a: ", 20000),
			"line 1: lists and mappings are nested deeper than 32"},
		{"question marks", deep("? ", 30000),
			"line 1: lists and mappings are nested deeper than 32"},
		{"lines further in", staircase(200),
			"line 33: lists and mappings are nested deeper than 32"},
		{"alias", "a: &x 1\nb: *x\n", "line 1: anchors and aliases (& and *) are not read: write " +
			"the value out in each place"},
		{"alias of nothing", "b: 1\na: *x\n", "line 2: anchors and aliases (& and *) are not " +
			"read: write the value out in each place"},
		{"tags", "a: " + deep("!a ", 20000), "line 1: a tag follows a tag: a value has one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Check([]byte(c.text))
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, c.want)
		})
	}
}

func growing(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("k", i+1) + ": 1\n")
	}
	return b.String()
}

func staircase(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	require.NoError(t, os.WriteFile(path, []byte("a: 1"), 0o644))
	text, err := Read(path, 4)
	require.NoError(t, err)
	require.Equal(t, "a: 1", string(text))
	_, err = Read(path, 3)
	require.EqualError(t, err, path+": 4 bytes: such a file has at most 3")
	_, err = Read(path+"none", 3)
	require.ErrorIs(t, err, os.ErrNotExist)
	if _, err := os.Stat("/dev/zero"); err == nil {
		_, err = Read("/dev/zero", 1000)
		require.EqualError(t, err, "/dev/zero: such a file has at most 1000 bytes")
	}
	// A file of 12 GB that takes no room on the disk.
	require.NoError(t, os.Truncate(path, 12<<30))
	_, err = Read(path, 1<<20)
	require.EqualError(t, err, path+": 12884901888 bytes: such a file has at most 1048576")
}

// TestFound reads a bomb that was found: 510 bytes of aliases.
func TestFound(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(outside.Folder(t, "finds"), "hostile",
		"alias_bomb_case.yaml"))
	require.NoError(t, err)
	var fault *Fault
	require.ErrorAs(t, Check(text), &fault)
	require.Contains(t, fault.Problem, "anchors and aliases")
}

// FuzzCheck has the parser read what passes, in time.
func FuzzCheck(f *testing.F) {
	for _, text := range []string{"a: [1, {b: 2}]", "- - - 1", "? a\n: b", "a: &x [*x]",
		"a: |\n  b\n", "!!str a: 'b'", growing(9), staircase(40)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 64<<10 || Check(text) != nil {
			return
		}
		begin := time.Now()
		func() {
			// who calls the parser takes a panic for a fault of the text
			defer func() { _ = recover() }()
			var v any
			_ = yaml.Unmarshal(text, &v)
		}()
		if took := time.Since(begin); took > 20*time.Second {
			t.Fatalf("%d bytes took %v", len(text), took)
		}
	})
}
