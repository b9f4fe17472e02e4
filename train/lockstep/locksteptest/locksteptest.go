// Package locksteptest owns the comparison of networks in lock-step with chips for tests.
package locksteptest

import (
	"context"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile"
	"adder/internal/dataset"
	"adder/spike"
	"adder/spike/encode"
	"adder/train/learned"
	"adder/train/lockstep"
)

// RequireSameInUse runs the images of a set on a chip with network, and in lock-step, and requires
// the same spikes of every neuron. The seed of lock must be seed. Learning is off afterwards.
func RequireSameInUse(
	t require.TestingT, lock *lockstep.Network, network *learned.Network,
	on *profile.Profile, set *dataset.Set, seed uint64,
) {
	config := network.Encoder
	config.Seed = seed
	encoder, err := encode.New(config)
	require.NoError(t, err)
	lock.SetLearning(false)
	var samples []uint64
	var trains []*spike.Train
	for i := range set.Len() {
		train := &spike.Train{}
		encoder.Encode(uint64(i), set.Image(i), train)
		samples, trains = append(samples, uint64(i)), append(trains, train)
	}
	got, err := lock.Run(samples, trains)
	require.NoError(t, err)
	err = network.Each(context.Background(), on, set, seed, 1, func(i int, o *chip.Outcome) error {
		require.Equal(t, o.Output, got[i*network.Neurons:][:network.Neurons], "image %d", i)
		return nil
	})
	require.NoError(t, err)
}
