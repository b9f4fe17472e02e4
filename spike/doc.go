// Package spike owns spike trains: which of N sources spike in which of T ticks,
// packed one bit per source and tick (Train), the list form that event cameras
// and neuromorphic boards exchange (EventReader, EventWriter), and a picture of a
// train in text (Raster).
//
// A train is data without a meaning of its own: how a sample becomes one is
// package encode's, what hears it is the chip's. Arrays in NumPy's format are
// read and written elsewhere.
package spike
