package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"adder/bench"
	"adder/bench/energy"
	"adder/chip"
	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler"
	"adder/compiler/fit"
	"adder/compiler/place"
	"adder/compiler/testnets"
	"adder/core"
	"adder/layout"
	"adder/sample"
	"adder/spike"
	"adder/spike/encode"
)

// smallChip is the profile adder with cores of so few neurons that layers take
// many or share one.
func smallChip(t *rapid.T) *profile.Profile {
	return profiletest.Variant(t, "adder", profiletest.Fields{
		"neurons":     rapid.IntRange(3, 40).Draw(t, "neurons"),
		"width":       rapid.IntRange(2, 8).Draw(t, "width"),
		"multicast":   rapid.Bool().Draw(t, "multicast"),
		"input_axons": rapid.IntRange(20, 90).Draw(t, "axons"),
	})
}

// TestBreakdownAddsUp: on any network, chip and input, in either engine, cores,
// layers and ticks each add up to every counter exactly, and their energies to
// the bill, in which memory is the sum over cores of what each did in memories of
// its own size.
func TestBreakdownAddsUp(t *testing.T) {
	tables, err := energy.LoadTables([]string{"testdata/horowitz.yaml", "loihi", "45nm",
		"lemaire2022"})
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		on := smallChip(t)
		net := testnets.Sparse(on, rapid.IntRange(1, 3).Draw(t, "layers"),
			rapid.IntRange(4, 24).Draw(t, "size"), 3, 4)
		ticks := rapid.IntRange(1, 4).Draw(t, "ticks")
		r, err := compiler.CompileIR(t.Context(), net, compiler.Options{
			Chip: on, Encoder: layout.Encoder{Kind: "spikes", Ticks: int32(ticks)},
			Placement: place.Options{Moves: -1},
		})
		if misfit := new(fit.Error); errors.As(err, &misfit) {
			t.Skip(err)
		}
		require.NoError(t, err)
		c, err := chip.Load(r.Image)
		require.NoError(t, err)
		source := drawTrains(t, net.Input.Size, ticks)
		options := chip.Options{Ticks: ticks, ByTick: true, Links: true}
		var found [2]*bench.Breakdown
		for k, engine := range []func() (chip.Engine, error){
			func() (chip.Engine, error) { return c.NewFast(options), nil },
			func() (chip.Engine, error) { return c.NewCycle(options, nil) },
		} {
			e, err := bench.Evaluate(context.Background(),
				bench.Run{Chip: c, Engine: engine, Options: options, Source: source, Workers: 2})
			require.NoError(t, err)
			found[k] = bench.NewBreakdown(c, e, tables, 1)
			requireSums(t, c, e, found[k], tables)
		}
		for i := range found[1].ByCore {
			found[1].ByCore[i].Busy, found[1].ByCore[i].Stalls, found[1].ByCore[i].Last =
				nil, nil, nil
		}
		for i := range found[1].Links {
			found[1].Links[i].Stalls = nil
		}
		require.Equal(t, found[0], found[1], "the engines break down alike")
	})
}

func drawTrains(t *rapid.T, size, ticks int) sample.Source {
	source := &sample.Trains{Title: "drawn"}
	for range rapid.IntRange(1, 2).Draw(t, "samples") {
		train := spike.NewTrain(size, ticks)
		for tick := range ticks {
			train.Row(tick)[0] = rapid.Uint64Range(0, 1<<size-1).Draw(t, "spikes")
		}
		source.Trains = append(source.Trains, train)
	}
	return source
}

// requireSums holds the rows of a breakdown to the whole.
func requireSums(t require.TestingT, c *chip.Chip, e *bench.Evaluation, b *bench.Breakdown,
	tables []*energy.Table) {
	var cores, layers, ticks []bench.Share
	for i := range b.ByCore {
		cores = append(cores, b.ByCore[i].Share)
	}
	for i := range b.ByLayer {
		layers = append(layers, b.ByLayer[i].Share)
	}
	for i := range b.ByTick {
		ticks = append(ticks, b.ByTick[i].Share)
	}
	require.Len(t, ticks, e.Ticks+1)
	requireLinkSums(t, e, b)
	m := bench.NewMemories(c.Image()).WithTile(c.Profile().Core.SynapseMemory)
	ledger := bench.NewLedger(m.Count(e.Attribution, nil), 1, m)
	for name, n := range e.Counts.All(c.Topology().Classes()) {
		for k, rows := range [][]bench.Share{cores, layers, ticks} {
			sum := 0.0
			for i := range rows {
				sum += rows[i].Counts[name]
			}
			require.Equal(t, float64(n), sum, "%s by %s", name, bench.BreakdownKinds()[k])
		}
	}
	for _, table := range tables {
		whole := table.Bill(ledger).PJ
		for k, rows := range [][]bench.Share{cores, layers, ticks} {
			sum := 0.0
			for i := range rows {
				sum += rows[i].SNNPJ[table.Name]
			}
			require.InDelta(t, whole, sum, whole*1e-12, "%s by %s", table.Name,
				bench.BreakdownKinds()[k])
		}
		sum := 0.0
		for i := range b.ByPart {
			sum += b.ByPart[i].SNNPJ[table.Name]
		}
		require.InDelta(t, whole, sum, whole*1e-12, "%s by part", table.Name)
	}
	require.Equal(t, b.ByCore[0].SNNPJ[tables[0].Name], *b.ByCore[0].EnergyPJ, "the first table")
	memory := memoryOf(c.Image(), b.ByCore)
	require.InDelta(t, memory, tables[0].Bill(ledger).Parts()[energy.PartMemory], memory*1e-9)
}

// requireLinkSums holds the rows of links to hops and stalls.
func requireLinkSums(t require.TestingT, e *bench.Evaluation, b *bench.Breakdown) {
	packets, stalls := 0.0, 0.0
	wait := func(cycles *float64) {
		if cycles != nil {
			stalls += *cycles
		}
	}
	for _, l := range b.Links {
		packets += l.Packets
		wait(l.Stalls)
	}
	for i := range b.ByCore {
		wait(b.ByCore[i].Stalls)
	}
	require.Equal(t, float64(e.Counts.Hops()), packets)
	if e.Cycles != nil {
		require.Equal(t, float64(e.Cycles.Stalls), stalls)
	}
}

// memoryOf is what the reads and writes that by_core tells of cost in memories
// as large as what each core keeps, under testdata/horowitz.yaml: worked out from the image
// and from the published sizes (8 KiB 10 pJ, 32 KiB 20 pJ, 1 MiB 100 pJ for 64
// bits; linear between them, from nothing on), without the ledger.
func memoryOf(img *layout.Image, rows []bench.CoreRow) float64 {
	total := 0.0
	for i := range img.Cores {
		counts, cfg := rows[i].Counts, &img.Cores[i].Config
		neurons, word := float64(cfg.Neurons()), float64(cfg.Widths.Potential)
		synapse, entry := 0.0, 0
		for k := range cfg.Rows {
			row := &cfg.Rows[k]
			width := float64(row.WeightBits)
			if row.Format == core.Sparse {
				width += float64(cfg.Widths.IndexBits)
			}
			synapse += width * float64(row.Count)
		}
		entry = bits.Len(uint(max(len(cfg.Rows)-1, 0)))
		longest, farthest := uint8(0), int32(0)
		for _, a := range cfg.Axons {
			longest, farthest = max(longest, a.Delay), max(farthest, a.Base)
		}
		entry += bits.Len8(longest) + bits.Len32(uint32(farthest))
		state := word * neurons // plain integrate-and-fire: a potential, no more
		total += counts["synapse_bits"] * perBit(synapse)
		total += counts["axon_reads"] * float64(entry) * perBit(float64(entry*len(cfg.Axons)))
		total += 2 * counts["synaptic_adds"] * 32 * perBit(32*neurons)
		total += (counts["state_reads"] + counts["state_writes"] +
			counts["reset_writes"]) * word * perBit(state)
		total += 2 * counts["neuron_updates"] * word * perBit(4*word*neurons)
	}
	return total
}

// perBit is the price in picojoules of a bit in a memory of so many bits.
func perBit(size float64) float64 {
	kib := size / 8 / 1024
	switch {
	case kib < 8:
		return 10 * kib / 8 / 64
	case kib < 32:
		return (10 + 10*(kib-8)/24) / 64
	case kib < 1024:
		return (20 + 80*(kib-32)/992) / 64
	}
	return 100.0 / 64
}

// memoryParts are the memory energy of a report under testdata/horowitz.yaml, the host's left
// out, and the same by memoryOf from its JSON.
func memoryParts(t *testing.T, c *chip.Chip, source sample.Source,
	e *bench.Evaluation) (reported, recounted float64) {
	t.Helper()
	tables, err := energy.LoadTables([]string{"testdata/horowitz.yaml"})
	require.NoError(t, err)
	r, err := bench.NewReport(bench.Comparison{Chip: c, Source: source, Encoder: encode.KindRate,
		Engine: "fast", SNN: e, Tables: tables})
	require.NoError(t, err)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	var doc struct {
		Energy []struct {
			Parts map[string]float64 `json:"parts"`
		} `json:"energy"`
		ByCore []bench.CoreRow `json:"by_core"`
	}
	require.NoError(t, json.Unmarshal(text, &doc))
	return doc.Energy[0].Parts["memory"], memoryOf(c.Image(), doc.ByCore)
}

// TestMemoryOfTheModels holds the two MNIST networks to the independent sum. Spread
// over the cores as the bits are, their events would cost 21 % more and 1 % less.
func TestMemoryOfTheModels(t *testing.T) {
	for _, model := range []string{"cnn_avgpool_8_16.onnx", "mlp_784_128_10.onnx"} {
		data, net := acceptance(t, model)
		data = data.head(60)
		img, encoder := spiking(t, data, net, 8, rate32)
		c, err := chip.Load(img)
		require.NoError(t, err)
		source := &sample.Encoded{Values: sample.Values{Set: data.test}, Encoder: encoder}
		reported, recounted := memoryParts(t, c, source, evaluate(t, data, img, encoder))
		t.Logf("%s: %.4f uJ, and %.4f uJ core by core", model, reported/1e6, recounted/1e6)
		require.InEpsilon(t, recounted, reported, 1e-9)
	}
}

// TestBreakdownText prints every kind and refuses others.
func TestBreakdownText(t *testing.T) {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	r, err := compiler.CompileIR(t.Context(), testnets.Sparse(on, 2, 8, 3, 4),
		compiler.Options{Chip: on, Encoder: layout.Encoder{Kind: "spikes", Ticks: 2}})
	require.NoError(t, err)
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	e, err := bench.Evaluate(context.Background(), bench.Run{
		Chip: c, Options: chip.Options{Ticks: 2, ByTick: true},
		Source: &sample.Trains{Trains: []*spike.Train{spike.NewTrain(8, 2)}},
	})
	require.NoError(t, err)
	tables, err := energy.LoadTables([]string{"45nm"})
	require.NoError(t, err)
	b := bench.NewBreakdown(c, e, tables, 1)
	for by, words := range map[string][]string{
		"core":  {"By core, in all", "(0, 0)", "host", "chip", "45nm"},
		"layer": {"l0", "l1", "host"}, "tick": {"reset", "1"}, "part": {"memory", "operations"},
	} {
		require.NoError(t, bench.CheckBreakdown(by))
		for _, word := range words {
			require.Contains(t, b.Text(by, "in all"), word)
		}
	}
	require.True(t, slices.Contains(bench.BreakdownKinds(), "part"))
	require.ErrorContains(t, bench.CheckBreakdown("hour"), "--by hour: it is one of core, layer, "+
		"tick, part")
}
