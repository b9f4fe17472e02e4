package layout

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
)

// hostile are numbers that overflow, point nowhere or ask for all memory.
var hostile = []uint64{0, 1, 2, 3, 63, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<63 - 1, 1 << 63,
	1<<64 - 1, 1<<64 - 64}

// decodeHostile decodes a file with right checksums, which must not panic, take
// more than a megabyte, or read what would be written differently.
func decodeHostile(t *testing.T, data []byte) error {
	t.Helper()
	reseal(data)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	img, err := decode("hostile.image", data)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20),
		"a small file takes little memory")
	if err != nil {
		var fault *FormatError
		require.ErrorAs(t, err, &fault)
		return err
	}
	require.True(t, bytes.Equal(data, encodeBytes(img, isLittleEndian())))
	return nil
}

// TestHostileContents writes large and negative numbers at every second place of
// every section.
func TestHostileContents(t *testing.T) {
	good := encodeBytes(smallImage(), true)
	require.NoError(t, decodeHostile(t, slices.Clone(good)))
	for at := int(offsets(good)[0]); at+4 <= len(good); at += 2 {
		for _, x := range []uint32{1<<32 - 1, 1<<31 - 1, 1 << 31} {
			data := slices.Clone(good)
			binary.LittleEndian.PutUint32(data[at:], x)
			_ = decodeHostile(t, data) // some are other images
		}
	}
}

// TestHostileTables moves and stretches each section, one number at a time: no
// other table than that which was written fits the file.
func TestHostileTables(t *testing.T) {
	good := encodeBytes(smallImage(), true)
	sections := len(offsets(good))
	values := append(slices.Clone(hostile), uint64(len(good)), uint64(len(good))-64,
		uint64(len(good))+64)
	for i := range sections {
		for _, field := range []int{8, 16} {
			at := headerSize + entrySize*i + field
			was := binary.LittleEndian.Uint64(good[at:])
			for _, x := range append(values, was-1, was+1, was-64, was+64) {
				if x == was {
					continue
				}
				data := slices.Clone(good)
				binary.LittleEndian.PutUint64(data[at:], x)
				require.Error(t, decodeHostile(t, data), "section %d field %d: %d", i, field, x)
			}
		}
	}
	for n := range sections + 3 {
		data := slices.Clone(good)
		binary.LittleEndian.PutUint32(data[12:], uint32(n))
		require.Equal(t, n == sections, decodeHostile(t, data) == nil, "%d sections", n)
	}
	for _, n := range []uint32{100, 1<<31 - 1, 1 << 31, 1<<32 - 1} {
		data := slices.Clone(good)
		binary.LittleEndian.PutUint32(data[12:], n)
		require.Error(t, decodeHostile(t, data), "%d sections", n)
	}
	// A file of nothing but its header states every number of sections.
	for n := range uint32(4) {
		data := slices.Clone(good[:headerSize])
		binary.LittleEndian.PutUint32(data[12:], n)
		require.Error(t, decodeHostile(t, data))
	}
}

// TestNegativesAreRefused sets one number at a time below what it may be.
func TestNegativesAreRefused(t *testing.T) {
	for name, edit := range map[string]func(*Image){
		"port":      func(i *Image) { i.Input.Port = -1 },
		"intensity": func(i *Image) { i.Encoder.Intensity = -1 },
		"tick":      func(i *Image) { i.Encoder.TickNanoseconds = -1 },
		"fields":    func(i *Image) { i.Encoder.Fields = -1 },
		"cut":       func(i *Image) { i.Encoder.Cut = -1 },
		"tile":      func(i *Image) { i.Cores[0].Tile = -1 },
		"side":      func(i *Image) { i.Input.Shape = []int32{-1, -2} },
		"group of no neurons": func(i *Image) {
			i.Cores[1].Config.Groups = append(i.Cores[1].Config.Groups, core.Group{First: 1})
		},
		"group of less":      func(i *Image) { i.Cores[0].Config.Groups[0].Count = -2 },
		"start of a segment": func(i *Image) { i.Populations[0].Segments[0].First = -1 },
		"segment of none": func(i *Image) {
			i.Populations[0].Segments = append(i.Populations[0].Segments, Segment{Tile: 5})
		},
		"segment of less":  func(i *Image) { i.Populations[0].Segments[0].Count = -2 },
		"unit":             func(i *Image) { i.Populations[0].Unit[0].Mantissa = -1 },
		"population read":  func(i *Image) { i.Readout.Population = -1 },
		"label":            func(i *Image) { i.Readout.Labels[0] = -2 },
		"too many classes": func(i *Image) { i.Readout.Classes = 1<<23 + 1 },
		"too many proportions": func(i *Image) {
			i.Readout.Proportions = append(i.Readout.Proportions, 1)
		},
		"too few proportions": func(i *Image) {
			i.Readout.Proportions = i.Readout.Proportions[:1]
		},
		"proportions without use": func(i *Image) {
			i.Readout.Kind, i.Readout.Classes, i.Readout.Labels = ReadoutCount, 3, nil
		},
		"labels without use": func(i *Image) {
			i.Readout.Kind, i.Readout.Classes, i.Readout.Proportions = ReadoutCount, 3, nil
		},
		"classes of counts": func(i *Image) { i.Readout = Readout{Kind: ReadoutCount, Classes: 2} },
		"labels of integrators": func(i *Image) {
			i.Readout = Readout{Kind: ReadoutLabels, Population: 1, Classes: 1, Labels: []int32{0}}
		},
		"order of samples": func(i *Image) { i.Preparation = &Preparation{Layout: "nchw"} },
		"gains of no channels": func(i *Image) {
			i.Preparation = &Preparation{Gain: NewReals(1, 2, 3)}
		},
		"gains and offsets": func(i *Image) {
			i.Preparation = &Preparation{Gain: NewReals(1, 2), Offset: NewReals(1, 2, 3, 4)}
		},
		"endless gain": func(i *Image) {
			i.Preparation = &Preparation{Gain: Reals{{Mantissa: 1, Exponent: 1 << 20}}}
		},
		"lines of an odd side": func(i *Image) {
			i.Encoder.Kind, i.Host, i.Preparation = "rate", nil, &Preparation{Signed: true}
		},
		"population of the host": func(i *Image) { i.Host.Population = -1 },
		"host's exponent":        func(i *Image) { i.Host.WeightExp = -32 },
	} {
		t.Run(name, func(t *testing.T) {
			img := smallImage()
			edit(img)
			require.Error(t, Validate(img))
		})
	}
	for name, edit := range map[string]func(*Image){
		"as long as it may be":  func(i *Image) { i.Host.WeightExp = 31 },
		"as short as it may be": func(i *Image) { i.Host.WeightExp = -31 },
		"no proportions":        func(i *Image) { i.Readout.Proportions = nil },
		"a single class":        func(i *Image) { i.Readout.Classes, i.Readout.Labels[0] = 1, -1 },
		"prepared samples": func(i *Image) {
			i.Preparation = &Preparation{Layout: "hwc", Signed: true, Gain: NewReals(0.5, -2)}
		},
		"nothing set": func(i *Image) { i.Encoder = Encoder{Kind: EncoderDirect} },
	} {
		t.Run(name, func(t *testing.T) {
			img := smallImage()
			edit(img)
			require.NoError(t, Validate(img))
		})
	}
}

// TestFootprintOfLearning is a core of one neuron with an adaptive threshold, which
// learns and is normalised, and the sum of both cores.
func TestFootprintOfLearning(t *testing.T) {
	f := Measure(smallImage())
	require.Equal(t, CoreFootprint{
		Tile: 5, Neurons: 1, Routes: 2,
		Plastic:      StoreFootprint{Rows: 2, Weights: 2, Bits: 2 * 16},
		RouteBits:    2 * (3 + 2),
		ConstantBits: 4 * 24,
		StateBits:    32 + 24 + 24,
		LearningBits: 8*(2+1) + 2*32,
	}, f.Cores[1])
	require.EqualValues(t, 32+10+96+80+88, f.Cores[1].Bits())
	require.Equal(t, CoreFootprint{
		Tile: -1, Neurons: 4, Axons: 4, Routes: 3,
		Dense:        StoreFootprint{Rows: 2, Weights: 5, Bits: 42},
		Sparse:       StoreFootprint{Rows: 1, Weights: 2, Bits: 28},
		Others:       StoreFootprint{Rows: 1, Weights: 1, Bits: 15},
		Plastic:      StoreFootprint{Rows: 2, Weights: 2, Bits: 32},
		UnrolledBits: 85, AxonBits: 32, RouteBits: 15, ConstantBits: 288 + 96, StateBits: 212 + 80,
		LearningBits: 88,
	}, f.Total)
	plain := smallImage()
	plain.Cores[1].Config.Plasticity[0].Norm = core.Norm{}
	require.EqualValues(t, 8*(2+1), Measure(plain).Total.LearningBits, "no sum is kept")
	moved := smallImage()
	moved.Cores[0].Config.Axons[0].Base = 5
	moved.Cores[0].Config.Widths.IndexBits = 0
	require.EqualValues(t, 4*(2+3+6), Measure(moved).Cores[0].AxonBits)
	require.EqualValues(t, 2*(4+16), Measure(moved).Cores[0].Sparse.Bits,
		"an index of unstated width has 16 bits")
}
