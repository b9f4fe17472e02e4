package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"adder/sweep"
)

// look is the interval at which a sweep polls for results that it was not notified of, and for
// points that the server may have lost.
const look = 10 * time.Second

// Dispatcher distributes the points of a sweep to workers.
type Dispatcher struct {
	client  *Client
	program string
	shelf   shelf

	mu      sync.Mutex
	waiting map[string]chan []byte

	stop  context.CancelFunc
	alarm chan error
}

// Dispatch begins to distribute points of a program, which is identified by its hash. Close ends
// it.
func (c *Client) Dispatch(ctx context.Context, program string) (*Dispatcher, error) {
	ctx, stop := context.WithCancel(ctx)
	d := &Dispatcher{
		client: c, program: program, waiting: map[string]chan []byte{}, stop: stop,
		alarm: make(chan error, 1),
		shelf: shelf{known: map[string]*storing{}, paths: map[string]string{}},
	}
	if err := d.listen(ctx); err != nil {
		stop()
		return nil, err
	}
	return d, nil
}

// Close ends the dispatcher. Points that workers have remain with them.
func (d *Dispatcher) Close() { d.stop() }

// listen receives notices of results, of files that workers lack, and of results that differ.
func (d *Dispatcher) listen(ctx context.Context) error {
	c, own := d.client, part(d.program)
	need, err := c.nats.Subscribe(needSubject+own, func(m *nats.Msg) {
		c.mend(ctx, &d.shelf, string(m.Data))
	})
	if err != nil {
		return explain(c.options.URL, err)
	}
	alarm, err := c.nats.Subscribe(alarmSubject+own, func(m *nats.Msg) {
		select {
		case d.alarm <- fmt.Errorf("%w: %s", sweep.ErrUnequal, m.Data):
		default:
		}
	})
	if err != nil {
		return explain(c.options.URL, err)
	}
	// A worker that publishes a result also sends a notice here; lost notices are made up for by
	// polling.
	done, err := c.nats.Subscribe(resultSubject+own+".*", func(m *nats.Msg) { d.wake(m) })
	if err != nil {
		return explain(c.options.URL, err)
	}
	context.AfterFunc(ctx, func() {
		for _, s := range []*nats.Subscription{need, alarm, done} {
			_ = s.Unsubscribe()
		}
	})
	return nil
}

// wake passes a result to the function that waits for it.
func (d *Dispatcher) wake(m *nats.Msg) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if waiting, ok := d.waiting[m.Subject]; ok {
		select {
		case waiting <- m.Data:
		default:
		}
	}
}

// Run implements sweep.Runner: the point is put into the queue and its result awaited.
func (d *Dispatcher) Run(ctx context.Context, j sweep.Job) (*sweep.Record, error) {
	subject := resultOf(d.program, j.Hash)
	heard := make(chan []byte, 1)
	d.mu.Lock()
	d.waiting[subject] = heard
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.waiting, subject)
		d.mu.Unlock()
	}()
	if err := d.clear(ctx, j.Hash); err != nil {
		return nil, err
	}
	for {
		record, err := d.find(ctx, j.Hash)
		if record != nil || err != nil {
			return record, err
		}
		if err := d.submit(ctx, j); err != nil {
			return nil, err
		}
		select {
		case data := <-heard:
			// As it was sent: the stream may not have it yet.
			if record, err := unpackRecord(data, j.Hash); err == nil {
				return record, nil
			}
		case <-time.After(look):
		case err := <-d.alarm:
			d.alarm <- err // for the others
			return nil, err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-d.client.closed:
			return nil, explain(d.client.options.URL,
				errors.Join(nats.ErrConnectionClosed, d.client.failure))
		}
	}
}

// stored is the message with the result of a point, nil where the server has none.
func (c *Client) stored(ctx context.Context,
	program, hash string) (*jetstream.RawStreamMsg, error) {
	raw, err := persist(ctx, c, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return c.results.GetLastMsgForSubject(ctx, resultOf(program, hash))
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	return raw, err
}

// find is the result of a point, nil where the server has none that can be read. One that is
// damaged is taken off, so that another can come.
func (d *Dispatcher) find(ctx context.Context, hash string) (*sweep.Record, error) {
	c := d.client
	raw, err := c.stored(ctx, d.program, hash)
	if raw == nil || err != nil {
		return nil, err
	}
	record, err := unpackRecord(raw.Data, hash)
	if err == nil {
		return record, nil
	}
	c.options.Log("%v: it is run again", err)
	return nil, c.takeOff(ctx, raw.Sequence)
}

// clear removes the failure of an earlier run of the sweep from the server: a sweep that asks for
// the point has no result of it and tries again.
func (d *Dispatcher) clear(ctx context.Context, hash string) error {
	c := d.client
	raw, err := c.stored(ctx, d.program, hash)
	if raw == nil || err != nil {
		return err
	}
	if record, err := unpackRecord(raw.Data, hash); err != nil || record.Status != sweep.Failed {
		return nil
	}
	if err := c.forgetAlone(ctx, d.program, hash); err != nil {
		return err
	}
	return c.takeOff(ctx, raw.Sequence)
}

// takeOff deletes a message of the stream of results; one that is gone already is well.
func (c *Client) takeOff(ctx context.Context, sequence uint64) error {
	_, err := persist(ctx, c, func(ctx context.Context) (any, error) {
		err := c.results.DeleteMsg(ctx, sequence)
		if errors.Is(err, jetstream.ErrMsgNotFound) ||
			errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
			err = nil
		}
		return nil, err
	})
	return err
}

// submit puts a point into the queue, where it is once.
func (d *Dispatcher) submit(ctx context.Context, j sweep.Job) error {
	c := d.client
	m := message{Job: j}
	for _, f := range j.Files {
		file, err := c.put(ctx, &d.shelf, f)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, file)
	}
	data, err := m.pack()
	if err != nil {
		return err
	}
	_, err = persist(ctx, c, func(ctx context.Context) (*jetstream.PubAck, error) {
		return c.js.Publish(ctx, pointOf(d.program, j.Hash), data)
	})
	if taken(err) {
		return nil
	}
	return err
}
