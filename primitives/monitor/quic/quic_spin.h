/* SPDX-License-Identifier: GPL-2.0 */
/* What is kept of a QUIC connection, and the round trip that its spin bit tells. Part of quic.h. */
#ifndef NV_QUIC_SPIN_H
#define NV_QUIC_SPIN_H

#include "../flow.h"
#include "../histogram.h"

#define NV_MAX_QUIC 4096
#define NV_QUIC_ID_BYTES 20 /* RFC 9000, 17.2 */
#define NV_QUIC_PORT_WORDS 1024
#define NV_QUIC_SPIN 0x20

/* Edges that must have come in turn before they are believed, and how many of them may be strays: one in eight. */
#define NV_SPIN_LEAST_EDGES 8
#define NV_SPIN_WINDOW 64
/* Longer between two edges is silence, not a round trip. */
#define NV_SPIN_MOST_NS 3000000000ULL

struct nv_quic {
	struct nv_quic_connection connection;
	__u64 client_edge_ns; /* of the last edges in turn */
	__u64 server_edge_ns;
	__u32 edges; /* in turn; these two are halved together */
	__u32 strays;
	__u8 spin[2]; /* last value by direction + 1, 0 before any */
	__u8 awaits_server; /* the last edge in turn was the client's */
	__u8 client; /* direction of its packets */
	__u8 destination_id_bytes;
	__u8 source_id_bytes;
	__u8 destination_id[NV_QUIC_ID_BYTES];
	__u8 source_id[NV_QUIC_ID_BYTES];
	__u8 pad[2];
};

/* Layout for user space, read through BTF before the load. */
const volatile __u32 nv_quic_client_offset = __builtin_offsetof(struct nv_quic, client);
const volatile __u32 nv_quic_id_lengths_offset =
	__builtin_offsetof(struct nv_quic, destination_id_bytes);
const volatile __u32 nv_quic_destination_offset =
	__builtin_offsetof(struct nv_quic, destination_id);
const volatile __u32 nv_quic_source_offset = __builtin_offsetof(struct nv_quic, source_id);

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NV_MAX_QUIC);
	__type(key, struct nv_tap_flow_key);
	__type(value, struct nv_quic);
} nv_quic SEC(".maps");

/* Never written: a new entry does not fit on the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, struct nv_quic);
} nv_new_quic SEC(".maps");

/* One bit a port, other than 443, on which a server has been seen; and whether there is any. */
__u64 nv_quic_ports[NV_QUIC_PORT_WORDS] SEC(".data.quic");
__u32 nv_quic_any_port SEC(".data.quic");

/*
 * The server sends the value that it received, the client the opposite (RFC 9000, 17.4): so edges come in turn, each
 * with the value that follows from the other's. Endpoints that do not spin fill in random bits: those come as they
 * like. A late packet makes two edges at once, both out of turn.
 */
static __always_inline bool nv_spin_in_turn(const struct nv_quic *quic, bool client, __u8 bit,
					    __u8 peer)
{
	if (!peer)
		return false;
	return client ? !quic->awaits_server && peer - 1 != bit :
			quic->awaits_server && peer - 1 == bit;
}

static __always_inline void nv_spin_judge(struct nv_quic *quic)
{
	quic->connection.spins = quic->edges >= NV_SPIN_LEAST_EDGES &&
				 quic->strays * 8 <= quic->edges;
	if (quic->edges + quic->strays < NV_SPIN_WINDOW)
		return;
	quic->edges /= 2;
	quic->strays /= 2;
}

static __always_inline void nv_spin_sample(struct nv_quic *quic, __u64 now_ns)
{
	struct nv_quic_connection *connection = &quic->connection;
	__u64 taken_ns = now_ns - quic->client_edge_ns;

	if (!connection->spins || !quic->client_edge_ns || taken_ns > NV_SPIN_MOST_NS)
		return;
	connection->spin_samples++;
	connection->spin_sum_ns += taken_ns;
	connection->spin_server_sum_ns += quic->server_edge_ns - quic->client_edge_ns;
	if (!connection->spin_min_ns || taken_ns < connection->spin_min_ns)
		connection->spin_min_ns = taken_ns;
	nv_histogram_add(connection->spin_hist, taken_ns);
}

/* A packet of the client or the server with this spin bit. */
static __always_inline void nv_quic_spin(struct nv_passage *passage, bool client, __u8 bit,
					 struct nv_quic *quic)
{
	__u32 direction = passage->direction & 1;
	__u8 before = quic->spin[direction];

	if (before == bit + 1)
		return;
	quic->spin[direction] = bit + 1;
	if (!before)
		return;
	if (!nv_spin_in_turn(quic, client, bit, quic->spin[!direction])) {
		quic->connection.spin_strays++;
		quic->strays++;
		nv_spin_judge(quic);
		return;
	}
	quic->connection.spin_edges++;
	quic->edges++;
	quic->awaits_server = client;
	if (client) {
		nv_spin_sample(quic, nv_now(passage));
		quic->client_edge_ns = nv_now(passage);
	} else {
		quic->server_edge_ns = nv_now(passage);
	}
	nv_spin_judge(quic);
}

#endif
