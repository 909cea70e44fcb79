/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* TCP options (RFC 9293, 7323, 2018, 2883). Part of packet.h. */
#ifndef NV_PACKET_OPTIONS_H
#define NV_PACKET_OPTIONS_H

#define NV_TCP_OPTION_END 0
#define NV_TCP_OPTION_NOP 1
#define NV_TCP_OPTION_WINDOW_SCALE 3
#define NV_TCP_OPTION_SACK 5
#define NV_TCP_OPTION_TIMESTAMP 8
/* NOP, NOP, timestamp: the whole option field of most segments. */
#define NV_TCP_TIMESTAMP_ONLY bpf_htonl(0x0101080a)
#define NV_TCP_TIMESTAMP_WORDS 3
#define NV_TCP_TIMESTAMP_BYTES 12
#define NV_TCP_SACK_BLOCK_BYTES 8
#define NV_TCP_MAX_SHIFT 14
#define NV_TCP_OPTION_BYTES 40
#define NV_TCP_OPTIONS_A_CALL 4

/*
 * The option field, copied, and where in it the next option begins. Its 40 bytes are followed by what the verifier
 * believes can be read of an option that begins with the last of them: two SACK blocks.
 */
struct nv_tcp_options {
	__u8 bytes[56];
	__u32 length;
	__u32 next;
};

static __always_inline __u32 nv_option_word(const __u8 *bytes)
{
	return (__u32)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

static __always_inline void nv_take_timestamp(__u32 tsval, __u32 tsecr, struct nv_packet *packet)
{
	packet->has_timestamp = 1;
	packet->tsval = tsval;
	packet->tsecr = tsecr;
}

/* Sequence numbers wrap. */
static __always_inline bool nv_before(__u32 a, __u32 b)
{
	return (__s32)(a - b) < 0;
}

/* What is acknowledged already, or told again by the second block, came twice. */
static __always_inline bool nv_is_dsack(const __u8 *blocks, const struct nv_packet *packet)
{
	if (nv_before(packet->sack_start, packet->ack))
		return true;
	return packet->sack_blocks > 1 &&
	       !nv_before(packet->sack_start, nv_option_word(blocks + 8)) &&
	       !nv_before(nv_option_word(blocks + 12), packet->sack_end);
}

static __always_inline void nv_take_sack_blocks(const __u8 *blocks, __u32 bytes,
						struct nv_packet *packet)
{
	packet->has_sack = 1;
	packet->sack_blocks = bytes / NV_TCP_SACK_BLOCK_BYTES;
	packet->sack_start = nv_option_word(blocks);
	packet->sack_end = nv_option_word(blocks + 4);
	packet->dsack = nv_is_dsack(blocks, packet);
}

static __always_inline void nv_take_tcp_option(const __u8 *option, struct nv_packet *packet)
{
	__u8 kind = option[0], length = option[1], shift = option[2];

	if (kind == NV_TCP_OPTION_WINDOW_SCALE && length == 3 && packet->flags & NV_TCP_SYN) {
		packet->window_scale = (shift < NV_TCP_MAX_SHIFT ? shift : NV_TCP_MAX_SHIFT) + 1;
	} else if (kind == NV_TCP_OPTION_SACK && length > 2 &&
		   length % NV_TCP_SACK_BLOCK_BYTES == 2) {
		nv_take_sack_blocks(option + 2, length - 2, packet);
	} else if (kind == NV_TCP_OPTION_TIMESTAMP && length == 10) {
		nv_take_timestamp(nv_option_word(option + 2), nv_option_word(option + 6), packet);
	}
}

/* Answers false at the end: behind an option of impossible length nothing can be trusted. */
static __always_inline bool nv_next_tcp_option(struct nv_tcp_options *options,
					       struct nv_packet *packet)
{
	__u32 next = options->next, length;
	const __u8 *option;

	if (next + 2 > options->length || next > NV_TCP_OPTION_BYTES - 2)
		return false;
	option = options->bytes + next;
	if (option[0] == NV_TCP_OPTION_END)
		return false;
	if (option[0] == NV_TCP_OPTION_NOP) {
		options->next = next + 1;
		return true;
	}
	length = option[1];
	if (length < 2 || length > options->length - next)
		return false;
	nv_take_tcp_option(option, packet);
	options->next = next + length;
	return true;
}

/* Some options; answers 0 when they were the last. The verifier looks at these few, not at every sequence of forty. */
NV_GLOBAL nv_next_tcp_options(struct nv_tcp_options *options, struct nv_packet *packet)
{
	if (!options || !packet)
		return 0;
	for (int option = 0; option < NV_TCP_OPTIONS_A_CALL; option++)
		if (!nv_next_tcp_option(options, packet))
			return 0;
	return 1;
}

/* `length` is a multiple of four, 40 at most. */
static __always_inline int nv_parse_tcp_options(const struct nv_source *source, __u32 offset,
						__u32 length, struct nv_packet *packet)
{
	struct nv_tcp_options options = { .length = length };

	for (int at = 0; at < NV_TCP_OPTION_BYTES && at < length; at += 4)
		if (nv_load(source, offset + at, options.bytes + at, 4) < 0)
			return -1;
	/* Every byte may be a NOP. */
	for (int option = 0; option < NV_TCP_OPTION_BYTES; option += NV_TCP_OPTIONS_A_CALL)
		if (!nv_next_tcp_options(&options, packet))
			break;
	return 0;
}

#endif
