// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * The user space of host_int.bpf.c: reads the ring buffer map at descriptor 3 and computes the RTT of each segment
 * that its own ACK answers. Says `ready`; at SIGTERM says how many records and RTTs there were, and their sum in ns.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "host_int.h"

#define RING 3
#define TCP_ACK 0x10
#define EXPECTED (1u << 18)

static struct {
	struct host_int_flow flow;
	__u64 time_ns;
} expected[EXPECTED];

static unsigned long long records, rtts, sum_ns;
static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static unsigned int slot_of(const struct host_int_flow *flow)
{
	__u64 hash = flow->src[1] * 31 + flow->dst[1];

	hash = hash * 31 + ((__u64)flow->src_port << 16 | flow->dst_port);
	hash = (hash * 31 + flow->mark) * 0x9e3779b97f4a7c15ull;
	return hash >> 46;
}

static void sent(const struct host_int_record *record)
{
	struct host_int_flow flow = record->flow;
	unsigned int slot;

	flow.mark = record->seq + record->payload;
	slot = slot_of(&flow);
	expected[slot].flow = flow;
	expected[slot].time_ns = record->time_ns;
}

static void acknowledged(const struct host_int_record *record)
{
	const struct host_int_flow *own = &record->flow;
	struct host_int_flow flow = {
		.src = { own->dst[0], own->dst[1] },
		.dst = { own->src[0], own->src[1] },
		.src_port = own->dst_port,
		.dst_port = own->src_port,
		.mark = record->ack,
	};
	unsigned int slot = slot_of(&flow);

	if (!expected[slot].time_ns || memcmp(&expected[slot].flow, &flow, sizeof(flow)))
		return;
	sum_ns += record->time_ns - expected[slot].time_ns;
	expected[slot].time_ns = 0;
	rtts++;
}

static int take(void *context, void *data, size_t size)
{
	const struct host_int_record *record = data;

	(void)context;
	(void)size;
	records++;
	if (record->payload)
		sent(record);
	if (record->flags & TCP_ACK)
		acknowledged(record);
	return 0;
}

int main(void)
{
	struct ring_buffer *ring = ring_buffer__new(RING, take, NULL, NULL);

	if (!ring) {
		perror("int-reader: no ring buffer at descriptor 3");
		return 1;
	}
	signal(SIGTERM, end);
	puts("ready");
	fflush(stdout);
	while (!ended)
		if (ring_buffer__poll(ring, 1000) < 0 && errno != EINTR)
			break;
	ring_buffer__consume(ring);
	printf("%llu %llu %llu\n", records, rtts, sum_ns);
	ring_buffer__free(ring);
	return 0;
}
