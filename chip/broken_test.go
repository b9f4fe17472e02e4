package chip_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/chip"
	"adder/compiler/ir"
	"adder/compiler/ir/irtest"
	"adder/fault"
	"adder/internal/draws"
	"adder/layout"
)

// broken loads an image on a chip with faults of a kind; a mesh on which it cannot run is no
// test.
func broken(t *rapid.T, img *layout.Image, kind string) *chip.Chip {
	b, _, err := fault.Apply(img, irtest.Faults(t, kind))
	if refusal := new(fault.Refusal); errors.As(err, &refusal) {
		t.Skip(err)
	}
	require.NoError(t, err)
	c, err := chip.LoadBroken(b)
	require.NoError(t, err)
	return c
}

// TestBrokenNeuronsAreTheInterpreters: with dead and stuck neurons, of every model, learning
// or not, both engines do what the interpreter does of the same neurons.
func TestBrokenNeuronsAreTheInterpreters(t *testing.T) {
	draws.Less(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		followBroken(t, on, randomNetwork(t, on), rapid.Bool().Draw(t, "learn"), breakNeurons)
	})
}

// breakNeurons draws broken neurons of an image, and says which of the network they are.
func breakNeurons(t *rapid.T, img *layout.Image) (*chip.Chip, ir.Faults) {
	var s fault.Spec
	f := ir.Faults{Dead: make([][]bool, len(img.Populations)),
		Firing: make([][]bool, len(img.Populations))}
	for p := range img.Populations {
		size := 0
		for _, seg := range img.Populations[p].Segments {
			size += int(seg.Count)
		}
		f.Dead[p], f.Firing[p] = make([]bool, size), make([]bool, size)
	}
	topology := img.Routes.Topology()
	for i, core := range places(img) {
		at := topology.At(img.Cores[i].Tile)
		for n, home := range core {
			name := fault.Neuron{Tile: fault.Tile{X: at.X, Y: at.Y}, N: int32(n)}
			switch {
			case rapid.IntRange(0, 4).Draw(t, "dead") == 0:
				f.Dead[home.population][home.neuron] = true
				s.DeadNeurons = append(s.DeadNeurons, name)
			case img.Cores[i].Config.Fires(int32(n)) && rapid.IntRange(0, 4).Draw(t, "firing") == 0:
				f.Firing[home.population][home.neuron] = true
				s.FiringNeurons = append(s.FiringNeurons, name)
			}
		}
	}
	b, damage, err := fault.Apply(img, s)
	if refusal := new(fault.Refusal); errors.As(err, &refusal) {
		t.Skip(err) // spikes with a value
	}
	require.NoError(t, err)
	require.EqualValues(t, len(s.DeadNeurons), damage.Dead)
	require.EqualValues(t, len(s.FiringNeurons), damage.Firing)
	c, err := chip.LoadBroken(b)
	require.NoError(t, err)
	return c, f
}

// TestBrokenSteppedIsWhole: a sample on a broken chip that is stepped, and saved on the way, is
// what it is at once.
func TestBrokenSteppedIsWhole(t *testing.T) {
	draws.Less(t, 4)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		kind := rapid.SampledFrom(irtest.FaultKinds()).Draw(t, "kind")
		steppedIsWhole(t, on, randomNetwork(t, on), rapid.Bool().Draw(t, "learn"),
			func(t *rapid.T, img *layout.Image) *chip.Chip { return broken(t, img, kind) })
	})
}

// TestBrokenThreadsChangeNothing: faults are the same on several processors.
func TestBrokenThreadsChangeNothing(t *testing.T) {
	draws.Less(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		s := &chip.Sample{Number: 7, Spikes: irtest.Train(t, net.Input.Size)}
		c := broken(t, compileOrSkip(t, net, on, s.Spikes.Ticks(), 1),
			rapid.SampledFrom(irtest.FaultKinds()).Draw(t, "kind"))
		opts := recordAll(c.Image(), chip.Options{ByTick: rapid.Bool().Draw(t, "by tick")})
		want, err := c.NewFast(opts).Run(t.Context(), s)
		require.NoError(t, err)
		opts.Threads = 3
		got, err := c.NewFast(opts).Run(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// TestSpareCoresChangeNothing: a load on a spare core computes what it did on its own, and
// packets that go around dead links arrive as they did.
func TestSpareCoresChangeNothing(t *testing.T) {
	draws.Less(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		on := irtest.Chip(t)
		net := randomNetwork(t, on)
		img := compileOrSkip(t, net, on, 8, 1)
		kind := rapid.SampledFrom([]string{"spare cores", "links"}).Draw(t, "kind")
		c := broken(t, img, kind)
		s := &chip.Sample{Number: 7, Spikes: irtest.TrainOf(t, net.Input.Size, 8)}
		want, err := whole(t, img).NewFast(recordAll(img, chip.Options{})).Run(t.Context(), s)
		require.NoError(t, err)
		got, err := c.NewFast(recordAll(img, chip.Options{})).Run(t.Context(), s)
		require.NoError(t, err)
		requireSameLayers(t, want, got, func(k *chip.Counts) {
			k.Traffic.Hops = [len(k.Traffic.Hops)]int64{}
		})
	})
}
