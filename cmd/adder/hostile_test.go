package main

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
	"adder/layout"
)

// twoLayers is a case with everything that images have rows, axons and segments for.
const twoLayers = `
name: two
input: {size: 2}
populations:
  - {name: a, size: 3, vth: 2, dv: 10}
  - {name: b, size: 2, vth: 2, dv: 10, depth: 1}
connections:
  - {from: input, to: a, weights: [[100, 0], [0, 100], [50, -50]], delay: 1}
  - {from: a, to: b, weights: [[100, 20, 30], [-10, 0, 60]], delay: 1}
`

// places lists the integers of a value, the first two of each list.
func places(v reflect.Value, out []reflect.Value) []reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out = places(v.Elem(), out)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out = places(v.Field(i), out)
		}
	case reflect.Slice:
		for i := range min(v.Len(), 2) {
			out = places(v.Index(i), out)
		}
	default:
		if v.CanInt() || v.CanUint() {
			out = append(out, v)
		}
	}
	return out
}

// put sets an integer to what its type makes of x.
func put(v reflect.Value, x int64) {
	if v.CanUint() {
		v.SetUint(uint64(x) & (1<<v.Type().Bits() - 1))
		return
	}
	shift := 64 - v.Type().Bits()
	v.SetInt(x << shift >> shift)
}

// smallImage is the image of twoLayers, and spikes for it.
func smallImage(t testing.TB) (image, spikes string) {
	dir := t.TempDir()
	save := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	l, err := (&app{}).openCase(context.Background(), save("two.yaml", twoLayers),
		&modelFlags{chip: defaultChip})
	require.NoError(t, err)
	image = filepath.Join(dir, "two.adder")
	require.NoError(t, layout.Save(image, l.image))
	return image, save("in.csv", "sample,tick,source\n0,0,0\n0,1,1\n0,2,0\n")
}

// useAccepted sets one integer of the image and, where the image is accepted still, has
// inspect, and the commands of uses, use it: it may be refused, but nothing panics.
func useAccepted(t testing.TB, image, spikes string, place int, x int64,
	uses ...[]string) (accepted bool) {
	img, err := layout.Open(image)
	require.NoError(t, err)
	all := places(reflect.ValueOf(img), nil)
	put(all[place%len(all)], x)
	path := filepath.Join(t.TempDir(), "changed.adder")
	if layout.Save(path, img) != nil {
		return false
	}
	for _, words := range append([][]string{{"inspect"}}, uses...) {
		r := runCommand(append([]string{words[0], path}, words[1:]...)...)
		require.Contains(t, []int{exitDone, exitLimit, exitUsage}, r.code)
	}
	return true
}

// usesOf are commands that run an image on spikes, the dearest last.
func usesOf(spikes string) [][]string {
	return [][]string{
		{"run", "--spikes", spikes, "--ticks", "4", "--json"},
		{"run", "--spikes", spikes, "--ticks", "4", "--engine", "cycle", "--by", "core"},
		{"inspect", "--json"},
		{"bench", "--spikes", spikes, "--ticks", "4", "--energy", "45nm", "--json"},
	}
}

// TestAcceptedImages sets each integer of an image to a number that points nowhere, and
// uses it in a way: with data from outside, to three numbers and in all ways.
func TestAcceptedImages(t *testing.T) {
	image, spikes := smallImage(t)
	img, err := layout.Open(image)
	require.NoError(t, err)
	uses, accepted := usesOf(spikes), 0
	for place := range places(reflect.ValueOf(img), nil) {
		for i, x := range []int64{-1, 1 << 24, math.MinInt64 | math.MinInt32} {
			some := uses
			if os.Getenv(outside.Variable) == "" || testing.Short() {
				if i != place%3 {
					continue
				}
				some = uses[place%4:][:1]
				if place%4 == 3 && place%16 != 3 {
					some = nil
				}
			}
			if useAccepted(t, image, spikes, place, x, some...) {
				accepted++
			}
		}
	}
	require.Greater(t, accepted, 50)
}

// FuzzAcceptedImage looks for one integer of an accepted image that breaks a command.
func FuzzAcceptedImage(f *testing.F) {
	image, spikes := smallImage(f)
	for place, x := range []int64{0, 1, -1, 1 << 24, math.MaxInt32, math.MinInt32} {
		f.Add(uint16(place), x)
	}
	f.Fuzz(func(t *testing.T, place uint16, x int64) {
		useAccepted(t, image, spikes, int(place), x, usesOf(spikes)...)
	})
}

// TestFoundImages inspects an image with right checksums that once broke it.
func TestFoundImages(t *testing.T) {
	r := runCommand("inspect", filepath.Join(outside.Folder(t, "finds"), "hostile",
		"inspect_panic.adder"))
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "axon 0 names row 16777216: there are 4")
}
