package fault_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/chip/profile/profiletest"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/ir"
	"adder/compiler/place"
	"adder/core"
	"adder/fault"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// pairs is a network of 4 inputs, each heard by a neuron of its own, which is heard by one
// of the output, on a chip of 5 x 2 cores of a neuron each.
func pairs(t *testing.T, reroute bool, options place.Options) (*layout.Image, error) {
	t.Helper()
	on := profiletest.Variant(t, "adder", profiletest.Fields{
		"width": 5, "height": 2, "neurons": 1, "reroute": reroute,
	})
	net := &ir.Network{Name: "pairs", Widths: fit.Widths(on),
		Input: ir.Input{Name: "in", Size: 4, Shape: []int{4}}, Output: 1}
	four := func() []int32 { return make([]int32, 4) }
	for p, name := range []string{"hidden", "out"} {
		net.Populations = append(net.Populations, ir.Population{
			Name: name, Shape: []int{4}, Size: 4, Depth: p,
			Groups:    []core.Group{{Count: 4, Population: int32(p), Depth: int32(p)}},
			Threshold: four(), Bias: four(), Reset: four(), V0: four(),
		})
		weights := make([]int8, 16)
		for n := range 4 {
			weights[5*n] = 5
		}
		net.Projections = append(net.Projections, ir.Projection{
			Name: name, Source: p - 1, Target: p, WeightBits: 8,
			Weights: ir.Weights{Sources: 4, Targets: 4, Dense: weights},
		})
	}
	result, err := compiler.CompileIR(t.Context(), net, compiler.Options{
		Chip: on, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 4}, Placement: options,
	})
	if err != nil {
		return nil, err
	}
	return result.Image, nil
}

// runPairs runs all inputs in every tick.
func runPairs(t *testing.T, b *fault.Broken) *chip.Outcome {
	t.Helper()
	train := spike.NewTrain(4, 4)
	for tick := range 4 {
		for i := range 4 {
			train.Set(tick, i)
		}
	}
	c, err := chip.LoadBroken(b)
	require.NoError(t, err)
	out, err := c.NewFast(chip.Options{}).Run(t.Context(), &chip.Sample{Spikes: train})
	require.NoError(t, err)
	return out
}

// tiles says where the cores of an image are.
func tiles(img *layout.Image) (out []fault.Tile) {
	for _, c := range img.Cores {
		at := img.Routes.Topology().At(c.Tile)
		out = append(out, fault.Tile{X: at.X, Y: at.Y})
	}
	return out
}

// TestDeadCores: an image is refused on a chip where a core that it uses is dead, or moves onto
// a spare core, or loses what stood there.
func TestDeadCores(t *testing.T) {
	img, err := pairs(t, false, place.Options{Moves: -1})
	require.NoError(t, err)
	hit := tiles(img)[0]
	spec := fault.Spec{DeadCores: []fault.Tile{hit}}
	refusal := new(fault.Refusal)
	_, _, err = fault.Apply(img, spec)
	require.True(t, errors.As(err, &refusal))
	require.ErrorContains(t, err, "core "+hit.String()+" is dead and holds")

	want := runPairs(t, fault.Intact(img))
	require.Equal(t, []int32{4, 4, 4, 4}, want.Output)
	spec.Loads = fault.MoveLoads
	b, damage, err := fault.Apply(img, spec)
	require.NoError(t, err)
	require.EqualValues(t, 1, damage.Moved)
	require.NotContains(t, tiles(b.Image), hit)
	require.Len(t, b.Image.Cores, len(img.Cores))
	require.Equal(t, want.Output, runPairs(t, b).Output)

	spec.Loads = fault.LoseLoads
	b, damage, err = fault.Apply(img, spec)
	require.NoError(t, err)
	require.EqualValues(t, 1, damage.LostCores)
	got := runPairs(t, b)
	require.EqualValues(t, 4, got.Counts.DroppedByFault, "a spike per tick comes to the core")
	require.Equal(t, want.Counts.Core.NeuronUpdates-4, got.Counts.Core.NeuronUpdates)
	lost := 0
	for _, n := range got.Output {
		if n == 0 {
			lost++
		}
	}
	require.Equal(t, 1, lost)

	// A core that is not in use can be dead.
	used := tiles(img)
	for tile := range router.Core(10) {
		at := img.Routes.Topology().At(tile)
		if free := (fault.Tile{X: at.X, Y: at.Y}); !contains(used, free) {
			_, damage, err := fault.Apply(img, fault.Spec{DeadCores: []fault.Tile{free}})
			require.NoError(t, err)
			require.EqualValues(t, 1, damage.Cores)
		}
	}
	_, _, err = fault.Apply(img, fault.Spec{Cores: 1, Loads: fault.MoveLoads})
	require.ErrorContains(t, err, "no core of the 10 is in order and free")
	_, _, err = fault.Apply(img, fault.Spec{DeadCores: []fault.Tile{{X: 5}}})
	require.ErrorContains(t, err, "no core 5:0")
}

func contains(all []fault.Tile, one fault.Tile) bool {
	for _, at := range all {
		if at == one {
			return true
		}
	}
	return false
}

// TestPlacedAround: a model is placed around dead cores as long as enough are left.
func TestPlacedAround(t *testing.T) {
	for _, moves := range []int{-1, 500} {
		img, err := pairs(t, false, place.Options{Moves: moves, Avoid: []router.Core{0, 6}})
		require.NoError(t, err)
		require.Len(t, img.Cores, 8)
		for _, c := range img.Cores {
			require.NotContains(t, []router.Core{0, 6}, c.Tile)
		}
		_, _, err = fault.Apply(img, fault.Spec{DeadCores: []fault.Tile{{}, {X: 1, Y: 1}}})
		require.NoError(t, err)
	}
	_, err := pairs(t, false, place.Options{Avoid: []router.Core{0, 3, 6}})
	misfit := new(fit.Error)
	require.True(t, errors.As(err, &misfit))
	require.ErrorContains(t, err, "3 of the chip's cores are dead")
}

// TestDeadLinks: a chip that leads packets around does so, another one refuses an image that
// needs the link, and takes one that does not.
func TestDeadLinks(t *testing.T) {
	fixed, err := pairs(t, false, place.Options{Moves: -1})
	require.NoError(t, err)
	free, err := pairs(t, true, place.Options{Moves: -1})
	require.NoError(t, err)
	want, refused := runPairs(t, fault.Intact(free)), 0
	for x := range int16(5) {
		for _, dir := range []router.Direction{router.East, router.South} {
			if x == 4 && dir == router.East {
				continue
			}
			spec := fault.Spec{DeadLinks: []fault.Link{{Tile: fault.Tile{X: x}, Dir: dir}}}
			b, _, err := fault.Apply(fixed, spec)
			if refusal := new(fault.Refusal); errors.As(err, &refusal) {
				refused++
				require.ErrorContains(t, err, "mesh.reroute")
			} else {
				require.NoError(t, err)
				require.Nil(t, b.Topology)
			}
			b, _, err = fault.Apply(free, spec)
			require.NoError(t, err)
			got := runPairs(t, b)
			require.Equal(t, want.Output, got.Output)
		}
	}
	require.Positive(t, refused)
	require.Less(t, refused, 9)
	_, _, err = fault.Apply(free, fault.Spec{Links: 1})
	require.ErrorContains(t, err, "cannot reach")
	_, _, err = fault.Apply(free,
		fault.Spec{DeadLinks: []fault.Link{{Tile: fault.Tile{X: 4}, Dir: router.East}}})
	require.ErrorContains(t, err, "no link leads east from 4:0")
	west, _, err := fault.Apply(free,
		fault.Spec{DeadLinks: []fault.Link{{Tile: fault.Tile{X: 1}, Dir: router.West}}})
	require.NoError(t, err)
	east, _, err := fault.Apply(free, fault.Spec{DeadLinks: []fault.Link{{Dir: router.East}}})
	require.NoError(t, err)
	require.Equal(t, runPairs(t, east).Counts, runPairs(t, west).Counts)
}

// TestBrokenNeurons: a dead neuron is silent, and one that is stuck fires in every tick.
func TestBrokenNeurons(t *testing.T) {
	img, err := pairs(t, false, place.Options{Moves: -1})
	require.NoError(t, err)
	out := img.Populations[1].Segments[0]
	at := img.Routes.Topology().At(out.Tile)
	first := fault.Neuron{Tile: fault.Tile{X: at.X, Y: at.Y}}
	for _, c := range []struct {
		spec fault.Spec
		want []int32
	}{
		{fault.Spec{DeadNeurons: []fault.Neuron{first}}, []int32{0, 4, 4, 4}},
		{fault.Spec{FiringNeurons: []fault.Neuron{first}}, []int32{4, 4, 4, 4}},
		{fault.Spec{Dead: 1}, []int32{0, 0, 0, 0}},
		{fault.Spec{Dead: 1, Layer: "hidden"}, []int32{0, 0, 0, 0}},
		{fault.Spec{Dead: 1, FiringNeurons: []fault.Neuron{first}}, []int32{4, 0, 0, 0}},
		{fault.Spec{Drop: 1, Layer: "hidden"}, []int32{0, 0, 0, 0}},
		{fault.Spec{Drop: 1, FiringNeurons: []fault.Neuron{first}}, []int32{4, 0, 0, 0}},
		{fault.Spec{Delay: 1, DelayTicks: 1, Layer: "hidden"}, []int32{3, 3, 3, 3}},
		{fault.Spec{Duplicate: 1}, []int32{4, 4, 4, 4}},
	} {
		b, _, err := fault.Apply(img, c.spec)
		require.NoError(t, err)
		require.Equal(t, c.want, runPairs(t, b).Output, "%+v", c.spec)
	}
	for want, n := range map[string]fault.Neuron{
		"has neurons 0 to 0":      {Tile: first.Tile, N: 1},
		"has nothing on core 4:1": {Tile: fault.Tile{X: 4, Y: 1}},
	} {
		_, _, err := fault.Apply(img, fault.Spec{DeadNeurons: []fault.Neuron{n}})
		require.ErrorContains(t, err, want)
	}
}

// TestSharesOfNeurons: so many neurons fail as the rate says, and those that fail at a rate fail
// at every higher one.
func TestSharesOfNeurons(t *testing.T) {
	img := hand(make([]int8, 2000))
	var last []int32
	for _, rate := range []float64{0.01, 0.1, 0.5} {
		b, damage, err := fault.Break(img, fault.Spec{Dead: rate, Seed: 3})
		require.NoError(t, err)
		require.InDelta(t, 2000*rate, float64(damage.Dead), 80)
		require.Subset(t, b.Neurons[0].Dead, last)
		last = b.Neurons[0].Dead
	}
	b, damage, err := fault.Break(img, fault.Spec{Dead: 0.2, Firing: 0.3, Seed: 3})
	require.NoError(t, err)
	require.InDelta(t, 600, float64(damage.Firing), 80)
	require.NotContains(t, b.Neurons[0].Firing, b.Neurons[0].Dead[0])
}
