/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What host_int.bpf.c tells int-reader.c of each TCP packet. Addresses and ports as nv_packet has them. */
#ifndef HOST_INT_H
#define HOST_INT_H

struct host_int_flow {
	__u64 src[2];
	__u64 dst[2];
	__u16 src_port;
	__u16 dst_port;
	__u32 mark; /* the ACK that a segment expects, or that an ACK is */
};

struct host_int_record {
	__u64 time_ns;
	struct host_int_flow flow;
	__u32 seq;
	__u32 ack;
	__u32 payload;
	__u32 flags;
};
_Static_assert(sizeof(struct host_int_record) == 64, "size of host_int_record");

#endif
