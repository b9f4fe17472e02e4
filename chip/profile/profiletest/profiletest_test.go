package profiletest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip/profile/profiletest"
)

// small has what a profile has: comments, sections in sections, texts of several lines.
const small = `# a chip
name: small
about: >-
  some words,
  and more
core:
  # [C] some
  neurons: 8
  axons: 9
timing:
  core:
    draw: 2 cycles
    draw_more: 1 cycle
`

func TestChange(t *testing.T) {
	for _, c := range []struct {
		name      string
		fields    profiletest.Fields
		old, made string
	}{
		{"nothing", nil, "", ""},
		{"a number", profiletest.Fields{"neurons": 16}, "neurons: 8", "neurons: 16"},
		{"the shorter of two keys", profiletest.Fields{"draw": "0 cycles"}, "draw: 2", "draw: 0"},
		{"by path", profiletest.Fields{"timing.core.draw": "0 cycles"}, "draw: 2", "draw: 0"},
		{"several lines", profiletest.Fields{"about": "x"}, ">-\n  some words,\n  and more", "x"},
		{"none", profiletest.Fields{"axons": nil}, "  axons: 9\n", ""},
		{"a section", profiletest.Fields{"timing": nil},
			"timing:\n  core:\n    draw: 2 cycles\n    draw_more: 1 cycle\n", ""},
		{"one more", profiletest.Fields{"timing.core.x": true}, "core:\n    draw:",
			"core:\n    x: true\n    draw:"},
		{"at the end", profiletest.Fields{"off_chip": "{}"}, "more: 1 cycle\n",
			"more: 1 cycle\noff_chip: {}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := profiletest.Change([]byte(small), c.fields)
			require.NoError(t, err)
			bare := strings.Replace(small, "# a chip\n", "", 1)
			bare = strings.Replace(bare, "  # [C] some\n", "", 1)
			require.Equal(t, strings.Replace(bare, c.old, c.made, 1), string(got))
		})
	}
	for name, fields := range map[string]profiletest.Fields{
		"the profile has no field x to take out": {"x": nil},
		"the profile has no section mesh":        {"mesh.width": 1},
		"the profile has several fields core":    {"core": 1},
	} {
		_, err := profiletest.Change([]byte(small), fields)
		require.EqualError(t, err, name)
	}
}
