/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* TCP options (RFC 9293, 7323, 2018). Part of packet.h. */
#ifndef NV_PACKET_OPTIONS_H
#define NV_PACKET_OPTIONS_H

#define NV_TCP_OPTION_END 0
#define NV_TCP_OPTION_NOP 1
#define NV_TCP_OPTION_WINDOW_SCALE 3
#define NV_TCP_OPTION_SACK 5
#define NV_TCP_SACK_BLOCK_BYTES 8
#define NV_TCP_MAX_SHIFT 14
#define NV_TCP_OPTION_BYTES 40
#define NV_TCP_OPTIONS_A_CALL 4

/*
 * The option field, copied, and where in it the next option begins. Behind its 40 bytes is room for the verifier: a
 * mask bounds where an option begins, and what is read of one lies behind that.
 */
struct nv_tcp_options {
	__u8 bytes[80];
	__u32 length;
	__u32 next;
};

static __always_inline __u32 nv_option_word(const __u8 *bytes)
{
	return (__u32)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

static __always_inline void nv_take_tcp_option(const __u8 *option, struct nv_packet *packet)
{
	__u8 kind = option[0], length = option[1], shift = option[2];

	if (kind == NV_TCP_OPTION_WINDOW_SCALE && length == 3 && packet->flags & NV_TCP_SYN) {
		packet->window_scale = (shift < NV_TCP_MAX_SHIFT ? shift : NV_TCP_MAX_SHIFT) + 1;
	} else if (kind == NV_TCP_OPTION_SACK && length > 2 &&
		   length % NV_TCP_SACK_BLOCK_BYTES == 2) {
		packet->has_sack = 1;
		packet->sack_start = nv_option_word(option + 2);
		packet->sack_end = nv_option_word(option + 6);
	}
}

/* Answers false at the end: behind an option of impossible length nothing can be trusted. */
static __always_inline bool nv_next_tcp_option(struct nv_tcp_options *options,
					       struct nv_packet *packet)
{
	const __u8 *option = options->bytes + (options->next & 63);
	__u32 length;

	if (options->next + 2 > options->length || option[0] == NV_TCP_OPTION_END)
		return false;
	if (option[0] == NV_TCP_OPTION_NOP) {
		options->next++;
		return true;
	}
	length = option[1];
	if (length < 2 || length > options->length - options->next)
		return false;
	nv_take_tcp_option(option, packet);
	options->next += length;
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
