// Package sweep runs one command at many settings and stores the results. A sweep is a folder:
// sweep.yaml defines its points, results/ has a file for each that has run, and the tables are made
// from these. The folder is the only state: a sweep that was stopped resumes where its files end,
// and the results of a point on two machines must be equal to the byte.
//
//	spec.go, setting.go    sweep.yaml; check.go, what is wrong with it
//	point.go, grid.go      its points, and the hash of each
//	condition.go           conditions on points and results
//	folder.go, record.go   files on the disk
//	job.go, run.go         running the points without a result
//	halving.go             successive halving: few samples for all points, many for the promising
//	column.go, table.go    results as a table
//	front.go, plot.go      the Pareto front, and a picture of it
//	noise.go               which accuracies their samples do not tell apart; cells for people
//	page.go                the tables as a page
//	script.go              a job script for clusters and for GNU parallel
//
// The caller runs commands (Runner): the package knows their arguments and their JSON.
package sweep
