package npz

import (
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// idle keeps compressors between members and archives: one is over a megabyte of tables,
// which takes longer to make than a small array takes to compress. What a compressor
// did before changes no byte of what it does next.
var idle sync.Pool

// compressor is a borrowed flate.Writer, which Close gives back.
type compressor struct{ *flate.Writer }

// newCompressor compresses to w with the module's own compressor, pinned in go.mod: the
// standard library's may produce other bytes in another Go release.
func newCompressor(w io.Writer) (io.WriteCloser, error) {
	if used, ok := idle.Get().(*flate.Writer); ok {
		used.Reset(w)
		return &compressor{used}, nil
	}
	made, err := flate.NewWriter(w, flate.DefaultCompression)
	return &compressor{made}, err
}

// Close ends the data. It is called once, after which c must not be used.
func (c *compressor) Close() error {
	err := c.Writer.Close()
	if err == nil {
		c.Reset(io.Discard) // let go of the archive
		idle.Put(c.Writer)
	}
	c.Writer = nil
	return err
}
