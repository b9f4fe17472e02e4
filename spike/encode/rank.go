package encode

import (
	"math"

	"adder/spike"
)

// RankOrder is the rank-order code of the BindsNET simulator. Not a rank: the time
// of an element is inversely proportional to it, scaled so that the dimmest nonzero
// element of the sample comes last. With d = x/255 * intensity and d' = d / max(d),
//
//	k = ceil((1/d') * (T / max(1/d')))
//
// and the element spikes once, in tick k-1, if k < T; the dimmest elements have k = T
// and are dropped. Everything is float32, each operation rounded, which decides the
// tick where the product is close to an integer. Elements that are 0 are silent.
//
// A comparison per element for max(d) and per nonzero element for max(1/d'), a division,
// a reciprocal and a multiplication per nonzero element and a division per sample
// are counted.
type RankOrder struct {
	base
	scaled [levels]float32
}

func newRankOrder(b base) Encoder {
	e := &RankOrder{base: b}
	for x := range e.scaled {
		e.scaled[x] = scaled(x, b.config)
	}
	return e
}

// Encode is part of Encoder.
func (e *RankOrder) Encode(_ uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	smallest, nonzero := dimmest(x)
	work := Work{Adds: int64(len(x)) + nonzero, MACs: 3*nonzero + 1}
	if nonzero == 0 {
		return work
	}
	largest := e.scaled[brightest(x)]
	// The times fall with d, and rounding keeps the order: the dimmest has the latest.
	scale := float32(e.config.Ticks) / float32(1/float32(e.scaled[smallest]/largest))
	for i, value := range x {
		if value == 0 {
			continue
		}
		time := float32(float32(1/float32(e.scaled[value]/largest)) * scale)
		if tick := int(math.Ceil(float64(time))) - 1; tick >= 0 && tick < e.config.Ticks-1 {
			out.Set(tick, i)
		}
	}
	return work
}

// Peak is part of Encoder: one spike per sample, none where it has but one tick.
func (e *RankOrder) Peak() float64 {
	if e.config.Ticks == 1 {
		return 0
	}
	return 1 / float64(e.config.Ticks)
}

// dimmest is the smallest nonzero element, and the number of nonzero elements.
func dimmest(x []uint8) (smallest uint8, nonzero int64) {
	smallest = fullScale
	for _, value := range x {
		if value != 0 {
			smallest = min(smallest, value)
			nonzero++
		}
	}
	return smallest, nonzero
}

// RankStrict is the rank-order code by rank: the m nonzero elements are ordered from the brightest
// to the dimmest, equal ones by index, and element number k of that order spikes once, in tick
// floor(k*T/m). The numbers of spikes of ticks differ by at most one.
//
// The order is a counting sort: an add per nonzero element to count and one to place
// it, 255 between, and a multiplication and a division per nonzero element.
type RankStrict struct {
	base
}

func newRankStrict(b base) Encoder { return &RankStrict{b} }

// Encode is part of Encoder.
func (e *RankStrict) Encode(_ uint64, x []uint8, out *spike.Train) Work {
	out.Resize(len(x), e.config.Ticks)
	var rank [levels]int // of the next element of that value
	for _, value := range x {
		rank[value]++
	}
	nonzero := 0
	for value := fullScale; value > 0; value-- {
		rank[value], nonzero = nonzero, nonzero+rank[value]
	}
	for i, value := range x {
		if value == 0 {
			continue
		}
		out.Set(rank[value]*e.config.Ticks/nonzero, i)
		rank[value]++
	}
	return Work{Adds: int64(2*nonzero + fullScale), MACs: int64(2 * nonzero)}
}

// Peak is part of Encoder: one spike per sample.
func (e *RankStrict) Peak() float64 { return 1 / float64(e.config.Ticks) }
