package quantised

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEvaluatorByHand(t *testing.T) {
	e, err := NewEvaluator(small())
	require.NoError(t, err)
	// 0.5/0.25 + 1 = 3 stands for 2, -0.3/0.25 + 1 = 0 (cut) for -1.
	out, err := e.Run([]float64{0.5, -0.3})
	require.NoError(t, err)
	require.Equal(t, []int32{3, 0}, e.Levels(FromInput))
	require.Equal(t, []int64{1 + 2 + 3, -1 + 4 - 4}, e.Sums(0))
	// theta 3: boundaries 2, 5, 8. The larger sum is 6.
	require.Equal(t, []int32{2}, e.Levels(0))
	require.Equal(t, []int64{7 - 5*2*4}, out)

	_, err = e.Run([]float64{1})
	require.ErrorContains(t, err, "1 elements, the input takes 2")
	_, err = e.RunLevels([]int32{1})
	require.ErrorContains(t, err, "1 levels, the input takes 2")
}

// drawn draws a valid network of a few layers.
func drawn(t *rapid.T) *Network {
	n := &Network{Name: "drawn",
		Input: Input{Name: "in", Size: rapid.IntRange(1, 5).Draw(t, "inputs"),
			Bits: rapid.IntRange(1, 4).Draw(t, "bits"), Scale: 1}}
	n.Input.Shape = []int{n.Input.Size}
	n.Input.Zero = int32(rapid.IntRange(0, int(n.Input.Top())).Draw(t, "zero"))
	layers := rapid.IntRange(1, 4).Draw(t, "layers")
	for p := range layers {
		n.addDrawn(t, p, p == layers-1)
	}
	n.Output = layers - 1
	return n
}

func (n *Network) addDrawn(t *rapid.T, at int, output bool) {
	p := Population{Name: "layer", Neurons: rapid.IntRange(1, 6).Draw(t, "neurons"),
		Unit: []float64{1}}
	p.Bias = rapid.SliceOfN(rapid.Int64Range(-50, 50), p.Neurons, p.Neurons).Draw(t, "bias")
	p.Shape = []int{p.Neurons}
	if !output {
		p.Bits, p.Scale = rapid.IntRange(1, 4).Draw(t, "bits"), []float64{1}
		if rapid.Bool().Draw(t, "theta") {
			p.Theta = rapid.SliceOfN(rapid.Int64Range(1, 30), p.Neurons, p.Neurons).Draw(t,
				"thetas")
		} else {
			p.Groups = drawnGroups(t, p.Neurons, p.Bits)
			p.Zero = int32(rapid.IntRange(0, int(p.Top())).Draw(t, "zero"))
		}
	}
	n.Populations = append(n.Populations, p)
	for source := FromInput; source < at; source++ {
		if source == at-1 || rapid.Bool().Draw(t, "joined") {
			n.Projections = append(n.Projections, n.drawnProjection(t, source, at))
		}
	}
}

func drawnGroups(t *rapid.T, neurons, bits int) (out []Group) {
	for first := 0; first < neurons; {
		g := Group{First: first, Count: rapid.IntRange(1, neurons-first).Draw(t, "count")}
		last := int64(-100)
		for range rapid.IntRange(1, 1<<bits-1).Draw(t, "boundaries") {
			last += rapid.Int64Range(0, 20).Draw(t, "step")
			g.Boundaries = append(g.Boundaries, last)
		}
		if rapid.Bool().Draw(t, "always") {
			g.Boundaries[0] = Always
		}
		if rapid.Bool().Draw(t, "never") {
			g.Boundaries[len(g.Boundaries)-1] = Never
		}
		out = append(out, g)
		first += g.Count
	}
	return out
}

func (n *Network) drawnProjection(t *rapid.T, source, target int) Projection {
	p := Projection{Name: "p", Source: source, Target: target,
		Exponent: rapid.IntRange(0, 3).Draw(t, "exponent"), WeightBits: 8}
	w := &p.Weights
	w.Sources, w.Targets = n.Input.Size, n.Populations[target].Neurons
	if source != FromInput {
		w.Sources = n.Populations[source].Size()
	}
	values := rapid.SliceOfN(rapid.Int8Range(-20, 20), w.Sources*w.Targets,
		w.Sources*w.Targets).Draw(t, "weights")
	switch rapid.IntRange(0, 2).Draw(t, "form") {
	case 0:
		w.Dense = values
	case 1:
		for _, v := range values {
			w.Dense16 = append(w.Dense16, int16(v))
		}
	default:
		w.Start = []int64{0}
		for s := range w.Sources {
			for k, v := range values[s*w.Targets : (s+1)*w.Targets] {
				if v > 0 {
					w.Target, w.Value = append(w.Target, int32(k)), append(w.Value, int16(v))
				}
			}
			w.Start = append(w.Start, int64(len(w.Target)))
		}
	}
	return p
}

// TestEvaluatorMeansTheDefinition compares drawn networks with the definition, counted
// out boundary by boundary, and sums with their bounds.
func TestEvaluatorMeansTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawn(t)
		e, err := NewEvaluator(n)
		require.NoError(t, err)
		in := rapid.SliceOfN(rapid.Int32Range(0, n.Input.Top()), n.Input.Size, n.Input.Size).Draw(t,
			"levels")
		_, err = e.RunLevels(in)
		require.NoError(t, err)
		for p := range n.Populations {
			low, high := n.Bounds(p)
			for i := range n.Populations[p].Neurons {
				sum := n.Populations[p].Bias[i]
				for k := range n.Projections {
					r := &n.Projections[k]
					if r.Target != p {
						continue
					}
					for s := range r.Weights.Sources {
						r.Weights.Each(s, func(target, w int32) {
							if int(target) == i {
								sum += int64(w) * int64(e.Levels(r.Source)[s]-
									n.Zero(r.Source)) << r.Exponent
							}
						})
					}
				}
				require.Equal(t, sum, e.Sums(p)[i])
				require.True(t, low[i] <= sum && sum <= high[i], "%d is not within %d and %d", sum,
					low[i], high[i])
				if p != n.Output {
					require.Equal(t, counted(&n.Populations[p], i, sum), e.Levels(p)[i])
				}
			}
		}
	})
}

// counted is the activation of neuron i, boundary by boundary.
func counted(p *Population, i int, sum int64) (level int32) {
	for j := range int64(1)<<p.Bits - 1 {
		if p.Theta != nil && boundary(p.Theta[i], j+1) <= sum {
			level++
		}
	}
	for _, g := range p.Groups {
		for _, b := range g.Boundaries {
			if i >= g.First && i < g.First+g.Count && b <= sum && b != Never {
				level++
			}
		}
	}
	return level
}
