package encode

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/spike"
)

func TestLatencyTable(t *testing.T) {
	x := []uint8{0, 255, 254, 128, 2, 1}
	train, _ := encode(t, Config{Kind: KindLatency, Ticks: 100}, 0, x)
	for i, want := range [][]int{{}, {0}, {0}, {49}, {98}, {99}} {
		require.Equal(t, want, ticksOf(train, i), "x = %d", x[i])
	}
}

// TestLatencyOrder checks, for all values and several lengths, that every nonzero
// element spikes once and no sooner than a brighter one.
func TestLatencyOrder(t *testing.T) {
	for _, ticks := range []int{1, 7, 32, 256, 1000} {
		train, _ := encode(t, Config{Kind: KindLatency, Ticks: ticks}, 0, allValues())
		last := ticks
		for x := 1; x < levels; x++ {
			got := ticksOf(train, x)
			require.Len(t, got, 1)
			require.LessOrEqual(t, got[0], last)
			last = got[0]
		}
		require.Zero(t, last)
	}
}

// TestPopulationTable has five fields, whose centres are at -42.5, 42.5, 127.5, 212.5
// and 297.5 with a width of 56.67: the activations are worked from the formula.
func TestPopulationTable(t *testing.T) {
	x := []uint8{0, 85, 255}
	train, _ := encode(t, Config{Kind: KindPopulation, Fields: 5, Ticks: 10}, 0, x)
	require.Equal(t, 15, train.Sources())
	for source, want := range [][]int{
		{2}, {2}, {}, {}, {}, // 0.755, 0.755, 0.080, ...
		{}, {2}, {2}, {}, {}, // 0.080, 0.755, 0.755, 0.080
		{}, {}, {}, {2}, {2},
	} {
		require.Equal(t, want, ticksOf(train, source), "source %d", source)
	}
}

// TestPopulationFormula compares all values and fields with the definition.
func TestPopulationFormula(t *testing.T) {
	for _, c := range []Config{
		{Kind: KindPopulation},
		{Kind: KindPopulation, Fields: 3, Ticks: 32, Cut: 0.01},
		{Kind: KindPopulation, Fields: 20, Ticks: 10, Cut: 0.5},
	} {
		e := mustNew(t, c)
		c = e.Config()
		train := new(spike.Train)
		e.Encode(0, allValues(), train)
		k := float64(c.Fields)
		s := 255 / (1.5 * (k - 2))
		for x := range levels {
			for i := 1; i <= c.Fields; i++ {
				centre := 255 * float64(2*i-3) / (2 * (k - 2))
				a := math.Exp(-(float64(x) - centre) * (float64(x) - centre) / (2 * s * s))
				want := []int{}
				if tick := int(math.Round((1 - a) * float64(c.Ticks))); a >= c.Cut &&
					tick < c.Ticks {
					want = append(want, tick)
				}
				require.Equal(t, want, ticksOf(train, x*c.Fields+i-1), "%+v: x = %d, field %d", c,
					x, i)
			}
		}
	}
}

func TestPopulationPeak(t *testing.T) {
	e := mustNew(t, Config{Kind: KindPopulation})
	train := new(spike.Train)
	e.Encode(0, []uint8{fullScale}, train)
	require.Equal(t, float64(train.Count())/float64(train.Sources()*train.Ticks()), e.Peak())
}

// ExampleNew shows a bright, a dim and a black element in the code of adders alone.
func ExampleNew() {
	encoder, err := New(Config{Kind: KindRate, Ticks: 16})
	if err != nil {
		fmt.Println(err)
		return
	}
	var train spike.Train
	work := encoder.Encode(0, []uint8{255, 80, 0}, &train)
	fmt.Println(work.Adds, "adds")
	fmt.Printf("%q\n", spike.Raster(&train, 3, 16))
	// Output:
	// 32 adds
	// "################\n #  #  #   #  # \n                \n"
}

// TestFieldCentre: the outer centres lie half a distance beyond the values.
func TestFieldCentre(t *testing.T) {
	require.Equal(t, []float64{-127.5, 127.5, 382.5},
		[]float64{FieldCentre(0, 3), FieldCentre(1, 3), FieldCentre(2, 3)})
	require.Equal(t, []float64{-21.25, 63.75, 276.25},
		[]float64{FieldCentre(0, 8), FieldCentre(2, 8), FieldCentre(7, 8)})
}
