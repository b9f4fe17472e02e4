// Package spike owns spike trains: which of N sources spike in which of T ticks, packed one bit per
// source and tick (Train), the list form that event cameras and neuromorphic boards exchange
// (EventReader, EventWriter), and a text raster of a train (Raster).
//
// A train is data without a meaning: how a sample becomes one is in package encode, what receives
// it in package chip. Arrays in NumPy's format are read and written elsewhere.
package spike
