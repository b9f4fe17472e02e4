package chip

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFarSpikes: spikes that are due soon, and those that wait in the schedule because
// they are due late, arrive when they do in a run that is stepped; from the host and from
// cores, with and without loops, on one processor and on two.
func TestFarSpikes(t *testing.T) {
	for _, loops := range []bool{false, true} {
		img := layered("adder", 40, 60, 50, 10)
		for i := range img.Cores {
			for n := range img.Cores[i].Config.Threshold {
				img.Cores[i].Config.Threshold[n] = 60
			}
		}
		rng := rand.New(rand.NewPCG(7, 7))
		for i := range img.Cores {
			for a := range img.Cores[i].Config.Axons {
				img.Cores[i].Config.Axons[a].Delay = [...]uint8{0, 1, 40, 62}[rng.IntN(4)]
			}
		}
		if loops { // the last layer goes back to the first one's entries, which others share
			back := &img.Routes.Neurons[2]
			for n := range back.Sources() {
				back.Start[n+1] = int32(n + 1)
				back.Dests = append(back.Dests, img.Routes.Neurons[0].Dests[n])
			}
		}
		c, err := Load(img)
		require.NoError(t, err)
		for i := range img.Cores { // what Load would refuse of this chip
			for a := range img.Cores[i].Config.Axons {
				if d := &img.Cores[i].Config.Axons[a].Delay; *d == 62 {
					*d = 200
				}
			}
		}
		train := noise(40, 150, 0.3)
		for _, opts := range []Options{{Ticks: 150}, {Ticks: 150, ByTick: true},
			{Ticks: 150, Threads: 2}} {
			engine := c.NewFast(opts)
			require.Equal(t, true, engine.wiring.anyFar)
			require.NoError(t, engine.Start(&Sample{}))
			for tick := range train.Ticks() {
				require.NoError(t, engine.Step(t.Context(), train.AppendTick(tick, nil)))
			}
			want, err := engine.Finish(t.Context())
			require.NoError(t, err)
			require.NotZero(t, want.SpikesByPopulation[1])
			got, err := engine.Run(t.Context(), &Sample{Spikes: train})
			require.NoError(t, err)
			want.Spikes, want.Potentials = got.Spikes, got.Potentials
			require.Equal(t, want, got)
		}
	}
}
