package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"adder"
)

// Server answers requests. The zero Server runs no commands.
type Server struct {
	// Command runs a command of the command line, whose exit code it returns; nil for
	// none.
	Command func(ctx context.Context, args []string, out, errOut io.Writer) (exit int)
	// Program is the version of the program, for hello.
	Program string
	// MaxFrame bounds frames that come in; 0 means MaxFrame of the package.
	MaxFrame int64
}

const (
	// maxWaiting is the number of requests that may wait for the one that runs.
	maxWaiting = 64
	// grace is how long requests that run at the end may take to be cancelled.
	grace = 300 * time.Millisecond
	// maxHandles is the number of images and sessions that are open at a time.
	maxHandles = 1024
)

// Serve answers the requests of in on out until in ends, which ends everything, or ctx is done.
// Running requests are then cancelled; those without a context are not waited for.
func (v *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &serving{server: v, out: bufio.NewWriterSize(out, step),
		cancels: map[uint32]context.CancelFunc{}, images: map[uint32]*adder.Image{},
		sessions: map[uint32]*adder.Session{}}
	defer s.clean()
	queue := make(chan request, maxWaiting)
	go func() { cancel(s.read(ctx, bufio.NewReaderSize(in, step), queue)) }()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.work(ctx, queue)
	}()
	<-ctx.Done()
	select {
	case <-done:
	case <-time.After(grace):
	}
	if err := context.Cause(ctx); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// serving is the state of a connection.
type serving struct {
	server *Server
	// mu guards out and cancels.
	mu      sync.Mutex
	out     *bufio.Writer
	cancels map[uint32]context.CancelFunc
	// The others belong to the goroutine that works.
	images   map[uint32]*adder.Image
	sessions map[uint32]*adder.Session
	last     uint32
	folder   string // of files of commands, "" for none yet
}

// request is a frame with its context.
type request struct {
	frame *Frame
	ctx   context.Context
}

// read takes frames until the input ends and returns why it did.
func (s *serving) read(ctx context.Context, in io.Reader, queue chan<- request) error {
	most := s.server.MaxFrame
	if most == 0 {
		most = MaxFrame
	}
	for {
		f, err := readFrame(in, most)
		var faulty *faultyFrame
		switch {
		case errors.As(err, &faulty):
			s.refuse(faulty.id, "frame", faulty.err)
		case errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("the input ends within a frame: %w", io.EOF)
		case err != nil:
			return err
		case f.Op == OpCancel:
			s.cancel(f)
		default:
			s.enqueue(ctx, f, queue)
		}
	}
}

// enqueue has a frame wait for its turn.
func (s *serving) enqueue(ctx context.Context, f *Frame, queue chan<- request) {
	own, cancel := context.WithCancel(ctx)
	if !s.begin(f.ID, cancel) {
		cancel()
		s.refuse(f.ID, "frame", fmt.Errorf("request %d is not answered yet: give each its own id",
			f.ID))
		return
	}
	select {
	case queue <- request{frame: f, ctx: own}:
	default:
		s.end(f.ID)
		s.refuse(f.ID, "busy", fmt.Errorf("%d requests wait already", maxWaiting))
	}
}

// begin records how a request is cancelled
func (s *serving) begin(id uint32, cancel context.CancelFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancels[id] != nil {
		return false
	}
	s.cancels[id] = cancel
	return true
}

// cancel ends the request that a frame names; one that was answered is left.
func (s *serving) cancel(f *Frame) {
	var header struct {
		Of uint32 `json:"of"`
	}
	if err := json.Unmarshal(f.Header, &header); err != nil {
		s.refuse(f.ID, "frame", err)
		return
	}
	s.mu.Lock()
	cancel := s.cancels[header.Of]
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	s.answer(f.ID, OpResult, map[string]any{"cancelled": cancel != nil}, nil)
}

// end removes the cancel function of a request.
func (s *serving) end(id uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.cancels[id]; cancel != nil {
		cancel()
	}
	delete(s.cancels, id)
}

// work answers requests one after the other.
func (s *serving) work(ctx context.Context, queue <-chan request) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-queue:
			s.serve(r)
		}
	}
}

// result is the answer to a request.
type result struct {
	header map[string]any
	arrays []Array
}

// serve answers a request.
func (s *serving) serve(r request) {
	defer s.end(r.frame.ID)
	err := r.ctx.Err()
	var out result
	if err == nil {
		out, err = s.do(r.ctx, r.frame)
	}
	switch {
	case r.ctx.Err() != nil:
		s.refuse(r.frame.ID, "cancelled", errors.New("cancelled"))
	case err != nil:
		s.refuse(r.frame.ID, "request", err)
	default:
		if out.header == nil {
			out.header = map[string]any{}
		}
		s.answer(r.frame.ID, OpResult, out.header, out.arrays)
	}
}

// do executes a frame's operation.
func (s *serving) do(ctx context.Context, f *Frame) (result, error) {
	switch f.Op {
	case OpHello:
		return result{header: map[string]any{"protocol": Version, "program": s.server.Program,
			"max_frame": int64(MaxFrame), "pid": os.Getpid()}}, nil
	case OpOpen:
		return s.open(f)
	case OpClose:
		return s.close(f)
	case OpRun:
		return s.run(ctx, f)
	case OpEncode:
		return s.encode(f)
	case OpStart:
		return s.start(f)
	case OpStep:
		return s.step(ctx, f)
	case OpRead:
		return s.readSession(f)
	case OpFinish:
		return s.finish(ctx, f)
	case OpSave:
		return s.save(f)
	case OpRestore:
		return s.restore(f)
	case OpDigits:
		return digits(f)
	case OpCommand:
		return s.command(ctx, f)
	}
	return result{}, fmt.Errorf("operation %d is not known in version %d", f.Op, Version)
}

// refuse answers with an error.
func (s *serving) refuse(id uint32, kind string, err error) {
	s.answer(id, OpError, map[string]any{"error": err.Error(), "kind": kind}, nil)
}

// answer writes a frame. If there is no reader, the end of the input follows.
func (s *serving) answer(id uint32, op Op, header map[string]any, arrays []Array) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := write(s.out, op, id, header, arrays); err != nil {
		_ = write(s.out, OpError, id, map[string]any{"error": err.Error(), "kind": "request"}, nil)
	}
	_ = s.out.Flush()
}

// parse reads the header of a frame into v, without fields that it does not know.
func parse(f *Frame, v any) error {
	if err := json.Unmarshal(f.Header, v); err != nil {
		return fmt.Errorf("the header does not say what the operation needs: %w", err)
	}
	return nil
}

// handle makes a number for a new image or session.
func (s *serving) handle() (uint32, error) {
	if len(s.images)+len(s.sessions) >= maxHandles {
		return 0, fmt.Errorf("%d images and sessions are open: close some", maxHandles)
	}
	s.last++
	return s.last, nil
}

// clean removes the files of commands.
func (s *serving) clean() {
	if s.folder != "" {
		_ = os.RemoveAll(s.folder)
	}
}
