// Package report writes the comparison of an emulated network with its ANN as one page of HTML.
//
// The page is self-contained: styles, script and pictures are in it, and its content security
// policy forbids every request. Its numbers are those of the JSON of `adder bench`, which they name
// by JSON pointers (RFC 6901): <data value="0.98" data-field="/snn/accuracy">. The same report
// gives the same bytes. Names of layers and files are untrusted: the page is written by
// html/template, pictures by package svg, and both escape them.
//
//	report.go       Write, Options, the page's sections
//	numbers.go      numbers and their forms
//	fit.go          does it fit
//	classify.go     does it classify; pictures.go: its samples
//	time.go         where time goes
//	energy.go       where energy goes
//	verdict.go      the winner, and the break-even map
//	plan.go         the floor plan of the mesh
//	probe.go        one sample, tick by tick; raster.go: its spikes
//	network.go      the layers
//	provenance.go   versions, files and hashes
//	page.tmpl.html, page.css, page.js
package report
