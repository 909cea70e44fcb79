/* An attachment: a link's file descriptor, or a filter at clsact. */
#ifndef NETVERDICT_LINK_H
#define NETVERDICT_LINK_H

#include "addon.h"

struct nv_link {
	void (*detach)(struct nv_link *link);
	int fd; /* of the link; of the namespace for a filter, -1 for the caller's */
	int ifindex;
	bool egress;
	uint32_t program_id;
};

/* Takes `fd`, whose closing detaches. */
napi_value nv_link_from_fd(napi_env env, int fd);

/*
 * Enters `netns` if `ifindex` is named `ifname` there. On false an error was thrown and the thread is
 * where it was. The number alone may be another device: it is resolved in the thread's namespace.
 */
bool nv_enter_device(napi_env env, int netns, int ifindex, const char *ifname,
		     struct nv_netns_visit *visit);

/* The five arguments that attachTcx and attachClsact share. */
struct nv_attach_arguments {
	int netns;
	int ifindex;
	char ifname[64];
	int program;
	bool egress;
};

bool nv_attach_arguments(napi_env env, napi_callback_info info, struct nv_attach_arguments *out);

#endif
