#include "ring_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

int nv_ring_buffer_map(struct nv_ring_buffer *ring, int map)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct bpf_map_info info = {};
	uint32_t info_size = sizeof(info);
	int error = bpf_obj_get_info_by_fd(map, &info, &info_size);
	void *consumer, *producer;

	if (error)
		return error;
	if (info.type != BPF_MAP_TYPE_RINGBUF)
		return -EINVAL;
	ring->size = info.max_entries;
	ring->map = fcntl(map, F_DUPFD_CLOEXEC, 0);
	if (ring->map < 0)
		return -errno;
	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring->map, 0);
	/* The data are mapped twice in a row, so that a record never wraps. */
	producer = mmap(NULL, page + 2 * ring->size, PROT_READ, MAP_SHARED, ring->map, page);
	if (consumer == MAP_FAILED || producer == MAP_FAILED) {
		error = -errno;
		if (consumer != MAP_FAILED)
			munmap(consumer, page);
		if (producer != MAP_FAILED)
			munmap(producer, page + 2 * ring->size);
		close(ring->map);
		return error;
	}
	ring->consumer = consumer;
	ring->producer = producer;
	ring->data = (const uint8_t *)producer + page;
	return 0;
}

void nv_ring_buffer_unmap(struct nv_ring_buffer *ring)
{
	size_t page = sysconf(_SC_PAGESIZE);

	munmap(ring->consumer, page);
	munmap((void *)ring->producer, page + 2 * ring->size);
	close(ring->map);
}

static size_t record_span(uint32_t length)
{
	return (BPF_RINGBUF_HDR_SZ + length + 7) & ~7ul;
}

long nv_ring_buffer_drain(struct nv_ring_buffer *ring, uint8_t *into, size_t room)
{
	unsigned long position = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	size_t written = 0;

	while (position < __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE)) {
		const uint8_t *record = ring->data + (position & (ring->size - 1));
		uint32_t header = __atomic_load_n((const uint32_t *)record, __ATOMIC_ACQUIRE);
		uint32_t length = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (header & BPF_RINGBUF_BUSY_BIT)
			break;
		if (!(header & BPF_RINGBUF_DISCARD_BIT)) {
			if (written + length > room)
				return written ? (long)written : -EMSGSIZE;
			memcpy(into + written, record + BPF_RINGBUF_HDR_SZ, length);
			written += length;
		}
		position += record_span(length);
		/* Sequentially consistent: the producer wakes us only if it sees that we caught up. */
		__atomic_store_n(ring->consumer, position, __ATOMIC_SEQ_CST);
	}
	return written;
}
