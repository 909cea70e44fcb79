/* rtnetlink: the id of a namespace as another one sees it, and news of links, addresses and routes. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "addon.h"

#define GROUPS (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE)

/* A socket that belongs to `netns` for good, or a negative errno. */
static int open_socket(int netns, uint32_t groups)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
	struct nv_netns_visit visit;
	int fd, error = nv_netns_enter(netns, &visit);

	if (error)
		return -error;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	error = errno;
	nv_netns_leave(&visit);
	if (fd < 0)
		return -error;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		error = errno;
		close(fd);
		return -error;
	}
	return fd;
}

struct nsid_request {
	struct nlmsghdr header;
	struct rtgenmsg message __attribute__((aligned(NLMSG_ALIGNTO)));
	struct rtattr attribute __attribute__((aligned(NLMSG_ALIGNTO)));
	uint32_t fd;
};

static int32_t find_nsid(const struct nlmsghdr *header)
{
	const struct rtattr *attribute = (const void *)((const uint8_t *)NLMSG_DATA(header) +
							NLMSG_ALIGN(sizeof(struct rtgenmsg)));
	int length = header->nlmsg_len - NLMSG_LENGTH(NLMSG_ALIGN(sizeof(struct rtgenmsg)));
	int32_t id = -1;

	for (; RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length))
		if (attribute->rta_type == NETNSA_NSID)
			memcpy(&id, RTA_DATA(attribute), sizeof(id));
	return id;
}

/* The kernel answers within the send. Answers 0 or an errno. */
static int ask_nsid(int fd, int other, int32_t *id)
{
	struct nsid_request request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETNSID,
			    .nlmsg_flags = NLM_F_REQUEST },
		.message = { .rtgen_family = AF_UNSPEC },
		.attribute = { .rta_len = RTA_LENGTH(sizeof(uint32_t)), .rta_type = NETNSA_FD },
		.fd = other,
	};
	union {
		struct nlmsghdr header;
		uint8_t bytes[1024];
	} answer;

	if (send(fd, &request, sizeof(request), 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
		return errno;
	if (answer.header.nlmsg_type == NLMSG_ERROR)
		return -((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error;
	*id = find_nsid(&answer.header);
	return 0;
}

static napi_value netns_id(napi_env env, napi_callback_info info)
{
	int32_t netns, other, id = -1;
	napi_value args[2];
	int fd, error;

	if (!nv_arguments(env, info, 2, args) || !nv_get_i32(env, args[0], &netns) ||
	    !nv_get_i32(env, args[1], &other))
		return NULL;
	fd = open_socket(netns, 0);
	if (fd < 0)
		return nv_throw(env, fd, "cannot open rtnetlink in namespace %d", netns);
	error = ask_nsid(fd, other, &id);
	close(fd);
	if (error)
		return nv_throw(env, error, "cannot get the id of namespace %d", other);
	return nv_i32(env, id);
}

static napi_value netlink_watch(napi_env env, napi_callback_info info)
{
	napi_value args[1];
	int32_t netns;
	int fd;

	if (!nv_arguments(env, info, 1, args) || !nv_get_i32(env, args[0], &netns))
		return NULL;
	fd = open_socket(netns, GROUPS);
	if (fd < 0)
		return nv_throw(env, fd, "cannot open rtnetlink in namespace %d", netns);
	return nv_i32(env, fd);
}

static uint32_t count_messages(const void *bytes, ssize_t length)
{
	const struct nlmsghdr *header = bytes;
	uint32_t count = 0;

	for (; NLMSG_OK(header, (size_t)length); header = NLMSG_NEXT(header, length))
		count++;
	return count;
}

static napi_value netlink_pending(napi_env env, napi_callback_info info)
{
	_Alignas(struct nlmsghdr) static _Thread_local uint8_t bytes[32768];
	napi_value args[1];
	uint32_t count = 0;
	int32_t fd;

	if (!nv_arguments(env, info, 1, args) || !nv_get_i32(env, args[0], &fd))
		return NULL;
	for (;;) {
		ssize_t length = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (length >= 0)
			count += count_messages(bytes, length);
		else if (errno == EAGAIN)
			return nv_u32(env, count);
		else if (errno == ENOBUFS) /* messages were lost: there was news */
			count++;
		else if (errno != EINTR)
			return nv_throw(env, errno, "cannot read rtnetlink socket %d", fd);
	}
}

void nv_netlink_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "netnsId", netns_id);
	nv_export(env, exports, "netlinkWatch", netlink_watch);
	nv_export(env, exports, "netlinkPending", netlink_pending);
}
