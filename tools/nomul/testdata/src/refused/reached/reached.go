package reached

import "refused/carrier"

type wrapped struct{ thing interface{ Scale(int) int } }

func call(x int) int {
	return carrier.Carry().Scale(x) // want `Scale of helper, outside the datapath's allow-list, could multiply`
}

func value() func(int) int {
	return carrier.Carry().Scale // want `Scale of helper, outside`
}

// An interface declared here is not followed.
func indirect(w wrapped) int { return w.thing.Scale(2) }
