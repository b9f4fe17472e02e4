package encode

import (
	"math"

	"adder/spike"
)

// fieldWidth is the beta of Bohte et al.: fields are 1/beta of their distance wide.
const fieldWidth = 1.5

// Population gives each element K overlapping Gaussian receptive fields over 0..255.
// Field i = 1..K of an element x has the activation
//
//	a = exp(-(x - c)^2 / (2 s^2)),  c = 255 (2i-3) / (2 (K-2)),  s = 255 / (1.5 (K-2))
//
// and its source, element*K + i-1, spikes once in tick t = round((1-a) * T), unless a is
// below Cut or t = T: then it is silent. An element that is 0 is a value like another
// and has its spikes too. Bohte et al. (2002) use 10 steps and leave out the last,
// which is Cut = 0.1.
//
// The ticks are a table and nothing is counted.
type Population struct {
	base
	// tick is that of value x and field i at x*Fields + i, or -1.
	tick []int32
}

func newPopulation(b base) Encoder {
	e := &Population{base: b}
	for x := range levels {
		for field := range b.config.Fields {
			e.tick = append(e.tick, fieldTick(x, field, b.config))
		}
	}
	return e
}

// fieldTick is the tick of a field, counted from 0, for a value, or -1.
func fieldTick(x, field int, c Config) int32 {
	// The distance from the centre in units of the distance between centres.
	distance := float64(float64(x)*float64(c.Fields-2))/fullScale - (float64(field) - 0.5)
	activation := expNegative(fieldWidth * fieldWidth / 2 * distance * distance)
	tick := int32(math.Round((1 - activation) * float64(c.Ticks)))
	if activation < c.Cut || int(tick) >= c.Ticks {
		return -1
	}
	return tick
}

// FieldCentre is the preferred value of a receptive field, counted from 0, of so many: 0..255, and
// beyond for the outermost.
func FieldCentre(field, fields int) float64 {
	return fullScale * (float64(field) - 0.5) / float64(fields-2)
}

// Sources is part of Encoder: Fields per element.
func (e *Population) Sources(elements int) int { return elements * e.config.Fields }

// Encode is part of Encoder.
func (e *Population) Encode(_ uint64, x []uint8, out *spike.Train) Work {
	fields := e.config.Fields
	out.Resize(e.Sources(len(x)), e.config.Ticks)
	for i, value := range x {
		for field, tick := range e.tick[int(value)*fields:][:fields] {
			if tick >= 0 {
				out.Set(int(tick), i*fields+field)
			}
		}
	}
	return Work{}
}

// Peak is part of Encoder: the mean over the fields of a full-scale element, each of
// which spikes at most once.
func (e *Population) Peak() float64 {
	spikes := 0
	for _, tick := range e.tick[fullScale*e.config.Fields:] {
		if tick >= 0 {
			spikes++
		}
	}
	return float64(spikes) / float64(e.config.Fields*e.config.Ticks)
}
