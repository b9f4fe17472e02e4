package compiler

import (
	"math"

	"adder/layout"
	"adder/spike/encode"
)

// cutScale is the number of units of an image's cut in 1.
const cutScale = 1e6

// EncoderSettings is the settings of an encoder that an image records: all but its seed, which
// belongs to a run.
func EncoderSettings(c encode.Config) layout.Encoder {
	e := layout.Encoder{
		Kind: c.Kind, Ticks: int32(c.Ticks), Bits: uint8(c.Bits),
		Intensity: int64(c.Intensity*1000 + 0.5), TickNanoseconds: int64(c.TickSeconds*1e9 + 0.5),
	}
	if c.Kind == encode.KindPopulation {
		e.Fields, e.Cut = int32(c.Fields), max(int32(math.Round(c.Cut*cutScale)), 1)
	}
	if encode.IsCode(c.Kind) {
		e.Scale, e.Zero = layout.NewReal(c.Scale), int32(c.Zero)
	}
	return e
}

// EncoderConfig is the configuration of an image's encoder, with the given seed.
func EncoderConfig(e *layout.Encoder, seed uint64) encode.Config {
	return encode.Config{
		Kind: e.Kind, Ticks: int(e.Ticks), Seed: seed, Bits: int(e.Bits),
		Intensity: float64(e.Intensity) / 1000, TickSeconds: float64(e.TickNanoseconds) / 1e9,
		Fields: int(e.Fields), Cut: float64(e.Cut) / cutScale,
		Scale: e.Scale.Float(), Zero: int(e.Zero),
	}
}
