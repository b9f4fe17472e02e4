package onchip

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"adder/chip"
	"adder/core"
	"adder/internal/dataset"
	"adder/train/frame"
	"adder/train/setting"
)

// checkpointMagic begins the checkpoint of a training on a chip.
const checkpointMagic = "\x89SCP\r\n\x1a\n"

// checkpointHeader is the header of a checkpoint: for whom it is, and all of a
// run that is not in an array.
type checkpointHeader struct {
	// Run is the configuration that the checkpoint belongs to, and Images a
	// checksum of the set.
	Run    json.RawMessage `json:"run"`
	Images uint32          `json:"images"`

	Next     int         `json:"next"`
	Counts   chip.Counts `json:"counts"`
	Accuracy float64     `json:"accuracy"`
	Right    int         `json:"right"`
	Window   int         `json:"window"`
	Spikes   []int64     `json:"spikes"`
	Classes  []int64     `json:"classes"`
}

// frame lists what a checkpoint holds besides the header.
func checkpointFrame(h *checkpointHeader, l *core.Learned, w *window) *frame.Frame {
	return &frame.Frame{
		Magic: checkpointMagic, What: "a checkpoint of preset tuned", Header: h,
		Short: []*[]uint16{&l.Weights, &l.Barred, &w.readout.Proportions},
		Long:  []*[]int32{&l.Theta, &l.Target, &l.Pool, &l.Samples, &w.readout.Labels},
	}
}

// identity identifies a run; its checkpoint must have the same.
func (r *Training) identity() (json.RawMessage, error) {
	c := &r.cfg
	return json.Marshal(map[string]any{
		"neuron": c.Neuron.String(), "rule": c.Rule.String(), "encoder": c.Encoder,
		"setting": c.Setting,
		"neurons": c.Neurons, "epochs": c.Epochs, "seed": c.Seed, "chip": c.Chip.Name,
		"chip_profile": frame.Checksum(c.Chip.Text()),
	})
}

// SaveCheckpoint writes the run's state between two images to a file.
func (r *Training) SaveCheckpoint(path string) error {
	run, err := r.identity()
	if err != nil {
		return err
	}
	if r.engine == nil { // before the first image
		if err := r.load(); err != nil {
			return err
		}
	}
	learned := r.engine.Learned()[0]
	h := &checkpointHeader{
		Run: run, Images: frame.Fingerprint(r.set), Next: r.next, Counts: r.counts,
		Accuracy: r.window.accuracy, Right: r.window.right, Window: r.window.n,
		Spikes: r.window.labels.counts, Classes: r.window.labels.images,
	}
	if err := checkpointFrame(h, &learned, &r.window).Save(path); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

// Resume takes a training up again from a checkpoint, or starts it where
// the file does not exist. Configuration and set must be those of the run that
// wrote it; the weights then become those of a run that never stopped.
func Resume(cfg setting.Config, set *dataset.Set, path string) (*Training, error) {
	r, err := New(cfg, set)
	if err != nil {
		return nil, err
	}
	var h checkpointHeader
	var learned core.Learned
	err = checkpointFrame(&h, &learned, &r.window).Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	if err := r.resume(&h, learned); err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", path, err)
	}
	return r, nil
}

func (r *Training) resume(h *checkpointHeader, learned core.Learned) error {
	run, err := r.identity()
	if err != nil {
		return err
	}
	if err := frame.SameTraining(h.Run, run, h.Images, r.set); err != nil {
		return err
	}
	w := &r.window
	if h.Next < 0 || h.Next > r.total || len(h.Spikes) != len(w.labels.counts) ||
		len(h.Classes) != len(w.labels.images) ||
		len(w.readout.Labels) != 0 && len(w.readout.Labels) != r.cfg.Neurons ||
		len(w.readout.Proportions) != len(w.readout.Labels) {
		return fmt.Errorf("its parts do not agree: %d of %d images, %d counts, %d labels", h.Next,
			r.total, len(h.Spikes), len(w.readout.Labels))
	}
	for _, label := range w.readout.Labels {
		if label < -1 || int(label) >= r.set.Classes {
			return fmt.Errorf("it has label %d of %d classes", label, r.set.Classes)
		}
	}
	r.next, r.counts = h.Next, h.Counts
	w.accuracy, w.right, w.n = h.Accuracy, h.Right, h.Window
	w.labels.counts, w.labels.images = h.Spikes, h.Classes
	r.state = chip.Learned{learned}
	if r.next == r.total { // loads the last phase, to label with
		r.next--
		defer func() { r.next = r.total }()
	}
	return r.load()
}
