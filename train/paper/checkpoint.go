package paper

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"adder/internal/dataset"
	"adder/snn/stdp"
	"adder/train/frame"
	"adder/train/lockstep"
)

// checkpointMagic begins the checkpoint of a lock-step training.
const checkpointMagic = "\x89PCP\r\n\x1a\n"

// checkpoint is the header of such a checkpoint: its training, and all of a run between two batches
// that is not in an array.
type checkpoint struct {
	Run    json.RawMessage `json:"run"`
	Images uint32          `json:"images"`

	Done        int       `json:"done"`
	Accuracy    float64   `json:"accuracy"`
	Assignments int       `json:"assignments"`
	Rates       []float32 `json:"rates"`
	// Classes are those of the images since the last assignment of labels.
	Classes []uint8       `json:"classes"`
	Tally   stdp.Tally    `json:"tally"`
	Work    lockstep.Work `json:"work"`
}

// frame lists what a checkpoint holds besides the header.
func (h *checkpoint) frame(weights *[]uint16, theta, counts *[]int32) *frame.Frame {
	return &frame.Frame{Magic: checkpointMagic, What: "a checkpoint of preset paper", Header: h,
		Short: []*[]uint16{weights}, Long: []*[]int32{theta, counts}}
}

// identity identifies a run; its checkpoint must have the same.
func (p *Training) identity() (json.RawMessage, error) {
	c := p.run.cfg
	c.Workers, c.TestBatch, c.Limit = 0, 0, 0
	return json.Marshal(map[string]any{"config": c, "encoder": p.run.encoder.Config(),
		"setting": p.network.Setting()})
}

// SaveCheckpoint writes the state between two batches to a file.
func (p *Training) SaveCheckpoint(path string) error {
	run, err := p.identity()
	if err != nil {
		return err
	}
	n := p.network.State()
	h := &checkpoint{
		Run: run, Images: frame.Fingerprint(p.run.trainSet), Done: p.Done(),
		Accuracy: p.run.state.Accuracy, Assignments: p.run.out.Assignments,
		Rates: p.run.labels.Rates(), Classes: p.run.classes, Tally: n.Tally, Work: n.Work,
	}
	if err := h.frame(&n.Weights, &n.Theta, &p.run.counts).Save(path); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

// ResumeTraining resumes a training from a checkpoint, or starts it if the file does not exist.
// Configuration and set must be those of the run that wrote it.
func ResumeTraining(cfg Config, set *dataset.Set, path string) (*Training, error) {
	p, err := NewTraining(cfg, set)
	if err != nil {
		return nil, err
	}
	var h checkpoint
	var weights []uint16
	var theta, counts []int32
	err = h.frame(&weights, &theta, &counts).Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	if err := p.resume(&h, weights, theta, counts); err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", path, err)
	}
	return p, nil
}

func (p *Training) resume(h *checkpoint, weights []uint16, theta, counts []int32) error {
	run, err := p.identity()
	if err != nil {
		return err
	}
	if err := frame.SameTraining(h.Run, run, h.Images, p.run.trainSet); err != nil {
		return err
	}
	now, neurons := p.network.State(), p.run.cfg.Neurons
	if h.Done < 0 || h.Assignments < 0 || h.Done > p.Total() || len(weights) != len(now.Weights) ||
		len(theta) != len(now.Theta) || len(counts) != len(h.Classes)*neurons {
		return fmt.Errorf(
			"its parts do not agree: %d of %d images, %d weights, %d thetas, %d counts", h.Done,
			p.Total(), len(weights), len(theta), len(counts))
	}
	if h.Assignments > 0 {
		if err := p.run.labels.SetRates(h.Rates); err != nil {
			return err
		}
	}
	if err := p.network.SetState(lockstep.State{Weights: weights, Theta: theta, Tally: h.Tally,
		Work: h.Work}); err != nil {
		return err
	}
	p.run.counts, p.run.classes = counts, h.Classes
	p.run.state.Done, p.run.state.Accuracy, p.run.out.Assignments =
		h.Done, h.Accuracy, h.Assignments
	return nil
}
