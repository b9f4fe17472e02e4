// Package sweep runs one command at many settings and keeps what each gave. A sweep is a folder:
// sweep.yaml says which points there are, results/ has a file for each that has run, and the tables
// are made from these. The folder is the truth: a sweep that was stopped resumes where its files
// end, and what two machines find of one point must be equal to the byte.
//
//	spec.go, setting.go    sweep.yaml; check.go, what is wrong with it
//	point.go, grid.go      its points, and the hash of each
//	condition.go           which points there are, and which results are wanted
//	folder.go, record.go   what is on the disk
//	job.go, run.go         points that have no result yet are run
//	halving.go             few samples for all points, many for the promising
//	column.go, table.go    results as a table
//	front.go, plot.go      those that no other beats, and a picture of them
//	noise.go               which accuracies their samples do not tell apart; cells for people
//	page.go                all of it as a page
//	script.go              a job script for clusters and for GNU parallel
//
// What a command does is the caller's (Runner): the package knows its words and its JSON.
package sweep
