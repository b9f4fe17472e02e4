package main

import (
	"strings"

	"adder/bench"
	"adder/bench/energy"
	"adder/chip"
	"adder/chip/profile"
	"adder/train/learned"
)

// learningEnergy is the mean energy of learning from an image, in the JSON of `train stdp`.
type learningEnergy struct {
	Table    string                  `json:"table"`
	PJ       float64                 `json:"pj"`
	Partial  bool                    `json:"partial"`
	Unpriced []string                `json:"unpriced"`
	Parts    map[energy.Part]float64 `json:"parts"`
}

// priceLearning prices the events of a training that a chip did, per image.
func priceLearning(prices *energy.Table, n *learned.Network, p *profile.Profile,
	counts *chip.Counts) (*learningEnergy, error) {
	image, err := n.LearningImage(p, 0)
	if err != nil {
		return nil, err
	}
	memories := bench.NewMemories(image).WithTile(p.CoreMemory())
	counted := memories.NewCounts()
	memories.Add(counted, 0, counts) // what learns is one core
	bill := prices.Bill(bench.NewLedger(counted, n.Images, memories))
	return &learningEnergy{Table: prices.Name, PJ: bill.PJ, Partial: bill.Partial(),
		Unpriced: bill.Unpriced, Parts: bill.Parts()}, nil
}

// String says it in half a sentence.
func (e *learningEnergy) String() string {
	text := bench.Energy(e.PJ) + " by table " + e.Table
	if e.Partial {
		text += ", which has no price for " + strings.Join(e.Unpriced, ", ")
	}
	return text
}
