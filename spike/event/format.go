package event

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// format is a way to write recordings.
type format struct {
	// magic is how a file begins; ending decides it where there is none, or where
	// several formats begin alike.
	magic, ending string
	open          func(*input) (decoder, Info, error)
}

// formats lists what is read, what is recognised by its bytes first.
func formats() []format {
	return []format{
		{magic: aedat4Magic, open: openAEDAT4},
		{magic: aedat3Magic, open: openAEDAT3},
		{magic: "#!AER-DAT", open: refuseAEDAT},
		{magic: npyMagic, open: openNPY},
		{magic: "%", ending: ".dat", open: openDAT},
		{magic: "%", ending: ".raw", open: openRaw},
		{ending: ".bin", open: openNMNIST},
		{ending: ".dat", open: openDAT},
	}
}

// endings lists the file name extensions of recordings.
func endings() []string {
	return []string{".bin", ".dat", ".raw", ".aedat", ".aedat4", ".npy"}
}

// Known reports whether a name has the extension of a recording.
func Known(name string) bool {
	ending := strings.ToLower(filepath.Ext(name))
	for _, e := range endings() {
		if e == ending {
			return true
		}
	}
	return false
}

// detect decides the format of a file.
func detect(name string, in *input) (format, error) {
	start, _ := in.Peek(16) // a short file has less
	if len(start) == 0 {
		return format{}, errors.New("the file is empty")
	}
	ending := strings.ToLower(filepath.Ext(name))
	for _, f := range formats() {
		if bytes.HasPrefix(start, []byte(f.magic)) && (f.ending == "" || f.ending == ending) {
			return f, nil
		}
	}
	if ending == ".raw" {
		return format{}, errors.New(
			`a .raw file begins with lines such as "% evt 3.0", which say how it is written: this one has none`)
	}
	return format{}, fmt.Errorf("not a recording that is known: read are %s and, among them, "+
		"AEDAT 3.1 and 4, EVT 2 and EVT 3, N-MNIST",
		strings.Join(endings(), ", "))
}

// maxHeaderLines bounds a text header.
const maxHeaderLines = 1000

// percentHeader reads the lines that begin with a percent sign, without it.
func percentHeader(in *input) ([]string, error) {
	var lines []string
	for {
		start, err := in.Peek(1)
		if err != nil || start[0] != '%' {
			return lines, nil // an end is for the reader of what follows
		}
		line, err := in.line()
		if err != nil {
			return nil, fmt.Errorf("header: %w", err)
		}
		line = strings.TrimSpace(line[1:])
		if strings.EqualFold(line, "end") {
			return append(lines, line), nil
		}
		if lines = append(lines, line); len(lines) > maxHeaderLines {
			return nil, fmt.Errorf("header: more than %d lines", maxHeaderLines)
		}
	}
}

// field finds "name value" among the lines of a header.
func field(lines []string, name string) string {
	for _, line := range lines {
		key, value, _ := strings.Cut(line, " ")
		if strings.EqualFold(strings.TrimSuffix(key, ":"), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
