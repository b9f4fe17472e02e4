package setting

import (
	"testing"

	"github.com/stretchr/testify/require"

	"adder/snn/stdp"
	"adder/spike/encode"
)

func TestTunedSettings(t *testing.T) {
	for _, neuron := range stdp.Models() {
		for _, rule := range stdp.Rules() {
			for _, encoder := range []string{encode.KindPoisson, encode.KindBernoulli,
				encode.KindRankOrder, encode.KindPopulation} {
				for _, neurons := range []int{100, 400, 1600} {
					preset, err := Tuned(neuron, rule, encoder, neurons)
					require.NoError(t, err)
					s := preset.Setting
					require.NoError(t, s.Check())
					require.Equal(t, neuron == stdp.DiehlCook, s.Adaptive(),
						"others have fixed thresholds")
					require.Equal(t, neuron != stdp.DiehlCook, s.ScaleStep > 0)
					require.Equal(t, encoder, preset.Encoder.Kind)
				}
			}
		}
	}
	_, err := Tuned(stdp.IF, stdp.PostPre, encode.KindRate, 100)
	require.ErrorContains(t, err, "preset tuned has no setting for encoder")
}

// TestEscapeTable holds the table to the formula at a few potentials.
func TestEscapeTable(t *testing.T) {
	s := Setting{Escape: 64}
	table, below := s.EscapeTable()
	require.Equal(t, uint8(3), table.Shift)
	require.Equal(t, int32(16*64), below)
	require.Zero(t, table.Probability[0])
	at := func(v int32) float64 { return float64(table.Probability[(v+below)>>3]) / (1 << 32) }
	require.InDelta(t, 0.632, at(0), 0.03, "1 - 1/e at the threshold")
	require.InDelta(t, 0.308, at(-64), 0.02, "1 - exp(-1/e) a width below")
	require.Greater(t, at(255), 0.999)
}
