/* The older hook: a direct-action filter at the clsact qdisc. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "link.h"

/* In front of other filters; the handle is ours, so that a filter left by a killed process is replaced. */
#define PRIORITY 1
#define HANDLE 0x4e56 /* "NV" */

static enum bpf_tc_attach_point attach_point(bool egress)
{
	return egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
}

/* Removes the filter only if it is still ours; an interface that is gone took it along. */
static void detach_filter(struct nv_link *link)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = link->ifindex,
		    .attach_point = attach_point(link->egress));
	LIBBPF_OPTS(bpf_tc_opts, found, .handle = HANDLE, .priority = PRIORITY);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = HANDLE, .priority = PRIORITY);
	struct nv_netns_visit visit;

	if (!nv_netns_enter(link->fd, &visit)) {
		if (!bpf_tc_query(&hook, &found) && found.prog_id == link->program_id)
			bpf_tc_detach(&hook, &filter);
		nv_netns_leave(&visit);
	}
	if (link->fd >= 0)
		close(link->fd);
	nv_log_reset();
}

/* Answers 0 or an errno, and the id of the attached program. */
static int attach_filter(const struct nv_attach_arguments *a, uint32_t *program_id)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = a->ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = HANDLE, .priority = PRIORITY,
		    .prog_fd = a->program, .flags = BPF_TC_F_REPLACE);
	int error = bpf_tc_hook_create(&hook);

	if (error && error != -EEXIST)
		return -error;
	nv_log_reset(); /* libbpf complains of a qdisc that is there already */
	hook.attach_point = attach_point(a->egress);
	error = bpf_tc_attach(&hook, &filter);
	*program_id = filter.prog_id;
	return -error;
}

static napi_value attach_clsact(napi_env env, napi_callback_info info)
{
	struct nv_attach_arguments a;
	struct nv_netns_visit visit;
	struct nv_link *link;
	uint32_t program_id;
	int error;

	if (!nv_attach_arguments(env, info, &a) ||
	    !nv_enter_device(env, a.netns, a.ifindex, a.ifname, &visit))
		return NULL;
	nv_log_reset();
	error = attach_filter(&a, &program_id);
	nv_netns_leave(&visit);
	if (error)
		return nv_throw(env, error, "cannot attach to \"%s\" (clsact %s)", a.ifname,
				a.egress ? "egress" : "ingress");
	link = malloc(sizeof(*link));
	if (!link)
		abort();
	*link = (struct nv_link){
		.detach = detach_filter,
		.fd = a.netns < 0 ? -1 : fcntl(a.netns, F_DUPFD_CLOEXEC, 0),
		.ifindex = a.ifindex,
		.egress = a.egress,
		.program_id = program_id,
	};
	return nv_handle_new(env, NV_LINK, link);
}

void nv_clsact_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "attachClsact", attach_clsact);
}
