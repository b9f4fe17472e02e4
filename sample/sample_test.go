package sample

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/chip"
	"adder/internal/dataset"
	"adder/layout"
	"adder/spike"
	"adder/spike/encode"
)

// pictures are two colour pictures of one pixel and two rows each.
func pictures() *dataset.Set {
	return &dataset.Set{
		Name: "pictures", Shape: []int{3, 2, 1}, Classes: 5, Labels: []int32{4, 0},
		Bytes: []uint8{0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 1},
	}
}

func TestValues(t *testing.T) {
	v := &Values{Set: pictures()}
	require.Equal(t, []any{"pictures", 2, []int{3, 2, 1}, 5, 4},
		[]any{v.Name(), v.Len(), v.Shape(), v.Classes(), v.Label(0)})
	x, err := v.Analog(0, nil)
	require.NoError(t, err)
	require.Equal(t, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}, x)
	y, err := v.Analog(1, x)
	require.NoError(t, err)
	require.Same(t, &x[0], &y[0], "the memory is used again")
	require.Equal(t, 1.0/255, y[5])

	real := &Values{Set: &dataset.Set{Shape: []int{2}, Reals: []float32{-1.5, 300},
		Labels: []int32{0}}}
	x, err = real.Analog(0, nil)
	require.NoError(t, err)
	require.Equal(t, []float64{-1.5, 300}, x)
}

func TestVectorsEndWithTheSamples(t *testing.T) {
	v := &Values{Set: pictures()}
	for n, want := range map[int]int{1: 1, 2: 2, 9: 2} {
		got, err := Vectors(v, n)
		require.NoError(t, err)
		require.Len(t, got, want)
		require.Equal(t, 0.2, got[0][1])
	}
}

// An encoder hears the bytes of a sample, whatever its shape.
func TestEncoded(t *testing.T) {
	encoder, err := encode.New(encode.Config{Kind: encode.KindRate, Ticks: 4})
	require.NoError(t, err)
	source := &Encoded{Values: Values{Set: pictures()}, Encoder: encoder}
	require.Equal(t, []int{4, 6}, []int{source.Ticks(), source.Size()})
	var s chip.Sample
	work, err := source.Feed(1, &s)
	require.NoError(t, err)
	require.EqualValues(t, 1, s.Number)
	require.EqualValues(t, 8, work.Adds, "two pixels that are not 0, four ticks")
	require.Equal(t, 4, s.Spikes.Count(), "the full pixel in every tick")
	require.Equal(t, []float64{1, 0, 0, 0, 0, 0}, Rates(s.Spikes, nil))
}

func TestDirectFeedsLevels(t *testing.T) {
	encoder, err := encode.New(encode.Config{Kind: encode.KindDirect, Ticks: 4, Bits: 8})
	require.NoError(t, err)
	var s chip.Sample
	_, err = (&Encoded{Values: Values{Set: pictures()}, Encoder: encoder}).Feed(0, &s)
	require.NoError(t, err)
	require.Equal(t, []int32{0, 51, 102, 153, 204, 255}, s.Levels)
	require.EqualValues(t, 255, s.MaxLevel)
}

// A code feeds the levels of bytes by its table, and those of numbers as prepared, which
// may be negative, from its zero on.
func TestCodedFeedsLevels(t *testing.T) {
	made, err := encode.New(encode.Config{Kind: encode.KindRadix, Bits: 3})
	require.NoError(t, err)
	var s chip.Sample
	source := &Encoded{Values: Values{Set: pictures()}, Encoder: made}
	require.Equal(t, []int{3, 6}, []int{source.Ticks(), source.Size()})
	work, err := source.Feed(0, &s)
	require.NoError(t, err)
	require.Equal(t, encode.Work{Reads: 6}, work)
	require.Equal(t, []int32{0, 1, 3, 4, 6, 7}, source.Levels(made.(*encode.Coded), 0, nil))
	require.Equal(t, 0+1+2+1+2+3, s.Spikes.Count(), "a spike per bit")

	made, err = encode.New(encode.Config{Kind: encode.KindLevel, Bits: 3, Scale: 0.5, Zero: 3})
	require.NoError(t, err)
	source = &Encoded{
		Values:      Values{Set: &dataset.Set{Shape: []int{4}, Reals: []float32{-4, 0, 0.5, 3}}},
		Encoder:     made,
		Preparation: &layout.Preparation{Gain: layout.NewReals(2), Offset: layout.NewReals(-0.5)},
	}
	s = chip.Sample{}
	work, err = source.Feed(0, &s)
	require.NoError(t, err)
	require.Equal(t, encode.Work{Reads: 4, MACs: 8}, work, "prepared and divided")
	require.Equal(t, []int32{0, 2, 4, 7}, source.Levels(made.(*encode.Coded), 0, nil))
	require.Equal(t, 13, s.Spikes.Count())
	require.Zero(t, source.Clipped(), "what is beyond the levels is rounded to the last")
}

// An ANN takes the rates of spike trains.
func TestTrains(t *testing.T) {
	train := spike.NewTrain(2, 4)
	train.Set(0, 1)
	train.Set(3, 1)
	s := &Trains{Title: "trains", Trains: []*spike.Train{train}, Labels: []int{2}}
	x, err := s.Analog(0, []float64{9, 9, 9})
	require.NoError(t, err)
	require.Equal(t, []float64{0, 0.5}, x)
	require.Equal(t, []any{[]int{2}, 3, 2, true}, []any{s.Shape(), s.Classes(), s.Label(0),
		Labelled(s)})
	s.Form, s.Labels = []int{1, 2}, nil
	require.Equal(t, []any{[]int{1, 2}, 0, -1, false}, []any{s.Shape(), s.Classes(), s.Label(0),
		Labelled(s)})
	empty := &Trains{}
	require.Equal(t, []int{0, 0, 0}, []int{empty.Len(), empty.Ticks(), empty.Size()})
}

func TestGraded(t *testing.T) {
	g := &Graded{Title: "graded", Signals: [][][]float64{{{1, -2}, {2, 4}}}}
	x, err := g.Analog(0, nil)
	require.NoError(t, err)
	require.Equal(t, []float64{1.5, 1}, x)
	var s chip.Sample
	_, err = g.Feed(0, &s)
	require.ErrorContains(t, err, "use the engine reference")
	signal, err := g.Signal(0)
	require.NoError(t, err)
	require.Equal(t, g.Signals[0], signal)
}

func TestCheckLabels(t *testing.T) {
	v := &Values{Set: pictures()}
	require.NoError(t, CheckLabels(v, 5))
	require.EqualError(t, CheckLabels(v, 4),
		"sample 0 of pictures has label 4, and the model tells 4 classes apart, 0 to 3: give "+
			"samples and a model of the same task")
	v.Set.Labels = []int32{1, 0}
	require.NoError(t, CheckLabels(v, 1), "one output tells two classes apart")
	require.NoError(t, CheckLabels(&Trains{Trains: []*spike.Train{spike.NewTrain(1, 1)}}, 1),
		"no labels")
}

// failing is a recording that cannot be read.
type failing struct{ Trains }

func (f *failing) Analog(int, []float64) ([]float64, error) { return nil, errors.New("damaged") }

func TestVectorsFail(t *testing.T) {
	_, err := Vectors(&failing{Trains{Trains: []*spike.Train{nil}}}, 1)
	require.EqualError(t, err, "damaged")
}
