/*
 * A mapped BPF ring buffer. libbpf's own consumer cannot stop before a record that no longer fits
 * into the buffer at hand, so the few lines that read it are here.
 */
#ifndef NETVERDICT_RING_BUFFER_H
#define NETVERDICT_RING_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct nv_ring_buffer {
	int map; /* a duplicate: the object may be closed first */
	size_t size;
	unsigned long *consumer;
	const unsigned long *producer;
	const uint8_t *data;
};

/* 0 or a negative errno. */
int nv_ring_buffer_map(struct nv_ring_buffer *ring, int map);
void nv_ring_buffer_unmap(struct nv_ring_buffer *ring);
/* Bytes copied; -EMSGSIZE if not even the first record fits. */
long nv_ring_buffer_drain(struct nv_ring_buffer *ring, uint8_t *into, size_t room);

#endif
