/* Links that are file descriptors, and the closing of every kind. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "link.h"

void nv_link_release(void *pointer)
{
	struct nv_link *link = pointer;

	link->detach(link);
	free(link);
}

static void close_fd(struct nv_link *link)
{
	close(link->fd);
}

napi_value nv_link_from_fd(napi_env env, int fd)
{
	struct nv_link *link = malloc(sizeof(*link));

	if (!link) {
		close(fd);
		return nv_throw(env, ENOMEM, "no memory for a link");
	}
	*link = (struct nv_link){ .detach = close_fd, .fd = fd };
	return nv_handle_new(env, NV_LINK, link);
}

bool nv_enter_device(napi_env env, int netns, int ifindex, const char *ifname,
		     struct nv_netns_visit *visit)
{
	char name[IF_NAMESIZE];
	int error = nv_netns_enter(netns, visit);

	if (error) {
		nv_throw(env, error, "cannot enter the namespace of \"%s\"", ifname);
		return false;
	}
	if (!if_indextoname(ifindex, name)) {
		nv_netns_leave(visit);
		nv_throw(env, ENODEV, "no interface %d (\"%s\")", ifindex, ifname);
		return false;
	}
	if (strcmp(name, ifname)) {
		nv_netns_leave(visit);
		nv_throw(env, ENODEV, "interface %d is \"%s\", not \"%s\"", ifindex, name, ifname);
		return false;
	}
	return true;
}

bool nv_attach_arguments(napi_env env, napi_callback_info info, struct nv_attach_arguments *out)
{
	napi_value args[5];

	return nv_arguments(env, info, 5, args) && nv_get_i32(env, args[0], &out->netns) &&
	       nv_get_i32(env, args[1], &out->ifindex) &&
	       nv_get_string(env, args[2], out->ifname, sizeof(out->ifname)) &&
	       nv_get_i32(env, args[3], &out->program) && nv_get_bool(env, args[4], &out->egress);
}

static napi_value attach_tracing(napi_env env, napi_callback_info info)
{
	napi_value args[1];
	int32_t program;
	int fd;

	if (!nv_arguments(env, info, 1, args) || !nv_get_i32(env, args[0], &program))
		return NULL;
	fd = bpf_raw_tracepoint_open(NULL, program);
	if (fd < 0)
		return nv_throw(env, fd, "cannot attach program %d", program);
	return nv_link_from_fd(env, fd);
}

static napi_value link_close(napi_env env, napi_callback_info info)
{
	napi_value args[1];
	void *link;

	if (!nv_arguments(env, info, 1, args) || !(link = nv_handle_take(env, args[0], NV_LINK)))
		return NULL;
	nv_link_release(link);
	return nv_undefined(env);
}

void nv_link_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "attachTracing", attach_tracing);
	nv_export(env, exports, "linkClose", link_close);
}
