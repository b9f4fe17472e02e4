package bench

// Dataflow is the way an ANN's accelerator reuses weights and sums, which decides its memory
// traffic. Its formulas are in docs/energy.md.
type Dataflow string

const (
	// Compulsory moves each weight and each activation once per layer, and partial sums are free:
	// no hardware does less, so it is a lower bound.
	Compulsory Dataflow = "compulsory"
	// RegisterFile adds a register file of 512 bytes to each multiplier: every multiply-accumulate
	// reads a weight, an activation and a partial sum there and writes the sum (the row-stationary
	// order; larger memories see its reuse).
	RegisterFile Dataflow = "register-file"
	// AsSNN treats the ANN like the SNN: no weight is reused, and each partial sum is read from and
	// written to a memory of the layer's outputs.
	AsSNN Dataflow = "as-snn"
)

// dataflows lists them in the order of reports.
func dataflows() []Dataflow { return []Dataflow{Compulsory, RegisterFile, AsSNN} }

// registerFileBytes is the size of a register file beside a multiplier.
const registerFileBytes = 512

// zeros says which multiply-accumulates an ANN leaves out.
type zeros uint8

const (
	// zerosKept is the dense ANN.
	zerosKept zeros = iota
	// zerosOfActivations leaves out those whose activation is 0.
	zerosOfActivations
	// zerosOfBoth leaves out those whose weight is 0 as well, as an SNN does whose rows
	// hold nonzero weights alone.
	zerosOfBoth
)
