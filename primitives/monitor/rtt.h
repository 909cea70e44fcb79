/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RTT samples at byte marks: sequence numbers that are multiples of 2^14, and the first byte of a turn or after
 * a pause. Every tap on the path samples the same bytes without talking to the others.
 */
#ifndef NV_RTT_H
#define NV_RTT_H

#include "armed.h"
#include "histogram.h"
#include "shift.h"
#include "trigger.h"

#define NV_MARK_SPACING (1u << 14)
/* A super-packet of 64 KiB holds four marks. */
#define NV_MARKS_PER_PACKET 5

/* A function of the mark alone, so that taps which keep few samples keep the same. Rank r has a share of 2^-(r+1). */
static __always_inline __u32 nv_mark_rank(__u32 mark)
{
	__u32 hash = mark * 0x9e3779b1u;

	hash ^= hash >> 15;
	hash *= 0x85ebca6bu;
	hash ^= hash >> 13;
	hash |= 1u << (NV_SKETCH_SLOTS - 1);
	return nv_log2(hash & -hash);
}

/* `begun` is written first and copied last, `done` the other way round. */
static __always_inline void nv_sketch_put(struct nv_direction *data, const struct nv_mark_sample *sample)
{
	__u32 rank = nv_mark_rank(sample->mark);
	struct nv_sketch_slot *slot;

	if (rank >= NV_SKETCH_SLOTS)
		return;
	slot = &data->sketch[rank];
	slot->begun++;
	barrier();
	slot->sample = *sample;
	barrier();
	slot->done = slot->begun;
}

/* A free place, else the one with the lowest rank if that is below `rank`: rare marks outlive common ones. */
static __always_inline struct nv_open_mark *nv_mark_place(struct nv_direction *data, __u32 rank)
{
	struct nv_open_mark *lowest = NULL;
	__u32 lowest_rank = rank;

	for (int i = 0; i < NV_OPEN_MARKS; i++) {
		struct nv_open_mark *open = &data->open[i];
		__u32 open_rank;

		if (!open->start_ns) {
			data->open_marks++;
			return open;
		}
		open_rank = nv_mark_rank(open->mark);
		if (open_rank < lowest_rank) {
			lowest_rank = open_rank;
			lowest = open;
		}
	}
	return lowest;
}

NV_GLOBAL nv_mark_open(struct nv_direction *data, __u32 mark, __u32 end, __u64 now_ns)
{
	struct nv_open_mark *open;

	if (!data)
		return 0;
	open = nv_mark_place(data, nv_mark_rank(mark));
	if (!open)
		return 0;
	open->start_ns = now_ns;
	open->mark = mark;
	open->end = end;
	return 0;
}

/* Opens samples for the marks in [seq, end), which were sent now for the first time. */
static __always_inline void nv_marks_open(struct nv_passage *passage, struct nv_direction *data,
					  __u32 seq, __u32 end, bool idle)
{
	__u32 mark = (seq + NV_MARK_SPACING - 1) & ~(NV_MARK_SPACING - 1);

	if (idle && mark != seq)
		nv_mark_open(data, seq, end, nv_now(passage));
	for (int i = 0; i < NV_MARKS_PER_PACKET && nv_after(end, mark); i++) {
		nv_mark_open(data, mark, end, nv_now(passage));
		mark += NV_MARK_SPACING;
	}
}

/* In recovery an ACK tells nothing of the path: not before all that was sent by now is acknowledged. */
NV_GLOBAL nv_marks_void(struct nv_direction *data, __u32 until)
{
	if (!data)
		return 0;
	if (!data->in_recovery || nv_after(until, data->recovery_end))
		data->recovery_end = until;
	data->in_recovery = 1;
	if (!data->open_marks)
		return 0;
	for (int i = 0; i < NV_OPEN_MARKS; i++) {
		data->counters.samples_void += data->open[i].start_ns != 0;
		data->open[i].start_ns = 0;
	}
	data->open_marks = 0;
	return 0;
}

NV_GLOBAL nv_count_sample(struct nv_flow_counters *counters, __u64 turnaround_ns, __u32 class)
{
	if (!counters)
		return 0;
	counters->samples++;
	if (class != NV_SAMPLE_CLASS_EXACT) {
		nv_histogram_add(counters->rtt_other_hist, turnaround_ns);
		return 0;
	}
	counters->rtt_exact++;
	counters->rtt_sum_ns += turnaround_ns;
	nv_histogram_add(counters->rtt_exact_hist, turnaround_ns);
	if (!counters->rtt_min_ns || turnaround_ns < counters->rtt_min_ns)
		counters->rtt_min_ns = turnaround_ns;
	return 0;
}

NV_GLOBAL nv_mark_close(struct nv_passage *passage, struct nv_flow *flow, __u32 direction,
			struct nv_open_mark *open)
{
	struct nv_mark_sample sample = {};
	struct nv_direction *data;
	__u64 threshold;
	__u32 ack;

	if (!passage || !flow || !open)
		return 0;
	data = &flow->direction[direction & 1];
	ack = passage->packet.ack;
	sample.start_ns = open->start_ns;
	sample.turnaround_ns = nv_now(passage) - open->start_ns;
	sample.mark = open->mark;
	sample.closing_ack = ack;
	sample.class = ack == open->end ? NV_SAMPLE_CLASS_EXACT :
		       nv_after(ack, open->end) ? NV_SAMPLE_CLASS_CUMULATIVE :
						  NV_SAMPLE_CLASS_PARTIAL;
	sample.piggyback = passage->packet.payload > 0;
	nv_count_sample(&data->counters, sample.turnaround_ns, sample.class);
	if (!nv_emit_sample(passage, &data->sample_budget, direction, nv_mark_rank(sample.mark), &sample))
		nv_sketch_put(data, &sample);
	/* With data on the ACK it is the pace of the peer: response.h judges what is asked for. */
	if (sample.piggyback)
		return 0;
	threshold = nv_shift_threshold(&data->rtt);
	if (nv_shift_update(&data->rtt, sample.turnaround_ns, nv_coarse_ms(passage)))
		nv_raise(NV_ALERT(direction, NV_ALERT_KIND_RTT_SHIFT), passage, flow,
			 sample.turnaround_ns, threshold);
	data->counters.rtt_mean_us = data->rtt.mean_ns / 1000;
	return 0;
}

/* The ACK in hand covers every mark below it. */
static __always_inline void nv_marks_close(struct nv_passage *passage, struct nv_flow *flow,
					   __u32 direction)
{
	struct nv_direction *data = &flow->direction[direction & 1];

	if (!data->open_marks)
		return;
	for (int i = 0; i < NV_OPEN_MARKS; i++) {
		struct nv_open_mark *open = &data->open[i];

		if (!open->start_ns || !nv_after(passage->packet.ack, open->mark))
			continue;
		nv_mark_close(passage, flow, direction, open);
		open->start_ns = 0;
		if (data->open_marks)
			data->open_marks--;
	}
}

#endif
