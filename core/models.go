package core

import (
	"slices"

	"adder/fixedpoint"
)

// Model names a neuron model, as profiles, messages and pages write it.
type Model string

// The neuron models. A group is of exactly one of those of the membrane, the
// first ones, and of any of those that extend it.
const (
	ModelIF         Model = "if"
	ModelLIF        Model = "lif"
	ModelCUBA       Model = "cuba"
	ModelThreshold  Model = "threshold"
	ModelRadix      Model = "radix"
	ModelLevel      Model = "level"
	ModelReversal   Model = "reversal"
	ModelIntegrator Model = "integrator"
	ModelALIF       Model = "alif"
	ModelSRM0       Model = "srm0"
	ModelWinner     Model = "winner"
	ModelBoundaries Model = "boundaries"
	ModelMax        Model = "max"
	ModelShift      Model = "shift"
	ModelSecond     Model = "second"
	ModelGraded     Model = "graded"
	ModelPairs      Model = "compartments"
)

// ModelRow describes a neuron model. Its table is read by profiles, front ends, the compiler, this
// package and docs/neurocore.md.
type ModelRow struct {
	Model Model
	// About says in a few words what its neurons do.
	About string
	// Extends is set for a model that extends one of the membrane.
	Extends bool
	// On are the models of the membrane that this one can extend.
	On []Model
	// Needs are the fields of a Group that must be nonzero for it to be of this model.
	Needs []string
	// State are the state words of a neuron, as docs/neurocore.md calls them:
	// u is as wide as a current, the others as a potential.
	State []string
	// Upkeep is the counts of every update of a neuron.
	Upkeep Upkeep
	// Constants, if not nil, returns the constants of a group of the model that must fit the
	// register of potentials.
	Constants func(g *Group) []Constant
	// Trained are the neurons of trained networks that need the model, by their names in package
	// snn, Learned those in package snn/stdp.
	Trained, Learned []string
	// Is reports whether a group is of the model.
	Is func(g *Group) bool
	// Draw makes a group one of the model, for tests. pick chooses a number from low to high. A
	// group that fires at random names the first table of escape noise, and one that compares with
	// boundaries the first table of those; the caller adds these tables, and makes the number of
	// neurons a multiple of a run.
	Draw func(g *Group, pick func(low, high int32) int32)
}

// Upkeep is the counts of every update of a neuron, independent of its state; that of a model is
// added to those of the other models of its group.
type Upkeep struct {
	// DecayV and DecayU say whether v and u decay.
	DecayV, DecayU bool
	// MembraneAdds and Comparisons are the counters of these names.
	MembraneAdds, Comparisons int64
}

// Constant is a number of a group, in least significant bits, with its name in messages.
type Constant struct {
	Name  string
	Value int32
}

// spiking are the models of the membrane whose spikes are spikes, coded those whose
// spikes are digits.
var (
	spiking = []Model{ModelIF, ModelLIF, ModelCUBA, ModelThreshold}
	coded   = []Model{ModelRadix, ModelLevel}
)

// models is the table. The fields of the membrane come first.
var models = [...]ModelRow{
	{
		Model: ModelIF, About: "integrates without leak and fires",
		Needs: []string{"DecayV"}, State: []string{"v"},
		Upkeep:  Upkeep{MembraneAdds: 1, Comparisons: 1},
		Trained: []string{"I", "IF"}, Learned: []string{"if"},
		Is: func(g *Group) bool {
			return g.plain() && !g.HasCurrent && g.DecayV == fixedpoint.DecayOne
		},
		Draw: func(g *Group, _ func(low, high int32) int32) { g.DecayV = fixedpoint.DecayOne },
	},
	{
		Model: ModelLIF, About: "keeps a fraction of its potential in each tick",
		Needs: []string{"DecayV"}, State: []string{"v"},
		Upkeep:  Upkeep{DecayV: true, MembraneAdds: 1, Comparisons: 1},
		Trained: []string{"LI", "LIF"}, Learned: []string{"lif", "srm0", "dc"},
		Is: func(g *Group) bool {
			return g.plain() && !g.HasCurrent && g.DecayV > 0 && g.DecayV < fixedpoint.DecayOne
		},
		Draw: func(g *Group, pick func(low, high int32) int32) {
			g.DecayV = uint16(pick(1, fixedpoint.DecayOne-1))
			if pick(0, 2) == 0 { // a leak of one shift
				g.DecayV = fixedpoint.DecayOne - fixedpoint.DecayOne>>pick(1, fixedpoint.DecayBits)
			}
		},
	},
	{
		Model: ModelCUBA,
		About: "has a synaptic current, which keeps a fraction of itself, before the membrane",
		Needs: []string{"HasCurrent"}, State: []string{"v", "u"},
		Upkeep:  Upkeep{DecayV: true, DecayU: true, MembraneAdds: 2, Comparisons: 1},
		Trained: []string{"CubaLI", "CubaLIF"},
		Is:      func(g *Group) bool { return g.plain() && g.HasCurrent },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			g.HasCurrent, g.BiasToCurrent = true, pick(0, 1) == 1
			g.DecayU = uint16(pick(0, fixedpoint.DecayOne))
			g.DecayV = uint16(pick(0, fixedpoint.DecayOne))
		},
	},
	{
		Model: ModelThreshold, About: "keeps nothing: compares the input of the tick",
		State: []string{"v"}, Upkeep: Upkeep{MembraneAdds: 1, Comparisons: 1},
		Trained: []string{"Threshold"},
		Is:      func(g *Group) bool { return g.plain() && !g.HasCurrent && g.DecayV == 0 },
		Draw:    func(g *Group, _ func(low, high int32) int32) { g.DecayV = 0 },
	},
	{
		Model: ModelRadix,
		About: "sums binary digits and sends those of its activation, each exactly",
		Needs: []string{"Code"}, State: []string{"v"}, Upkeep: Upkeep{MembraneAdds: 2},
		Is: func(g *Group) bool { return g.Code.Kind == CodeRadix },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			g.Code = drawCode(CodeRadix, pick)
		},
	},
	{
		Model: ModelLevel, About: "sums spikes and spikes as often as its activation says",
		Needs: []string{"Code"}, State: []string{"v"}, Upkeep: Upkeep{MembraneAdds: 1},
		Is: func(g *Group) bool { return g.Code.Kind == CodeLevel },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			g.Code = drawCode(CodeLevel, pick)
		},
	},
	{
		Model: ModelShift,
		About: "leaks by shifts after its input, from a current that saturates spike by spike, " +
			"and fires several times a tick",
		Needs: []string{"Shift"}, State: []string{"v", "u"},
		Upkeep: Upkeep{MembraneAdds: 4, Comparisons: 1},
		Is:     func(g *Group) bool { return g.shifts() },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			*g = Group{First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
				ResetMode: ResetSubtract}
			leak := func() uint8 { return uint8(pick(0, maxShiftLeak)) }
			g.Shift = Shift{Most: uint8(pick(1, maxShiftSpikes)), V: leak(), U: leak()}
		},
	},
	{
		Model: ModelReversal, About: "leaks by a constant whose sign is the potential's",
		Extends: true, On: spiking,
		Needs: []string{"Leak"}, Upkeep: Upkeep{MembraneAdds: 1},
		Constants: func(g *Group) []Constant { return []Constant{{"leak by sign", g.Leak}} },
		Is:        func(g *Group) bool { return g.Leak != 0 },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			if g.Leak = pick(-9, 5); g.Leak == 0 {
				g.Leak = 1
			}
		},
	},
	{
		Model: ModelIntegrator, About: "never fires: its potential is read", Extends: true,
		On:    slices.Concat(spiking, coded),
		Needs: []string{"Integrator"}, Upkeep: Upkeep{Comparisons: -1},
		Trained: []string{"I", "LI", "CubaLI"},
		Is:      func(g *Group) bool { return g.Integrator },
		Draw: func(g *Group, _ func(low, high int32) int32) {
			g.Integrator = true
			g.Code.Bits, g.Code.Table, g.Code.Run = 0, 0, 0
		},
	},
	{
		Model: ModelALIF, About: "has a threshold that adapts", Extends: true, On: spiking,
		Needs: []string{"Theta"}, State: []string{"theta"}, Upkeep: Upkeep{MembraneAdds: 1},
		Constants: func(g *Group) []Constant {
			return []Constant{
				{"rise of the adaptive threshold", g.Theta.Plus},
				{"minimum of the adaptive threshold", g.Theta.Min},
			}
		},
		Learned: []string{"dc"},
		Is:      func(g *Group) bool { return g.Theta.Adaptive },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			g.Theta = Theta{
				Adaptive: true, Always: pick(0, 1) == 1, Plus: pick(0, 40),
				Decay: uint8(pick(0, 5)),
				Fall:  uint32(pick(0, 200000)), Min: pick(-20, 20),
			}
		},
	},
	{
		Model: ModelSRM0, About: "fires by chance, by a table of escape noise", Extends: true,
		On:      spiking,
		Needs:   []string{"Escape"},
		Learned: []string{"srm0"},
		Is:      func(g *Group) bool { return g.Escape > 0 },
		Draw:    func(g *Group, _ func(low, high int32) int32) { g.Escape = 1 },
	},
	{
		Model: ModelWinner, Extends: true, On: spiking,
		About:   "competes: of the neurons that would fire, an arbiter lets one",
		Needs:   []string{"Winner"},
		Learned: []string{"dc"},
		Is:      func(g *Group) bool { return g.Winner.Arbiter != ArbiterNone },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			g.Winner = Winner{
				Arbiter:      Arbiter(pick(int32(ArbiterMargin), int32(ArbiterFair))),
				LateralReset: pick(0, 1) == 1, Alone: pick(0, 1) == 1,
			}
		},
	},
	{
		Model: ModelBoundaries, Extends: true, On: coded,
		About: "compares with a table that its group shares, not with multiples of a threshold",
		Needs: []string{"Code"}, State: []string{"q"},
		Is:   func(g *Group) bool { return g.Code.Table > 0 },
		Draw: func(g *Group, _ func(low, high int32) int32) { g.Code.Table = 1 },
	},
	{
		Model: ModelMax, Extends: true, On: coded,
		About: "compares the sums of a window of neurons: the last of them sends the largest",
		Needs: []string{"Code"},
		Is:    func(g *Group) bool { return g.Code.Run > 0 },
		Draw:  func(g *Group, pick func(low, high int32) int32) { g.Code.Run = pick(2, 4) },
	},
	{
		Model: ModelSecond, About: "has a second current, with a leak of its own", Extends: true,
		On: []Model{ModelShift}, Needs: []string{"Shift"}, State: []string{"w"},
		Upkeep: Upkeep{MembraneAdds: 2},
		Is:     func(g *Group) bool { return g.Shift.Second },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			g.Shift.Second, g.Shift.W = true, uint8(pick(0, maxShiftLeak))
		},
	},
	{
		Model: ModelGraded, Extends: true, On: spiking, Needs: []string{"Graded"},
		About: "fires beyond its threshold on either side, with a spike that carries the potential",
		Is:    func(g *Group) bool { return g.Graded > 0 },
		Draw:  func(g *Group, pick func(low, high int32) int32) { g.Graded = uint8(pick(2, 10)) },
	},
	{
		Model: ModelPairs, Extends: true, On: spiking, Needs: []string{"Pairs"},
		About: "two compartments: a dendrite that integrates, and a soma that fires by its " +
			"potential",
		Is: func(g *Group) bool { return g.Pairs },
		Draw: func(g *Group, pick func(low, high int32) int32) {
			*g = Group{First: g.First, Count: g.Count, Population: g.Population, Depth: g.Depth,
				HasCurrent: g.HasCurrent, DecayU: g.DecayU, DecayV: g.DecayV,
				BiasToCurrent: g.BiasToCurrent, WeightExp: g.WeightExp, Pairs: true}
		},
	},
}

// plain reports whether the membrane of a group is that of section 3.2.
func (g *Group) plain() bool { return !g.coded() && !g.shifts() }

// coded reports whether the spikes of a group are digits of activations.
func (g *Group) coded() bool { return g.Code.Kind != CodeNone }

// drawCode draws a code for tests.
func drawCode(kind CodeKind, pick func(low, high int32) int32) Code {
	return Code{Kind: kind, Window: pick(1, 6), Bits: uint8(pick(1, 4))}
}

// Models returns the table of neuron models, those of the membrane first. The caller must not
// change the contents of its slices.
func Models() []ModelRow { return slices.Clone(models[:]) }

// ModelNames returns the names of the neuron models in the order of the table.
func ModelNames() []Model {
	names := make([]Model, len(models))
	for i := range models {
		names[i] = models[i].Model
	}
	return names
}

// Models returns the models of a group, in the order of the table: one of the membrane, and those
// that extend it. A chip must have all of them.
func (g *Group) Models() []Model {
	var of []Model
	for i := range models {
		if models[i].Is(g) {
			of = append(of, models[i].Model)
		}
	}
	return of
}

// State returns the names of the state words of a group's neurons.
func (g *Group) State() []string {
	var words []string
	for i := range models {
		if models[i].Is(g) {
			words = append(words, models[i].State...)
		}
	}
	return words
}

// Constants returns the constants of a group's models that are compared with or added to its
// potentials.
func (g *Group) Constants() []Constant {
	var of []Constant
	for i := range models {
		if row := &models[i]; row.Constants != nil && row.Is(g) {
			of = append(of, row.Constants(g)...)
		}
	}
	return of
}

// ModelsTrained returns the models that a neuron of a trained network needs, given its name in
// package snn.
func ModelsTrained(name string) []Model {
	return modelsWhere(func(row *ModelRow) bool { return slices.Contains(row.Trained, name) })
}

// ModelsLearned returns the models that a neuron of a learning network needs, given its name in
// package snn/stdp.
func ModelsLearned(name string) []Model {
	return modelsWhere(func(row *ModelRow) bool { return slices.Contains(row.Learned, name) })
}

func modelsWhere(holds func(row *ModelRow) bool) []Model {
	var of []Model
	for i := range models {
		if holds(&models[i]) {
			of = append(of, models[i].Model)
		}
	}
	return of
}
