package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"adder/sweep"
)

// aloneOf is the subject of the n-th time that a point is run alone, from 1.
func aloneOf(program, hash string, n int) string {
	return fmt.Sprintf("%s.alone.%d", resultOf(program, hash), n)
}

// alone runs a point that was delivered again without others in parallel. If a worker dies while it
// runs several points, none of them can be blamed; if it dies here, one can. So a point is judged
// by how often this began and did not end, and not by how often it was delivered.
func (c *Client) alone(ctx context.Context, w *Worker, j sweep.Job) (*sweep.Record, error) {
	w.turn.Lock()
	defer w.turn.Unlock()
	// The worker that had the point first is the first of the deaths.
	for n := 1; n <= max(c.options.Deaths-1, 1); n++ {
		sequence, err := c.begin(ctx, aloneOf(w.Program, j.Hash, n))
		if err != nil {
			return nil, err
		}
		if sequence == 0 {
			continue
		}
		// A point that ends has not taken this worker down, whatever its result.
		defer c.forget(sequence)
		return w.Runner(ctx, j)
	}
	return &sweep.Record{Status: sweep.Failed, Error: fmt.Sprintf(
		"%d workers took the point and gave no result: they ran out of memory, crashed or "+
			"were killed", c.options.Deaths)}, nil
}

// begin writes down that a point is about to run alone, and returns the number of that
// message in the stream of results; 0 where an earlier worker's is there.
func (c *Client) begin(ctx context.Context, subject string) (uint64, error) {
	own := nuid.Next()
	ack, err := persist(ctx, c, func(ctx context.Context) (*jetstream.PubAck, error) {
		return c.js.Publish(ctx, subject, []byte(own))
	})
	if err == nil {
		return ack.Sequence, nil
	}
	if !taken(err) {
		return 0, err
	}
	// It may be this worker's own, whose acknowledgement was lost.
	first, err := persist(ctx, c, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return c.results.GetLastMsgForSubject(ctx, subject)
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return c.begin(ctx, subject) // it was taken off in between
	}
	if err != nil || string(first.Data) != own {
		return 0, err
	}
	return first.Sequence, nil
}

// forget takes a message off the stream of results. What goes wrong here counts one death
// too many against a point that has its result.
func (c *Client) forget(sequence uint64) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = c.results.DeleteMsg(ctx, sequence)
}

// forgetAlone takes all that counts against a point off the stream of results.
func (c *Client) forgetAlone(ctx context.Context, program, hash string) error {
	_, err := persist(ctx, c, func(ctx context.Context) (any, error) {
		return nil, c.results.Purge(ctx,
			jetstream.WithPurgeSubject(resultOf(program, hash)+".alone.*"))
	})
	return err
}
