package router

// inputs are the packets that wait in the input buffers of a router, in the order in which
// they came: lists in a pool, since in most routers none waits.
type inputs [ports]list

type list struct{ first, last, count int32 }

// place is one of the pool. Those that are free are a list, too.
type place struct {
	waiting
	next int32
}

// pool has the places of all routers.
type pool struct {
	places []place
	free   int32 // the first that is free, and 1 more: 0 for none
}

// put puts a packet behind those of a list, word by word: what is built and copied as a whole
// is read before its words are written.
func (p *pool) put(l *list, m moving, since int64) {
	at := p.free - 1
	if at < 0 {
		at = int32(len(p.places))
		p.places = append(p.places, place{})
	} else {
		p.free = p.places[at].next
	}
	w := &p.places[at].waiting
	w.moving, w.since = m, since
	if l.count == 0 {
		l.first = at
	} else {
		p.places[l.last].next = at
	}
	l.last = at
	l.count++
}

// drop removes the first packet of a list.
func (p *pool) drop(l *list) {
	at := l.first
	l.first = p.places[at].next
	p.places[at].next = p.free
	p.free = at + 1
	l.count--
}

// first is the first packet of a list, which is not empty.
func (p *pool) first(l *list) *waiting { return &p.places[l.first].waiting }
