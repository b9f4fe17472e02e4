package descent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"adder/internal/dataset"
	"adder/train/frame"
)

// checkpointMagic begins a checkpoint.
const checkpointMagic = "\x89GCP\r\n\x1a\n"

// checkpointHeader says whose checkpoint it is, and how far the training was.
type checkpointHeader struct {
	// Run is the configuration of the training, Images a checksum of its samples.
	Run    json.RawMessage `json:"run"`
	Images uint32          `json:"images"`
	State  state           `json:"state"`
}

// Identity identifies a training; its checkpoint must have the same.
type Identity struct {
	// Run has all that the result depends on, except the samples; it becomes JSON.
	Run any
	// Set holds the samples.
	Set *dataset.Set
}

// run is the compared identity, with the descent's own settings.
func (t *Training) run(id Identity) (json.RawMessage, error) {
	c := t.cfg
	c.Workers = 0
	return json.Marshal(map[string]any{"descent": c, "run": id.Run})
}

// SaveCheckpoint writes the state of the training between two steps to a file.
func (t *Training) SaveCheckpoint(path string, id Identity) error {
	run, err := t.run(id)
	if err != nil {
		return err
	}
	h := &checkpointHeader{Run: run, Images: frame.Fingerprint(id.Set), State: t.state}
	bits := make([][]int32, 0, len(t.arrays()))
	for _, a := range t.arrays() {
		words := make([]int32, len(a))
		for i, x := range a {
			words[i] = int32(math.Float32bits(x))
		}
		bits = append(bits, words)
	}
	if err := checkpointFrame(h, bits).Save(path); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

// arrays are the arrays of a checkpoint.
func (t *Training) arrays() (out [][]float32) {
	out = append(out, t.model.Params()...)
	out = append(out, t.first...)
	return append(out, t.second...)
}

func checkpointFrame(h *checkpointHeader, arrays [][]int32) *frame.Frame {
	f := &frame.Frame{Magic: checkpointMagic, What: "a checkpoint of a gradient descent", Header: h}
	for i := range arrays {
		f.Long = append(f.Long, &arrays[i])
	}
	return f
}

// Resume resumes the training from a checkpoint; if the file does not exist, the training starts
// anew. The checkpoint must be of a training of the same identity. The parameters at the end are
// those of a training without a stop.
func (t *Training) Resume(path string, id Identity) error {
	var h checkpointHeader
	bits := make([][]int32, len(t.arrays()))
	err := checkpointFrame(&h, bits).Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	run, err := t.run(id)
	if err != nil {
		return err
	}
	if err := frame.SameTraining(h.Run, run, h.Images, id.Set); err != nil {
		return fmt.Errorf("checkpoint %s: %w", path, err)
	}
	if err := t.restore(h.State, bits); err != nil {
		return fmt.Errorf("checkpoint %s: %w", path, err)
	}
	return nil
}

// restore sets the training to a state.
func (t *Training) restore(s state, bits [][]int32) error {
	if s.Epoch < 0 || s.Epoch > t.cfg.Epochs || s.Next < 0 || s.Next > t.samples.Len() ||
		s.Step < 0 {
		return fmt.Errorf("its parts do not agree: epoch %d, sample %d, step %d", s.Epoch, s.Next,
			s.Step)
	}
	for i, a := range t.arrays() {
		if len(a) != len(bits[i]) {
			return fmt.Errorf("its parts do not agree: array %d has %d numbers instead of %d", i,
				len(bits[i]), len(a))
		}
	}
	for i, a := range t.arrays() {
		for k, word := range bits[i] {
			a[k] = math.Float32frombits(uint32(word))
		}
	}
	t.state = s
	return nil
}
