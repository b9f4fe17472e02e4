package main

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDataInspect looks into three events of N-MNIST and draws them.
func TestDataInspect(t *testing.T) {
	dir := t.TempDir()
	path, picture := filepath.Join(dir, "a.bin"), filepath.Join(dir, "a.png")
	require.NoError(t, os.WriteFile(path, []byte{3, 4, 0x80, 0, 9, 5, 6, 0, 0, 12, 0, 0, 0, 1, 0},
		0o644))
	r := runCommand("data", "inspect", path, "-o", picture, "--json")
	require.Equal(t, exitDone, r.code, r.err)
	doc := decode(t, r.out)
	for field, want := range map[string]any{
		"format": "N-MNIST", "width": 6.0, "height": 7.0, "events": 3.0, "on": 1.0, "first_us": 9.0,
		"last_us": 256.0,
		"max_x":   5.0, "max_y": 6.0, "ordered": true, "samples": 1.0, "ticks": nil, "sources": nil,
		"picture": picture,
		"notes": []any{"the file does not say how large the sensor is: its size is what the " +
			"events take"},
	} {
		require.Equal(t, want, doc[field], field)
	}
	file, err := os.Open(picture)
	require.NoError(t, err)
	defer file.Close()
	img, err := png.Decode(file)
	require.NoError(t, err)
	require.Equal(t, 6*36, img.Bounds().Dx())
	red, _, blue, _ := img.At(3*36, 4*36).RGBA()
	require.Greater(t, red, blue, "an on event is red")
	red, _, blue, _ = img.At(5*36, 6*36).RGBA()
	require.Greater(t, blue, red, "an off event is blue")

	list := filepath.Join(dir, "a.csv")
	require.NoError(t, os.WriteFile(list, []byte("sample,tick,source\n0,1,2\n3,9,1\n"), 0o644))
	doc = decode(t, runCommand("data", "inspect", list, "--json").out)
	require.Equal(t, 2.0, doc["events"])
	require.Equal(t, 4.0, doc["samples"])
	require.Equal(t, 10.0, doc["ticks"])

	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{dir}, "this is a folder: name one recording in it"},
		{[]string{list, "-o", picture}, "no place on a sensor: there is nothing to draw"},
		{[]string{path, "-o", filepath.Join(dir, "a.gif")}, "end the name in .png"},
		{[]string{filepath.Join(dir, "none.bin")}, "no such file"},
	} {
		r := runCommand(append([]string{"data", "inspect"}, c.args...)...)
		require.Equal(t, exitUsage, r.code, r.err)
		require.Contains(t, r.err, c.want)
	}
}
