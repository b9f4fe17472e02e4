package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adder/internal/golden"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var sheet = flag.String("sheet", "", "write a picture of generated digits to this PNG file")

// TestDigitsAreTheSameEverywhere holds the generated sets to the bits that were
// published with this version: results on them are only comparable so.
func TestDigitsAreTheSameEverywhere(t *testing.T) {
	var b strings.Builder
	for _, split := range []Split{Train, Test} {
		s, err := Open(DigitsName, split)
		require.NoError(t, err)
		sum := sha256.Sum256(append(encodeImages(s), encodeLabels(s)...))
		b.WriteString(split.String() + " " + hex.EncodeToString(sum[:]) + "\n")
	}
	golden.Equal(t, filepath.Join("testdata", "digits.sha256"), b.String())
}

func TestDigitsShape(t *testing.T) {
	for split, n := range map[Split]int{Train: DigitsTrain, Test: DigitsTest} {
		s, err := Digits(split, DigitsOptions{})
		require.NoError(t, err)
		require.Equal(t, []int{n, 28, 28, 10, n * 784},
			[]int{s.Len(), s.Shape[0], s.Shape[1], s.Classes, len(s.Bytes)})
		require.Equal(t, DigitsName, s.Name)
		require.Equal(t, split, s.Split)
		var perClass [classes]int
		for _, l := range s.Labels {
			perClass[l]++
		}
		for _, k := range perClass {
			require.Equal(t, n/classes, k)
		}
		// About as much ink as MNIST's training images, whose mean is 0.131
		// of full and which touch 0.191 of the pixels: spike counts on one
		// say something about the other.
		var ink, touched float64
		for _, p := range s.Bytes {
			ink += float64(p)
			if p > 0 {
				touched++
			}
		}
		require.InDelta(t, 0.131, ink/255/float64(len(s.Bytes)), 0.02)
		require.InDelta(t, 0.191, touched/float64(len(s.Bytes)), 0.02)
		for i := range s.Len() {
			require.NotEmpty(t, strings.Trim(string(s.Image(i)), "\x00"), "image %d is blank", i)
		}
	}
}

func TestDigitsDependOnSeedSplitAndIndexAlone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		n := rapid.IntRange(1, 40).Draw(rt, "n")
		more := n + rapid.IntRange(0, 20).Draw(rt, "more")
		draw := func(split Split, seed uint64, n int) *Set {
			s, err := Digits(split, DigitsOptions{Seed: seed, Train: n, Test: n})
			require.NoError(rt, err)
			return s
		}
		s := draw(Train, seed, n)
		require.Equal(rt, s, draw(Train, seed, more).Head(n))
		require.NotEqual(rt, s.Bytes, draw(Test, seed, n).Bytes)
		require.NotEqual(rt, s.Bytes, draw(Train, seed+1, n).Bytes)
	})
}

func TestDigitsAreAllDifferent(t *testing.T) {
	seen := map[string]bool{}
	for _, split := range []Split{Train, Test} {
		s, err := Digits(split, DigitsOptions{})
		require.NoError(t, err)
		for i := range s.Len() {
			key := string(s.Image(i))
			if seen[key] {
				require.Fail(t, "an image occurs twice", "the second time as %s image %d", split, i)
			}
			seen[key] = true
		}
	}
}

func TestDigitsRefuseSizes(t *testing.T) {
	_, err := Digits(Train, DigitsOptions{Train: -1})
	require.ErrorContains(t, err, "-1 generated train digits")
	_, err = Digits(Test, DigitsOptions{Test: maxDigits + 1})
	require.ErrorContains(t, err, "generated test digits")
}

func TestSmoothGoesThroughItsPoints(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) point {
			return point{rapid.IntRange(-9000, 9000).Draw(rt, "x"),
				rapid.IntRange(-9000, 9000).Draw(rt, "y")}
		}), 2, 8).Draw(rt, "points")
		line := smooth(nil, pts)
		for _, p := range pts {
			require.Contains(rt, line, p)
		}
	})
}

func TestSqrt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		root := rapid.Int64Range(1, 1<<26-1).Draw(rt, "root")
		require.EqualValues(rt, root, sqrt(root*root))
		require.EqualValues(rt, root-1, sqrt(root*root-1))
	})
}

// TestSheet writes a picture of the first digits, a row per class, to look at.
func TestSheet(t *testing.T) {
	if *sheet == "" {
		t.Skip("no -sheet given")
	}
	s, err := Digits(Train, DigitsOptions{Train: 200})
	require.NoError(t, err)
	img := image.NewGray(image.Rect(0, 0, 20*side, classes*side))
	for i, l := range s.Labels {
		for k, v := range s.Image(i) {
			img.Pix[(int(l)*side+k/side)*img.Stride+i/classes*side+k%side] = v
		}
	}
	f, err := os.Create(*sheet)
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, img))
	require.NoError(t, f.Close())
}

// BenchmarkDigits asks what making the whole default set costs.
func BenchmarkDigits(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for _, split := range []Split{Train, Test} {
			if _, err := Digits(split, DigitsOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkOpen asks what reading packed images costs per byte.
func BenchmarkOpen(b *testing.B) {
	s, err := Digits(Test, DigitsOptions{})
	require.NoError(b, err)
	dir := b.TempDir()
	require.NoError(b, writeIDX(dir, s))
	b.SetBytes(int64(len(s.Bytes)))
	for b.Loop() {
		if _, err := Open(dir, Test); err != nil {
			b.Fatal(err)
		}
	}
}
