package encode

import "adder/spike"

// Latency makes each nonzero element spike once, the sooner the brighter: in tick
// floor((255-x) * T / 256), so that a full-scale element spikes in tick 0. The ticks
// are a table and nothing is counted.
type Latency struct {
	base
	tick [levels]int32
}

func newLatency(b base) Encoder {
	e := &Latency{base: b}
	for x := range e.tick {
		e.tick[x] = int32((fullScale - x) * b.config.Ticks / levels)
	}
	return e
}

// Encode is part of Encoder.
func (e *Latency) Encode(_ uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	for i, value := range x {
		if value != 0 {
			out.Set(int(e.tick[value]), i)
		}
	}
	return Work{}
}

// Peak is part of Encoder: one spike per sample.
func (e *Latency) Peak() float64 { return 1 / float64(e.config.Ticks) }
