package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"adder/chip/profile"
	"adder/sweep"
)

// volatile are the fields of results that depend on time or machine.
var volatile = []string{"seconds", "cpu_seconds", "synops_per_second", "workers"}

// pointRunner runs points of sweeps in this process. They share what they read.
func (a *app) pointRunner() sweep.Runner {
	shared := newShelf()
	return func(ctx context.Context, j sweep.Job) (*sweep.Record, error) {
		words := append(j.Words, "--json")
		if j.Words[0] != "compile" {
			words = append(words, "--workers=1")
		}
		folder, err := os.MkdirTemp("", "adder-sweep-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder)
		j.Files = append(j.Files, sweep.File{Path: folder + string(filepath.Separator)})
		if len(j.Fields) > 0 {
			if words, err = withFields(words, j.Fields, folder); err != nil {
				return &sweep.Record{Status: sweep.Refused, Error: j.Clean(err.Error())}, nil
			}
		}
		if j.Words[0] == "compile" {
			words = append(words, "-o", filepath.Join(folder, "x.adder"))
		}
		var out, messages bytes.Buffer
		code, err := a.executePoint(ctx, words, &out, &messages, shared)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return pointRecord(&j, code, err, out.Bytes())
	}
}

// executePoint runs a command line as execute does, in the foreground.
func (a *app) executePoint(ctx context.Context, words []string, out, messages *bytes.Buffer,
	shared *shelf) (int, error) {
	root := newRootCommand(&app{out: out, err: messages, read: a.read, shelf: shared})
	root.SetArgs(words)
	root.SetOut(out)
	root.SetErr(messages)
	if err := root.ExecuteContext(ctx); err != nil {
		return exitCode(err), err
	}
	return exitDone, nil
}

// pointRecord is the result of a command, without fields that depend on time, machine and paths.
func pointRecord(j *sweep.Job, code int, failure error, document []byte) (*sweep.Record, error) {
	r := &sweep.Record{Status: sweep.Done}
	if failure != nil {
		r.Status, r.Error = sweep.Refused, j.Clean(failure.Error())
		if code == exitLimit {
			r.Status = sweep.Limited
		}
	}
	if failure != nil && cannotWrite(failure) {
		return nil, failure
	}
	if len(document) == 0 {
		return r, nil
	}
	dec := json.NewDecoder(strings.NewReader(j.Clean(string(document))))
	dec.UseNumber()
	var result map[string]any
	if err := dec.Decode(&result); err != nil {
		return nil, fmt.Errorf("its JSON: %w", err)
	}
	if _, isError := result["exit_status"]; isError {
		return r, nil
	}
	for _, field := range volatile {
		delete(result, field)
	}
	var err error
	r.Result, err = json.Marshal(result)
	return r, err
}

// chipFlag finds the profile on a command line.
var chipFlag = regexp.MustCompile(`^--chip=(.*)$`)

// withFields writes the profile of a command with other values of some fields, and gives the
// command that one.
func withFields(words []string, fields []sweep.Setting, folder string) ([]string, error) {
	name := defaultChip
	var rest []string
	for _, w := range words {
		if m := chipFlag.FindStringSubmatch(w); m != nil {
			name = m[1]
			continue
		}
		rest = append(rest, w)
	}
	p, err := profile.Load(name)
	if err != nil {
		return nil, err
	}
	text := p.Text()
	for _, f := range fields {
		if text, err = profile.Set(text, f.Name, f.Value); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(folder, p.Name+".yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, err
	}
	return append(rest, "--chip="+path), nil
}
