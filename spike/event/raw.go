package event

import (
	"errors"
	"fmt"
	"strings"
)

// openRaw reads the header of Prophesee's RAW files, lines with a percent sign, which
// say in one of two ways how events are written and how large the sensor is:
//
//	% evt 3.0
//	% geometry 1280x720
//	% format EVT3;height=720;width=1280
func openRaw(in *input) (decoder, Info, error) {
	lines, err := percentHeader(in)
	if err != nil {
		return nil, Info{}, err
	}
	name, info := rawHeader(lines)
	switch name {
	case "2.0", "EVT2":
		info.Format = "EVT 2.0"
		return &evt2{in: in, high: wrapping{bits: evt2HighBits}}, info, nil
	case "3.0", "EVT3":
		info.Format = "EVT 3.0"
		return &evt3{in: in, high: wrapping{bits: evt3HighBits}}, info, nil
	case "":
		return nil, Info{}, errors.New(
			`the header has no line "% evt 3.0" or "% format EVT3": it does not say how events are written`)
	}
	return nil, Info{}, fmt.Errorf("events in the form %q: EVT 2.0 and EVT 3.0 are read; "+
		"Prophesee's metavision_file_to_dat writes others as .dat", name)
}

// rawHeader finds the name of the form and the size of the sensor.
func rawHeader(lines []string) (name string, info Info) {
	name = field(lines, "evt")
	if w, h, ok := strings.Cut(field(lines, "geometry"), "x"); ok {
		info.Width, info.Height = sensorSize(w, h)
	}
	if info.Width == 0 {
		info.Width, info.Height = rawSensor(field(lines, "plugin_name"))
	}
	parts := strings.Split(field(lines, "format"), ";")
	if parts[0] == "" {
		return name, info
	}
	var width, height string
	for _, part := range parts[1:] {
		switch key, value, _ := strings.Cut(part, "="); key {
		case "width":
			width = value
		case "height":
			height = value
		}
	}
	if w, h := sensorSize(width, height); w > 0 {
		info.Width, info.Height = w, h
	}
	return parts[0], info
}

// rawSensor is the size of the sensor that a header without a size was written for: the
// name of the recorder's plug-in has its generation. It is 0 for others.
func rawSensor(plugin string) (width, height int) {
	switch {
	case strings.Contains(plugin, "genx320"):
		return 320, 320
	case strings.Contains(plugin, "gen4"), strings.Contains(plugin, "imx636"):
		return 1280, 720
	case strings.Contains(plugin, "gen3"):
		return 640, 480
	}
	return 0, 0
}
