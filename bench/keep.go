package bench

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"adder/chip"
)

// Keep says where an evaluation saves checkpoints, and how often. Another evaluation of the same
// run resumes from the last one. A nil Keep saves none.
type Keep struct {
	// Store stores parts by name (internal/checkpoint has a file that does).
	Store Store
	// Every is the number of samples between two checkpoints.
	Every int
	// Ticks, if not 0, is a number of ticks in its place: longer samples are stepped, and
	// their state is saved every Ticks ticks.
	Ticks int
	// Resumed, if not nil, is called where an evaluation resumes, with the number of whole samples
	// and of those that resume in their middle.
	Resumed func(stage string, done, within, total int)
}

// Store keeps bytes by name.
type Store interface {
	// Part returns the part of a name, nil if there is none.
	Part(name string) []byte
	// Keep replaces the parts of the same names, all of them or none.
	Keep(parts map[string][]byte) error
}

// Kept is state of the caller to save in the checkpoint, which it derives from the samples passed
// to Run.Each, such as records of them.
type Kept interface {
	// SaveState is the state between two samples, RestoreState sets it in one that has seen
	// none.
	SaveState() ([]byte, error)
	RestoreState(state []byte) error
}

// samples is the number of samples between two checkpoints, where each has so many ticks.
func (k *Keep) samples(ticks int) int {
	if k.Ticks > 0 {
		return max(1, k.Ticks/max(ticks, 1))
	}
	return max(k.Every, 1)
}

// resumed reports where an evaluation resumes.
func (k *Keep) resumed(stage string, done, within, total int) {
	if k.Resumed != nil && done+within > 0 {
		k.Resumed(stage, done, within, total)
	}
}

// alsoPart is the name of the part of what belongs to a stage, the i-th.
func alsoPart(stage string, i int) string { return fmt.Sprintf("%s, %d", stage, i) }

// partsOf are the part of a stage and those of what belongs to it.
func partsOf(stage string, text []byte, also []Kept) (map[string][]byte, error) {
	parts := map[string][]byte{stage: text}
	for i, one := range also {
		state, err := one.SaveState()
		if err != nil {
			return nil, err
		}
		parts[alsoPart(stage, i)] = state
	}
	return parts, nil
}

// put keeps the part of a stage and what belongs to it.
func (k *Keep) put(stage string, text []byte, also []Kept) error {
	parts, err := partsOf(stage, text, also)
	if err != nil {
		return err
	}
	return k.Store.Keep(parts)
}

func (k *Keep) restoreAlso(stage string, also []Kept) error {
	for i, one := range also {
		if err := one.RestoreState(k.Store.Part(alsoPart(stage, i))); err != nil {
			return err
		}
	}
	return nil
}

// flights are the states of unfinished samples, by number.
type flights struct {
	mu     sync.Mutex
	states map[uint64][]byte
}

func (f *flights) of(number uint64) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.states[number]
}

func (f *flights) keep(number uint64, state []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.states[number] = state
}

func (f *flights) forget(numbers []uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, number := range numbers {
		delete(f.states, number)
	}
}

// text is the part that they are.
func (f *flights) text() ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var under []savedFlight
	for _, number := range slices.Sorted(maps.Keys(f.states)) {
		under = append(under, savedFlight{number, f.states[number]})
	}
	return json.Marshal(under)
}

// keeping keeps an evaluation of one stage.
type keeping struct {
	keep  *Keep
	run   *Run
	out   *Evaluation
	began time.Time
	// kept are the results of whole samples, as they were written last.
	mu      sync.Mutex
	kept    map[string][]byte
	flights flights
	// over are the samples completed since then: until they are saved, their state in mid-sample is
	// kept.
	over []uint64
}

// savedEvaluation is the part of a stage. The attribution is separate: it is large.
type savedEvaluation struct {
	Evaluation  Evaluation
	Attribution []byte
}

// savedFlight is the state of an unfinished sample.
type savedFlight struct {
	Number uint64
	State  []byte
}

// Names of the parts of a stage.
func (k *keeping) part() string       { return k.run.Stage }
func (k *keeping) flightPart() string { return k.run.Stage + ", under way" }

// newKeeping sets an evaluation to what was kept of it; nil where nothing is to be kept.
func newKeeping(r *Run, out *Evaluation) (*keeping, error) {
	if r.Keep == nil {
		return nil, nil
	}
	k := &keeping{keep: r.Keep, run: r, out: out, began: time.Now(), kept: map[string][]byte{},
		flights: flights{states: map[uint64][]byte{}}}
	if err := k.restore(); err != nil {
		return nil, fmt.Errorf("go on with %s: %w", r.Stage, err)
	}
	r.Keep.resumed(r.Stage, out.Samples, len(k.flights.states), len(r.Order))
	if r.Keep.Ticks > 0 && r.Keep.Ticks < r.Options.Ticks {
		k.pace()
	}
	return k, nil
}

// restore reads the parts of a stage, if there are any.
func (k *keeping) restore() error {
	if text := k.keep.Store.Part(k.flightPart()); len(text) > 0 {
		var under []savedFlight
		if err := json.Unmarshal(text, &under); err != nil {
			return err
		}
		for _, f := range under {
			k.flights.states[f.Number] = f.State
		}
	}
	text := k.keep.Store.Part(k.part())
	if len(text) == 0 {
		return nil
	}
	// Their sizes must be those that the run allocates.
	saved, counts := savedEvaluation{}, k.out.Attribution
	if err := json.Unmarshal(text, &saved); err != nil {
		return err
	}
	if err := counts.Restore(saved.Attribution); err != nil {
		return err
	}
	saved.Evaluation.Attribution = counts
	if err := saved.Evaluation.like(k.out); err != nil {
		return err
	}
	*k.out = saved.Evaluation
	return k.keep.restoreAlso(k.part(), k.run.Also)
}

// like refuses an evaluation of other lengths than those of one that begins.
func (e *Evaluation) like(begun *Evaluation) error {
	n := len(begun.Labels)
	if e.Samples < 0 || e.Samples > n || len(e.Labels) != n || len(e.Classes) != n ||
		len(e.ClassesByTick) != len(begun.ClassesByTick) ||
		len(e.CorrectByTick) != len(begun.CorrectByTick) ||
		len(e.SpikesByPopulation) != len(begun.SpikesByPopulation) ||
		e.Ticks != begun.Ticks || e.Labelled != begun.Labelled {
		return fmt.Errorf("its parts do not agree: %d samples of %d, %d ticks of %d", e.Samples, n,
			e.Ticks, begun.Ticks)
	}
	return nil
}

// pace has engines run by steps.
func (k *keeping) pace() {
	engine := k.run.Engine
	k.run.Engine = func() (chip.Engine, error) {
		e, err := engine()
		if err != nil {
			return nil, err
		}
		pace := chip.Paced{Ticks: k.keep.Ticks, Keep: k.underWay, Kept: k.flights.of}
		if beside, ok := e.(*twin); ok { // the reference runs a sample from its start
			beside.chip, err = chip.Pace(beside.chip, pace)
			return beside, err
		}
		return chip.Pace(e, pace)
	}
}

// handed is called after sample number done was completed, and saves the evaluation if it is time.
func (k *keeping) handed(done int, number uint64) error {
	if k == nil {
		return nil
	}
	k.over = append(k.over, number)
	if done%k.keep.samples(k.run.Options.Ticks) != 0 && done < len(k.run.Order) {
		return nil
	}
	return k.save()
}

// save keeps all of it, between two samples.
func (k *keeping) save() error {
	saved := savedEvaluation{Evaluation: *k.out}
	saved.Evaluation.Attribution = nil
	saved.Evaluation.Seconds += time.Since(k.began).Seconds()
	var err error
	if saved.Attribution, err = k.out.Attribution.Save(); err != nil {
		return err
	}
	text, err := json.Marshal(saved)
	if err != nil {
		return err
	}
	parts, err := partsOf(k.part(), text, k.run.Also)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = parts
	k.flights.forget(k.over)
	k.over = k.over[:0]
	return k.write()
}

// underWay saves the state of a sample in its middle, in addition to the whole samples.
func (k *keeping) underWay(number uint64, state []byte) error {
	k.flights.keep(number, state)
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.write()
}

// write writes what is kept.
func (k *keeping) write() error {
	parts := maps.Clone(k.kept)
	var err error
	if parts[k.flightPart()], err = k.flights.text(); err != nil {
		return err
	}
	return k.keep.Store.Keep(parts)
}
