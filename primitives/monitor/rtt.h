/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RTT samples at byte marks: sequence numbers that are multiples of 2^14, and the first byte of a turn or after
 * a pause. Every tap on the path samples the same bytes without talking to the others.
 */
#ifndef NV_RTT_H
#define NV_RTT_H

#include "armed.h"
#include "histogram.h"
#include "service.h"

/* A flow tells of so many samples in so long; those with the rarest marks. */
#define NV_SAMPLES_TO_TELL 8
#define NV_SAMPLES_TO_TELL_LOG2 3
#define NV_TELLING_WINDOW_MS 500

/*
 * How rare a mark must be for its sample to leave: about NV_SAMPLES_TO_TELL in a window, by the marks of the last
 * window and of the present one. Taps that see the same data come to the same answer, give or take one rank.
 */
static __always_inline void nv_count_mark(struct nv_marks *marks, __u32 now_ms)
{
	if (now_ms - marks->since_ms >= NV_TELLING_WINDOW_MS) {
		marks->floor = nv_log2(marks->seen / NV_SAMPLES_TO_TELL);
		marks->seen = 0;
		marks->since_ms = now_ms;
	}
	if (marks->seen < 0xffff)
		marks->seen++;
}

static __always_inline __u32 nv_mark_floor(const struct nv_marks *marks)
{
	__u32 present = nv_log2(marks->seen / NV_SAMPLES_TO_TELL);

	return present > marks->floor ? present : marks->floor;
}

static __always_inline __u32 nv_lowest_rank(const struct nv_marks *marks)
{
	__u32 lowest = NV_MOST_RANK;

	for (int i = 0; i < NV_OPEN_MARKS; i++) {
		__u32 rank = nv_mark_rank(marks->open[i].mark);

		if (rank < lowest)
			lowest = rank;
	}
	return lowest;
}

/* A free place, else that of the lowest rank: rare marks outlive common ones. */
static __always_inline struct nv_open_mark *nv_mark_place(struct nv_marks *marks,
							  const struct nv_stream *stream)
{
	bool full = stream->open_marks >= NV_OPEN_MARKS;

	for (int i = 0; i < NV_OPEN_MARKS; i++) {
		struct nv_open_mark *open = &marks->open[i];

		if (full ? nv_mark_rank(open->mark) == stream->lowest_rank : !open->start_ns)
			return open;
	}
	return NULL;
}

/*
 * Whether a mark is worth a sample of its own. One always under way is one a round trip; beyond that the rare ones,
 * which leave and which every tap has. Of an armed flow all do.
 */
static __always_inline bool nv_is_wanted(const struct nv_passage *passage, const struct nv_stream *stream,
					 struct nv_marks *marks, __u32 mark)
{
	nv_count_mark(marks, nv_coarse_ms(passage));
	return !stream->open_marks || passage->armed || nv_mark_rank(mark) >= nv_mark_floor(marks);
}

static __always_inline void nv_mark_start(struct nv_passage *passage, struct nv_open_mark *open,
					  __u32 mark, __u32 end)
{
	open->start_ns = nv_now(passage);
	open->mark = mark;
	open->end = end;
}

/* While others are open. */
NV_GLOBAL nv_mark_add(struct nv_passage *passage, struct nv_flow *flow, struct nv_marks *marks, __u32 mark,
		      __u32 end)
{
	struct nv_open_mark *open;
	struct nv_stream *stream;

	if (!passage || !flow || !marks)
		return 0;
	stream = &flow->stream[passage->direction & 1];
	if (stream->open_marks >= NV_OPEN_MARKS && nv_mark_rank(mark) <= stream->lowest_rank)
		return 0;
	open = nv_mark_place(marks, stream);
	if (!open)
		return 0;
	if (stream->open_marks < NV_OPEN_MARKS)
		stream->open_marks++;
	nv_mark_start(passage, open, mark, end);
	if (stream->open_marks >= NV_OPEN_MARKS)
		stream->lowest_rank = nv_lowest_rank(marks);
	return 0;
}

/* Data of passage->direction. Nearly always it is the only one: every place is free. */
static __always_inline void nv_mark_open(struct nv_passage *passage, struct nv_flow *flow,
					 struct nv_marks *marks, __u32 mark, __u32 end)
{
	struct nv_stream *stream = &flow->stream[passage->direction & 1];

	if (stream->open_marks) {
		nv_mark_add(passage, flow, marks, mark, end);
		return;
	}
	nv_mark_start(passage, &marks->open[0], mark, end);
	stream->open_marks = 1;
}

/* Opens a sample for a mark from the packet's first byte to `end`, which are sent now for the first time. */
static __always_inline void nv_marks_open(struct nv_passage *passage, struct nv_flow *flow,
					  struct nv_marks *marks, __u32 end, bool idle)
{
	__u32 seq = passage->packet.seq;
	__u32 mark = nv_next_mark(seq);
	const struct nv_stream *stream = &flow->stream[passage->direction & 1];

	/* The first of a turn has no second: it is taken whatever its rank. */
	if (idle) {
		nv_count_mark(marks, nv_coarse_ms(passage));
		nv_mark_open(passage, flow, marks, seq, end);
	}
	if (!nv_after(end, mark) || (idle && mark == seq))
		return;
	mark = nv_rarest_mark(mark, end);
	if (nv_is_wanted(passage, stream, marks, mark))
		nv_mark_open(passage, flow, marks, mark, end);
}

/*
 * In recovery an ACK tells nothing of the path: not before all that was sent by now is acknowledged. What was
 * acknowledged already and comes again starts none.
 */
NV_GLOBAL nv_marks_void(struct nv_flow *flow, struct nv_details *details, __u32 direction, __u32 until)
{
	struct nv_stream *stream;
	struct nv_direction *data;

	if (!flow || !details)
		return 0;
	stream = &flow->stream[direction & 1];
	data = &details->direction[direction & 1];
	if (!stream->ack_seen || nv_after(until, stream->ack_max)) {
		if (!stream->in_recovery || nv_after(until, stream->recovery_end))
			stream->recovery_end = until;
		stream->in_recovery = 1;
	}
	if (!stream->open_marks)
		return 0;
	for (int i = 0; i < NV_OPEN_MARKS; i++) {
		data->counters.samples_void += data->marks.open[i].start_ns != 0;
		data->marks.open[i].start_ns = 0;
	}
	stream->open_marks = 0;
	return 0;
}

/* An ACK may have been among the packets of the flow that were given up: it would have closed any open sample. */
NV_GLOBAL nv_after_missed(struct nv_flow *flow, struct nv_details *details)
{
	if (!flow || !details)
		return 0;
	flow->missed = 0;
	for (int i = 0; i < 2; i++)
		nv_marks_void(flow, details, i, flow->stream[i].snd_max);
	return 0;
}

static __always_inline void nv_count_sample(struct nv_flow_counters *counters, __u64 turnaround_ns,
					    __u32 class)
{
	counters->samples++;
	if (class != NV_SAMPLE_CLASS_EXACT) {
		nv_histogram_add(counters->rtt_other_hist, turnaround_ns);
		return;
	}
	counters->rtt_exact++;
	counters->rtt_sum_ns += turnaround_ns;
	nv_histogram_add(counters->rtt_exact_hist, turnaround_ns);
	if (!counters->rtt_min_ns || turnaround_ns < counters->rtt_min_ns)
		counters->rtt_min_ns = turnaround_ns;
}

static __always_inline void nv_judge_sample(struct nv_passage *passage, const struct nv_flow *flow,
					    struct nv_details *details, __u32 direction,
					    __u64 turnaround_ns)
{
	struct nv_direction *data = &details->direction[direction & 1];
	__u64 threshold = nv_shift_threshold(&data->judgement.rtt);

	if (data->judgement.rtt.samples < NV_SHIFT_WARM_UP)
		nv_judge_service(passage, flow, direction, NV_ALERT_KIND_RTT_SHIFT, turnaround_ns);
	if (nv_shift_update(&data->judgement.rtt, turnaround_ns, nv_coarse_ms(passage)))
		nv_raise(NV_ALERT(direction, NV_ALERT_KIND_RTT_SHIFT), passage, details,
			 turnaround_ns, threshold);
	data->counters.rtt_mean_us = data->judgement.rtt.mean_ns / 1000;
}

NV_GLOBAL nv_mark_close(struct nv_passage *passage, const struct nv_flow *flow, struct nv_details *details,
			__u32 direction, struct nv_open_mark *open)
{
	struct nv_mark_sample sample = {};
	struct nv_direction *data;
	__u32 ack;

	if (!passage || !flow || !details || !open)
		return 0;
	data = &details->direction[direction & 1];
	ack = passage->packet.ack;
	sample.start_ns = open->start_ns;
	sample.turnaround_ns = nv_now(passage) - open->start_ns;
	sample.mark = open->mark;
	sample.closing_ack = ack;
	sample.class = ack == open->end ? NV_SAMPLE_CLASS_EXACT :
		       nv_after(ack, open->end) ? NV_SAMPLE_CLASS_CUMULATIVE :
						  NV_SAMPLE_CLASS_PARTIAL;
	sample.piggyback = passage->packet.payload > 0;
	if (sample.piggyback && sample.mark == flow->sender[direction & 1].request_seq)
		passage->answered = true;
	nv_count_sample(&data->counters, sample.turnaround_ns, sample.class);
	nv_flight_value(passage, details, &data->marks.largest, NV_FLIGHT(direction, NV_FLIGHT_KIND_RTT),
			sample.turnaround_ns);
	nv_emit_sample(passage, data, direction, nv_mark_rank(sample.mark), nv_mark_floor(&data->marks),
		       &sample);
	/* With data on the ACK it is the pace of the peer: response.h judges what is asked for. */
	if (!sample.piggyback)
		nv_judge_sample(passage, flow, details, direction, sample.turnaround_ns);
	return 0;
}

/* The ACK in hand covers every mark below it. */
static __always_inline void nv_marks_close(struct nv_passage *passage, struct nv_flow *flow,
					   struct nv_details *details, __u32 direction)
{
	struct nv_stream *stream = &flow->stream[direction & 1];
	struct nv_marks *marks = &details->direction[direction & 1].marks;

	if (!stream->open_marks)
		return;
	for (int i = 0; i < NV_OPEN_MARKS; i++) {
		struct nv_open_mark *open = &marks->open[i];

		if (!open->start_ns || !nv_after(passage->packet.ack, open->mark))
			continue;
		nv_mark_close(passage, flow, details, direction, open);
		open->start_ns = 0;
		if (stream->open_marks)
			stream->open_marks--;
	}
}

#endif
