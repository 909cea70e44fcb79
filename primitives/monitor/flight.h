/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flight recorder: what happened to a flow lately, so that the moments before an alert are known. Only what is rare
 * writes it: samples and responses, of which each half second leaves the largest, re-sends, holes, changes of the
 * window, begin and end. What an alert was raised for takes the entries with it, and they begin anew; so does a packet
 * of an armed flow. Each entry leaves once.
 */
#ifndef NV_FLIGHT_H
#define NV_FLIGHT_H

#include "flow.h"

#define NV_FLIGHT_TIME_SHIFT 16
/* The same again within so long is one entry. */
#define NV_FLIGHT_FOLD (64000000u >> NV_FLIGHT_TIME_SHIFT)

/* enum nv_flight_kind is below 2^5. `direction` is that of the data spoken of. */
#define NV_FLIGHT(direction, kind) (((direction) & 1) << 5 | (kind))
#define NV_FLIGHT_VALUE_SHIFT 8
#define NV_FLIGHT_WHAT ((1 << NV_FLIGHT_VALUE_SHIFT) - 1)
#define NV_FLIGHT_MOST 0xffffff

/* Units of struct nv_alarm, 64 ms. */
#define NV_FLIGHT_UNIT_MS 64
#define NV_FLIGHT_STRETCH 8
#define NV_FLIGHT_PAUSE 2

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 512 * 1024);
} flights SEC(".maps");

/* A record of the ring `flights`. */
struct nv_flight_record {
	struct nv_tap_flow_key key;
	__u64 time_ns;
	struct nv_flight flight;
};

const volatile __u32 nv_flight_record_bytes = sizeof(struct nv_flight_record);
const volatile __u32 nv_flight_time_offset = __builtin_offsetof(struct nv_flight_record, time_ns);
const volatile __u32 nv_flight_offset = __builtin_offsetof(struct nv_flight_record, flight);
const volatile __u32 nv_flight_entries_offset = __builtin_offsetof(struct nv_flight, entry);

static __always_inline __u32 nv_flight_us(__u64 ns)
{
	__u64 us = ns / 1000;

	return us > NV_FLIGHT_MOST ? NV_FLIGHT_MOST : us;
}

static __always_inline __u32 nv_flight_bounded(__u32 value)
{
	return value < NV_FLIGHT_MOST ? value : NV_FLIGHT_MOST;
}

/* The place before the next is the newest's. */
static __always_inline __u32 nv_flight_newest(const struct nv_flight *flight)
{
	return flight->next ? flight->next - 1 : NV_FLIGHT_ENTRIES - 1;
}

static __always_inline struct nv_flight_entry *nv_flight_at(struct nv_flight *flight, __u32 at)
{
	return &flight->entry[at < NV_FLIGHT_ENTRIES ? at : 0];
}

static __always_inline void nv_flight_write(struct nv_passage *passage, struct nv_flight_entry *entry,
					    __u32 what, __u32 value)
{
	entry->time = nv_now(passage) >> NV_FLIGHT_TIME_SHIFT;
	entry->what = what | value << NV_FLIGHT_VALUE_SHIFT;
}

/* Answers the place of the entry. The oldest makes room. */
static __always_inline __u32 nv_flight_push(struct nv_passage *passage, struct nv_flight *flight,
					    __u32 what, __u32 value)
{
	__u32 at = flight->next;

	nv_flight_write(passage, nv_flight_at(flight, at), what, value);
	flight->next = at + 1 < NV_FLIGHT_ENTRIES ? at + 1 : 0;
	if (flight->held < NV_FLIGHT_ENTRIES)
		flight->held++;
	return at;
}

/* An event. The same a moment ago takes its count. */
NV_GLOBAL nv_flight_note(struct nv_passage *passage, struct nv_details *details, __u32 what, __u32 value)
{
	struct nv_flight_entry *entry;
	struct nv_flight *flight;
	__u32 now;

	if (!passage || !details)
		return 0;
	flight = &details->flight;
	entry = nv_flight_at(flight, nv_flight_newest(flight));
	now = nv_now(passage) >> NV_FLIGHT_TIME_SHIFT;
	if (!flight->held || (entry->what & NV_FLIGHT_WHAT) != what || now - entry->time >= NV_FLIGHT_FOLD) {
		nv_flight_push(passage, flight, what, nv_flight_bounded(value));
		return 0;
	}
	value = nv_flight_bounded(value + (entry->what >> NV_FLIGHT_VALUE_SHIFT));
	entry->what = what | value << NV_FLIGHT_VALUE_SHIFT;
	return 0;
}

/* The largest value of a stretch of time so far: it takes the entry of that before it, unless that has left. */
NV_GLOBAL nv_flight_larger(struct nv_passage *passage, struct nv_details *details,
			   struct nv_largest *largest, __u32 what, __u32 us)
{
	struct nv_flight_entry *entry;
	struct nv_flight *flight;
	__u32 now, age;
	bool fresh;

	if (!passage || !details || !largest)
		return 0;
	flight = &details->flight;
	now = nv_coarse_ms(passage) / NV_FLIGHT_UNIT_MS;
	fresh = (__u16)(now - largest->since) >= NV_FLIGHT_STRETCH;
	age = (nv_flight_newest(flight) + NV_FLIGHT_ENTRIES - largest->at) % NV_FLIGHT_ENTRIES;
	entry = nv_flight_at(flight, largest->at);
	largest->us = us;
	if (!fresh && age < flight->held && (entry->what & NV_FLIGHT_WHAT) == what) {
		nv_flight_write(passage, entry, what, us);
		return 0;
	}
	if (fresh)
		largest->since = now;
	largest->at = nv_flight_push(passage, flight, what, us);
	return 0;
}

/* Nearly always the value is not the largest, and what was touched already tells that. */
static __always_inline void nv_flight_value(struct nv_passage *passage, struct nv_details *details,
					    struct nv_largest *largest, __u32 what, __u64 ns)
{
	__u32 us = nv_flight_us(ns);
	__u16 age = nv_coarse_ms(passage) / NV_FLIGHT_UNIT_MS - largest->since;

	if (us > largest->us || age >= NV_FLIGHT_STRETCH)
		nv_flight_larger(passage, details, largest, what, us);
}

/* Kept for the next time if there is no room. */
NV_GLOBAL nv_flight_tell(struct nv_passage *passage, struct nv_details *details)
{
	struct nv_flight_record *record;

	if (!passage || !details || !details->flight.held)
		return 0;
	record = nv_reserve(&flights, sizeof(*record), NV_LOSS_FLIGHTS_FULL);
	if (!record)
		return 0;
	record->key = passage->key;
	record->time_ns = nv_now(passage);
	record->flight = details->flight;
	nv_submit(record, false);
	details->flight.held = 0;
	details->flight.told = nv_coarse_ms(passage) / NV_FLIGHT_UNIT_MS;
	return 0;
}

/* A packet of an armed flow. */
static __always_inline void nv_flight_heed(struct nv_passage *passage, struct nv_details *details)
{
	__u16 since = nv_coarse_ms(passage) / NV_FLIGHT_UNIT_MS - details->flight.told;

	if (details->flight.held && since >= NV_FLIGHT_PAUSE)
		nv_flight_tell(passage, details);
}

#endif
