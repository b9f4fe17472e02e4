// Package silicon owns published measurements of neuromorphic chips, and compares energy tables
// with them: each case states a load, a table predicts its energy, and the error is printed, large
// or small. It runs no engine; a test compares its loads with the emulator's counts.
package silicon

import (
	"fmt"

	"adder/bench/energy"
)

// Case is a published measurement and its load.
type Case struct {
	Name string
	// Measured is in picojoules per inference, or in picowatts where PerSecond is true.
	Measured  float64
	PerSecond bool
	Load      Load
	// Tables are the energy tables that predict it. Where there are none, PJPerSynop is the
	// chip's own published price of a synaptic operation.
	Tables     []string
	PJPerSynop float64
	// Note says what the load assumes.
	Note     string
	Evidence energy.Evidence
	Source   string
}

// Load is the events of a chip in an inference, or in a second.
type Load struct {
	Synops, ActiveUpdates, IdleUpdates float64
	Spikes, Packets                    float64
	// Seconds and Cycles are the time, for terms that no event causes; 0 leaves them out.
	Seconds, Cycles float64
	// IdleMicrowatts is a measured power at rest that replaces the table's own.
	IdleMicrowatts float64
}

// Layered is the load of layers that all run for so many ticks: each input and neuron
// spikes at its layer's rate per tick, and reaches all of the next layer.
func Layered(sizes []int, rates []float64, ticks int) Load {
	var l Load
	for i, size := range sizes {
		spikes := rates[i] * float64(size) * float64(ticks)
		if i+1 < len(sizes) {
			l.Synops += spikes * float64(sizes[i+1])
			l.Packets += spikes
		}
		if i > 0 {
			l.ActiveUpdates += float64(size) * float64(ticks)
			l.Spikes += spikes
		}
	}
	return l
}

const (
	picojoulesPerMicrojoule = 1e6
	picojoulesPerMillijoule = 1e9
	truenorthSynapses       = 1 << 27 // 2^20 neurons of 128 active synapses
)

// cases lists the measurements.
func cases() []Case {
	return []Case{
		knn(667), knn(750),
		truenorth(11.6, 68), truenorth(20.1, 71), truenorth(95.9, 94),
		odin(37.5, 477), odin(0.65, 35),
		keywords("no power at rest", 0), keywords("29.7 mW at rest, as before a run", 29_700),
		keywords("96 mW at rest, as after a run", 96_000),
		tenNanometres(),
	}
}

// knn is a nearest-neighbour search over 76,800 patterns, one neuron each, for 60 ticks.
func knn(spikes float64) Case {
	const patterns, ticks = 76_800, 60
	return Case{
		Name:     fmt.Sprintf("Pohoiki Springs, nearest neighbours, %g input spikes", spikes),
		Measured: 1.33 * picojoulesPerMillijoule,
		Load:     Load{Synops: spikes * patterns, IdleUpdates: patterns * ticks, Packets: spikes},
		Tables:   []string{"loihi", "loihi-calibrated"},
		Note:     "the neuromorphic part; every spike reaches every pattern, most updates are idle",
		Evidence: energy.EvidenceSecond, Source: "Frady et al., NICE 2020",
	}
}

func truenorth(hertz, milliwatts float64) Case {
	return Case{
		Name:     fmt.Sprintf("TrueNorth at %g Hz", hertz),
		Measured: milliwatts * picojoulesPerMillijoule, PerSecond: true,
		Load:     Load{Synops: hertz * truenorthSynapses, Seconds: 1},
		Tables:   []string{"truenorth"},
		Note:     "2^20 neurons of 128 active synapses; the line goes through 11.6 and 95.9 Hz",
		Evidence: energy.EvidenceSecond, Source: "published powers at 0.8 V, as quoted",
	}
}

func odin(msops, microwatts float64) Case {
	return Case{
		Name:     fmt.Sprintf("ODIN at %g MSOP/s", msops),
		Measured: microwatts * picojoulesPerMicrojoule, PerSecond: true,
		Load:     Load{Synops: msops * 1e6, Cycles: 2 * msops * 1e6, Seconds: 1},
		Tables:   []string{"odin"},
		Note:     "two cycles per synaptic operation; the line goes through both",
		Evidence: energy.EvidenceSource, Source: "published powers of ODIN, 28 nm",
	}
}

// keywords is the shape of a keyword-spotting network at rates that this suite assumes.
func keywords(rest string, microwatts float64) Case {
	const perSecond = 296
	load := Layered([]int{390, 256, 256, 29}, []float64{0.1, 0.1, 0.1, 0.1}, 10)
	load.Seconds, load.IdleMicrowatts = 1.0/perSecond, microwatts
	return Case{
		Name:     "Loihi, keyword spotting 390-256-256-29, " + rest,
		Measured: 271.6 * picojoulesPerMicrojoule,
		Load:     load, Tables: []string{"loihi", "loihi-calibrated"},
		Note: "10 ticks at a tenth of a spike per neuron and tick are assumed; 296 " +
			"inferences a second are measured",
		Evidence: energy.EvidenceSource, Source: "public logs of power measurements of the " +
			"keyword-spotting benchmark",
	}
}

// tenNanometres is a 10 nm chip with a published price of a synaptic operation.
func tenNanometres() Case {
	load := Layered([]int{784, 1024, 512, 10}, []float64{0.1, 0.1, 0.1, 0.1}, 5)
	return Case{
		Name:     "10 nm, 784-1024-512-10 on MNIST",
		Measured: 1.7 * picojoulesPerMicrojoule,
		Load:     load, PJPerSynop: 3.8,
		Note: "5 ticks at a tenth of a spike per neuron and tick are assumed; its weights " +
			"are half zeros, which are not assumed",
		Evidence: energy.EvidenceSecond, Source: "Chen et al. 2018",
	}
}
