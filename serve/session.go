package serve

import (
	"context"
	"errors"
	"fmt"

	"adder"
)

// start begins a session of an image, or goes back to its beginning.
func (s *serving) start(f *Frame) (result, error) {
	var h struct {
		Image, Session uint32
		Engine         string
		Seed, Number   uint64
		Spikes         []string
		Learn          bool
	}
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	if h.Session != 0 {
		session, err := s.session(h.Session)
		if err != nil {
			return result{}, err
		}
		return result{}, session.Reset()
	}
	img, err := s.image(h.Image)
	if err != nil {
		return result{}, err
	}
	o := adder.SessionOptions{Engine: h.Engine, Seed: h.Seed, Number: h.Number, Spikes: h.Spikes,
		Learn: h.Learn}
	if f.array("x") != nil {
		if o.Input, err = samples(f); err != nil {
			return result{}, err
		}
	}
	session, err := img.NewSession(o)
	if err != nil {
		return result{}, err
	}
	id, err := s.handle()
	if err != nil {
		return result{}, err
	}
	s.sessions[id] = session
	return result{header: map[string]any{"session": id}}, nil
}

func (s *serving) session(id uint32) (*adder.Session, error) {
	session := s.sessions[id]
	if session == nil {
		return nil, fmt.Errorf("session %d is not open", id)
	}
	return session, nil
}

// stepHeader is the header of step and read.
type stepHeader struct {
	Session            uint32
	Spikes, Potentials []string
	Output, Counts     bool
}

// step advances by a tick whose inputs are in the array "inputs", and reads what the
// header names.
func (s *serving) step(ctx context.Context, f *Frame) (result, error) {
	var h stepHeader
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	session, err := s.session(h.Session)
	if err != nil {
		return result{}, err
	}
	var inputs []int32
	if a := f.array("inputs"); a != nil {
		if a.Type != "i4" {
			return result{}, fmt.Errorf("inputs of type %s: use i4", a.Type)
		}
		inputs = a.int32s()
	}
	if err := session.Step(ctx, inputs); err != nil {
		return result{}, err
	}
	return read(session, &h)
}

// readSession reads what the header names of the last step.
func (s *serving) readSession(f *Frame) (result, error) {
	var h stepHeader
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	session, err := s.session(h.Session)
	if err != nil {
		return result{}, err
	}
	return read(session, &h)
}

// read answers with what is read of a session.
func read(session *adder.Session, h *stepHeader) (result, error) {
	out := result{header: map[string]any{"tick": session.Tick()}}
	for _, name := range h.Spikes {
		fired, err := session.Spikes(name)
		if err != nil {
			return out, err
		}
		out.arrays = append(out.arrays, ofInt32s("spikes."+name, fired, len(fired)))
	}
	for _, name := range h.Potentials {
		v, err := session.Potentials(name)
		if err != nil {
			return out, err
		}
		out.arrays = append(out.arrays, ofFloat32s("potentials."+name, v, len(v)))
	}
	if h.Output {
		v := session.Output()
		out.header["class"] = session.Class()
		out.arrays = append(out.arrays, ofFloat32s("output", v, len(v)))
	}
	if h.Counts {
		out.header["counts"] = session.Counts()
	}
	return out, nil
}

// finish ends the input of a session.
func (s *serving) finish(ctx context.Context, f *Frame) (result, error) {
	var h stepHeader
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	session, err := s.session(h.Session)
	if err != nil {
		return result{}, err
	}
	r, err := session.Finish(ctx)
	if err != nil {
		return result{}, err
	}
	return answerOf(session.Image(), r), nil
}

// save answers with a session's state in the array "state".
func (s *serving) save(f *Frame) (result, error) {
	var h stepHeader
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	session, err := s.session(h.Session)
	if err != nil {
		return result{}, err
	}
	state, err := session.Save()
	if err != nil {
		return result{}, err
	}
	return result{arrays: []Array{ofBytes("state", "b", state, len(state))}}, nil
}

// restore sets a session to the state in the array "state".
func (s *serving) restore(f *Frame) (result, error) {
	var h stepHeader
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	session, err := s.session(h.Session)
	if err != nil {
		return result{}, err
	}
	a := f.array("state")
	if a == nil {
		return result{}, errors.New("restore: give what save gave in the array state")
	}
	if err := session.Restore(a.Data); err != nil {
		return result{}, err
	}
	return result{header: map[string]any{"tick": session.Tick()}}, nil
}
