package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"adder/sweep"
)

// Worker runs points that others put into the queue.
type Worker struct {
	// Program is the hash of the executable: a worker takes points of the same.
	Program string
	// Runner runs a point; its files are in folder Cache.
	Runner sweep.Runner
	Cache  string
	// Side is the number of points run in parallel.
	Side int
	// Idle, if not 0, ends the work when no point has come for so long.
	Idle time.Duration
	// turn lets a point run alone that was delivered again: it, or another in parallel, has taken
	// its worker down.
	turn *sync.RWMutex
	// Done, if not nil, is called for each point that was run, from several goroutines.
	Done func(hash string, r *sweep.Record)
}

// Work takes points and runs them until ctx ends. It returns an error where two results of
// a point differ, and where this machine cannot run points.
func (c *Client) Work(ctx context.Context, w Worker) error {
	w.turn = &sync.RWMutex{}
	group, ctx := errgroup.WithContext(ctx)
	for range max(w.Side, 1) {
		group.Go(func() error { return c.work(ctx, &w) })
	}
	return group.Wait()
}

// fetchWait is how long a request for a point is open.
const fetchWait = 2 * time.Second

func (c *Client) work(ctx context.Context, w *Worker) error {
	var points jetstream.Consumer
	last := time.Now()
	for ctx.Err() == nil {
		if points == nil {
			var err error
			if points, err = c.consumer(ctx, w.Program); err != nil {
				return ended(ctx, err)
			}
		}
		msg, err := next(points)
		if err != nil {
			// The server went, or lost what it knew of us.
			points = nil
			if err := c.wait(ctx, pause); err != nil {
				return ended(ctx, err)
			}
			continue
		}
		if msg == nil {
			if w.Idle > 0 && time.Since(last) > w.Idle {
				return nil
			}
			continue
		}
		if err := c.one(ctx, w, msg); err != nil {
			return ended(ctx, err)
		}
		last = time.Now()
	}
	return nil
}

// ended is nil for what the end of ctx has brought about.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (c *Client) wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.closed:
		return explain(c.options.URL, errors.Join(nats.ErrConnectionClosed, c.failure))
	case <-time.After(d):
		return nil
	}
}

// consumer is shared by all workers of a program.
func (c *Client) consumer(ctx context.Context, program string) (jetstream.Consumer, error) {
	return persist(ctx, c, func(ctx context.Context) (jetstream.Consumer, error) {
		return c.points.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: "workers-" + part(program), FilterSubject: pointSubject + part(program) + ".>",
			AckPolicy: jetstream.AckExplicitPolicy, AckWait: c.options.Hold, MaxDeliver: -1,
			MaxAckPending: -1,
		})
	})
}

// next is the next point, nil where none came.
func next(points jetstream.Consumer) (jetstream.Msg, error) {
	batch, err := points.Fetch(1, jetstream.FetchMaxWait(fetchWait))
	if err != nil {
		return nil, err
	}
	for msg := range batch.Messages() {
		return msg, nil
	}
	if err := batch.Error(); err != nil && !errors.Is(err, nats.ErrTimeout) {
		return nil, err
	}
	return nil, nil
}

// one runs a point, publishes its result and takes the point off.
func (c *Client) one(ctx context.Context, w *Worker, msg jetstream.Msg) error {
	alive, stop := context.WithCancel(ctx)
	defer stop()
	go c.heartbeat(alive, msg)
	m, err := unpack(msg.Data())
	if err != nil {
		c.options.Log("a point cannot be read and is dropped: %v", err)
		return msg.Term()
	}
	known, err := c.known(ctx, w.Program, m.Job.Hash)
	switch {
	case err != nil:
		return err
	case known != nil:
		// Only for the sweep that waits: the stream keeps the first.
		_ = c.nats.Publish(resultOf(w.Program, m.Job.Hash), known)
		return c.acknowledge(ctx, msg)
	}
	record, err := c.run(ctx, w, msg, m)
	if err != nil {
		c.giveBack(w.Program, m.Job.Hash, msg)
		return fmt.Errorf("point %s: %w", m.Job.Hash, err)
	}
	record.Hash = m.Job.Hash
	if err := c.publish(ctx, w.Program, record); err != nil {
		return err
	}
	if w.Done != nil {
		w.Done(m.Job.Hash, record)
	}
	return c.acknowledge(ctx, msg)
}

// known is the packed result of a point, nil where there is none or a failure. A point has one
// already if a sweep looked for the result just before it came, and put the point in again.
func (c *Client) known(ctx context.Context, program, hash string) ([]byte, error) {
	raw, err := c.stored(ctx, program, hash)
	if raw == nil || err != nil {
		return nil, err
	}
	if r, err := unpackRecord(raw.Data, hash); err != nil || r.Status == sweep.Failed {
		return nil, nil
	}
	return raw.Data, nil
}

// acknowledge takes a point off the queue. Its result is there: that the point is taken off can
// be lost without harm.
func (c *Client) acknowledge(ctx context.Context, msg jetstream.Msg) error {
	_, err := persist(ctx, c, func(ctx context.Context) (any, error) {
		err := msg.DoubleAck(ctx)
		if errors.Is(err, jetstream.ErrMsgAlreadyAckd) {
			err = nil
		}
		return nil, err
	})
	return ended(ctx, err)
}

// giveBack puts a point that was not run back into the queue, as new: that this worker ends
// in order is no death that the point has caused. What goes wrong here the sweep finds out.
func (c *Client) giveBack(program, hash string, msg jetstream.Msg) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if msg.DoubleAck(ctx) == nil {
		_, _ = c.js.Publish(ctx, pointOf(program, hash), msg.Data())
	}
}

// heartbeat tells the server that the point is being worked on.
func (c *Client) heartbeat(ctx context.Context, msg jetstream.Msg) {
	for c.wait(ctx, c.options.Hold/3) == nil {
		_ = msg.InProgress()
	}
}

// run runs a point. One that came before is run alone, or is said to have taken too many
// workers down.
func (c *Client) run(ctx context.Context, w *Worker, msg jetstream.Msg,
	m *message) (*sweep.Record, error) {
	about, err := msg.Metadata()
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(m.Files))
	for i, f := range m.Job.Files {
		if paths[i], err = c.fetchAgain(ctx, w, m.Files[i], f.Name); err != nil {
			return nil, err
		}
	}
	if about.NumDelivered > 1 {
		return c.alone(ctx, w, m.Job.At(paths))
	}
	w.turn.RLock()
	defer w.turn.RUnlock()
	return w.Runner(ctx, m.Job.At(paths))
}

// fetchAgain waits for a file that the store has lost: the sweep puts it there again.
func (c *Client) fetchAgain(ctx context.Context, w *Worker, file stored,
	name string) (string, error) {
	for try := 0; ; try++ {
		path, err := c.fetch(ctx, w.Program, file, w.Cache, name)
		if err == nil || ctx.Err() != nil || try == maxTries {
			return path, err
		}
		c.options.Log("%v: it is asked for again", err)
		if err := c.wait(ctx, 4*pause); err != nil {
			return "", err
		}
	}
}

// maxTries is the number of requests for a file, a little over a second apart.
const maxTries = 50

// publish puts a result into its stream, once. One that is there must be the same.
func (c *Client) publish(ctx context.Context, program string, r *sweep.Record) error {
	data, err := packRecord(r)
	if err != nil {
		return err
	}
	subject := resultOf(program, r.Hash)
	_, err = persist(ctx, c, func(ctx context.Context) (*jetstream.PubAck, error) {
		return c.js.Publish(ctx, subject, data)
	})
	if errors.Is(err, nats.ErrMaxPayload) {
		r.Status, r.Error, r.Result = sweep.Failed, "the result is larger than messages of the "+
			"server may be", nil
		return c.publish(ctx, program, r)
	}
	if !taken(err) {
		return err
	}
	first, err := persist(ctx, c, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return c.results.GetLastMsgForSubject(ctx, subject)
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return c.publish(ctx, program, r) // it was taken off in between
	}
	if err != nil || bytes.Equal(first.Data, data) {
		return err
	}
	other, err := unpackRecord(first.Data, r.Hash)
	if err != nil || other.Status == sweep.Failed || r.Status == sweep.Failed {
		return nil // damaged, which the sweep sees, or a missing file and not a result
	}
	_ = c.nats.Publish(alarmSubject+part(program), []byte("point "+r.Hash))
	return fmt.Errorf("%w: point %s", sweep.ErrUnequal, r.Hash)
}
