package event_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/internal/outside"
	"adder/spike/event"
)

// TestPublishedRecordings reads the recordings that the projects tonic and expelliarmus
// test with. The counts of the first two are those of decoders that others wrote from
// the published formats.
func TestPublishedRecordings(t *testing.T) {
	folder := outside.Folder(t, "events")
	for _, c := range []struct {
		file string
		want event.Summary
	}{
		{"sample_nmnist.bin", event.Summary{
			Info: event.Info{Format: "N-MNIST"}, Events: 4325, On: 2145, MaxX: 33, MaxY: 33,
			First: 654, Last: 311175, Ordered: true}},
		{"evt3_sample.raw", event.Summary{
			Info: event.Info{Format: "EVT 3.0", Width: 1280, Height: 720}, Events: 219596,
			On: 115532, MaxX: 1279, MaxY: 719, First: 11718656, Last: 11727457, Ordered: true}},
	} {
		t.Run(c.file, func(t *testing.T) {
			r, err := event.Open(filepath.Join(folder, c.file))
			require.NoError(t, err)
			defer r.Close()
			got, err := event.Summarise(r)
			require.NoError(t, err)
			require.Equal(t, c.want, *got)
		})
	}
}

// TestPublishedAEDAT4: a recording of DV, of which its header, its streams and the order
// of its events are known.
func TestPublishedAEDAT4(t *testing.T) {
	r, err := event.Open(filepath.Join(outside.Folder(t, "events"), "sample.aedat4"))
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, event.Info{Format: "AEDAT 4.0", Width: 320, Height: 240,
		Notes: []string{"the events are stream 0; passed over: 2 (IMUS), 3 (TRIG)"}}, r.Info)
	s, err := event.Summarise(r)
	require.NoError(t, err)
	t.Logf("%+v", *s)
	require.True(t, s.Ordered)
	require.Less(t, s.MaxX, 320)
	require.Less(t, s.MaxY, 240)
}
