package report

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"adder/report/svg"
)

// provenanceSection says where the page comes from.
type provenanceSection struct {
	Rows  [][2]string
	Files []File
}

// hashedSamples bounds the samples whose numbers are hashed.
const hashedSamples = 1000

func newProvenance(s *source) *provenanceSection {
	p := &provenanceSection{}
	add := func(name, value string) {
		if value != "" {
			p.Rows = append(p.Rows, [2]string{name, svg.Clean(value)})
		}
	}
	img := s.Comparison.Chip.Image()
	add("version", s.options.Version)
	add("command", s.options.Command)
	add("model", s.Model)
	add("chip", s.Report.Chip+", profile SHA-256 "+hash(img.Chip.Profile))
	add("engine", s.Report.Engine)
	add("encoder", s.Report.Encoder)
	add("seed", fmt.Sprint(s.options.Seed))
	add("data", s.Data+", "+things(s.Samples, "sample"))
	add("samples", samplesHash(s))
	for _, f := range s.options.Files {
		p.Files = append(p.Files, File{Name: svg.Clean(f.Name), SHA256: f.SHA256})
	}
	return p
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// samplesHash is the hash of the samples' numbers and labels, independent of their files; "" where
// they cannot be read again.
func samplesHash(s *source) string {
	h := sha256.New()
	n := min(s.Samples, hashedSamples)
	var x []float64
	var err error
	for i := range n {
		if x, err = s.Source.Analog(i, x); err != nil {
			return ""
		}
		for _, v := range x {
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
			h.Write(b[:])
		}
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(int64(s.Source.Label(i))))
		h.Write(b[:])
	}
	return fmt.Sprintf("SHA-256 of the first %d, as float64, each with its label: %s", n,
		hex.EncodeToString(h.Sum(nil)))
}
