package compiler

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/spike/encode"
)

// TestEncoderSettings brings the defaults of every encoder and what differs from them
// to an image and back.
func TestEncoderSettings(t *testing.T) {
	for _, kind := range encode.Names() {
		want := encode.Defaults(kind)
		want.Seed = 7
		if kind == encode.KindPopulation {
			want.Fields, want.Cut = 4, 0.25
		} else {
			want.Fields, want.Cut = 0, 0 // which New fills in
		}
		settings := EncoderSettings(want)
		require.Equal(t, want, EncoderConfig(&settings, 7))
	}
}
