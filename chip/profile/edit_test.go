package profile

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSet(t *testing.T) {
	adder, err := Load("adder")
	require.NoError(t, err)
	for _, c := range []struct {
		field, value string
		read         func(*Profile) any
		want         any
	}{
		{"core.neurons", "64", func(p *Profile) any { return p.Core.Neurons }, 64},
		{"core.synapse_memory", "1 Mibit", func(p *Profile) any {
			return p.Core.SynapseMemory
		}, int64(1 << 20)},
		{"mesh.width", "4", func(p *Profile) any { return p.Mesh.Width }, 4},
		{"weights.formats", "[sparse]", func(p *Profile) any { return len(p.Weights.Formats) }, 1},
		{"multicast", "false", func(p *Profile) any { return p.Multicast }, false},
	} {
		text, err := Set(adder.Text(), c.field, c.value)
		require.NoError(t, err, c.field)
		p, err := Parse("edited", text)
		require.NoError(t, err, "%s\n%s", c.field, text)
		require.Equal(t, c.want, c.read(p), c.field)
	}
	for field, value := range map[string]string{
		"core.nonsense": "1", "core": "{}", "": "1", "a b": "1", "core.neurons": "1\nname: x",
		"mesh.*": "3",
	} {
		text, err := Set(adder.Text(), field, value)
		if err == nil {
			_, err = Parse("edited", text)
		}
		require.Error(t, err, field)
	}
}
