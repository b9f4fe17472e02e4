package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Names on the server.
const (
	pointStream  = "ADDER_POINTS"
	resultStream = "ADDER_RESULTS"
	fileStore    = "ADDER_FILES"

	pointSubject  = "adder.point."
	resultSubject = "adder.result."
	// alarmSubject and needSubject are messages to whoever listens: two results of a point
	// differ; a file is missing or damaged.
	alarmSubject = "adder.alarm."
	needSubject  = "adder.need."
)

// keep is how long results and files are kept on the server: a sweep that has them in its folder
// needs them no more.
const keep = 14 * 24 * time.Hour

// part is a program as a part of subjects: points run where the same build is.
func part(program string) string { return program[:min(len(program), 32)] }

func pointOf(program, hash string) string  { return pointSubject + part(program) + "." + hash }
func resultOf(program, hash string) string { return resultSubject + part(program) + "." + hash }

// open makes the streams and the store, or finds them.
func (c *Client) open(ctx context.Context) (err error) {
	replicas := max(c.options.Replicas, 1)
	fail := func(what string, err error) error {
		return fmt.Errorf("%s: %w", what, explain(c.options.URL, err))
	}
	// A point is kept until a worker has acknowledged that its result is there. One message per
	// subject, and new ones refused: a point is in the queue once, however often and however late
	// it is put in, which the window of message ids would not promise.
	c.points, err = c.stream(ctx, jetstream.StreamConfig{
		Name: pointStream, Subjects: []string{pointSubject + ">"},
		Retention: jetstream.WorkQueuePolicy,
		Discard:   jetstream.DiscardNew, DiscardNewPerSubject: true, MaxMsgsPerSubject: 1,
		Storage: jetstream.FileStorage, Replicas: replicas,
	})
	if err != nil {
		return fail("stream of points", err)
	}
	// Of two results the first is kept, so that the other can be compared with it.
	c.results, err = c.stream(ctx, jetstream.StreamConfig{
		Name: resultStream, Subjects: []string{resultSubject + ">"},
		Retention: jetstream.LimitsPolicy,
		Discard:   jetstream.DiscardNew, DiscardNewPerSubject: true, MaxMsgsPerSubject: 1,
		MaxAge:  keep,
		Storage: jetstream.FileStorage, Replicas: replicas,
	})
	if err != nil {
		return fail("stream of results", err)
	}
	c.files, err = persist(ctx, c, func(ctx context.Context) (jetstream.ObjectStore, error) {
		store, err := c.js.ObjectStore(ctx, fileStore)
		if errors.Is(err, jetstream.ErrBucketNotFound) {
			store, err = c.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{
				Bucket: fileStore, TTL: keep, Storage: jetstream.FileStorage, Replicas: replicas,
			})
		}
		return store, err
	})
	if err != nil {
		return fail("store of files", err)
	}
	return nil
}

func (c *Client) stream(ctx context.Context,
	config jetstream.StreamConfig) (jetstream.Stream, error) {
	return persist(ctx, c, func(ctx context.Context) (jetstream.Stream, error) {
		s, err := c.js.Stream(ctx, config.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return c.js.CreateStream(ctx, config)
		}
		return s, err
	})
}

// taken says that a subject has its message already.
func taken(err error) bool {
	const tooManyOfSubject = 10077 // the server's code for a stream that takes no more
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == tooManyOfSubject
}
