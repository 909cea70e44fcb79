/* Network namespaces: visits by this thread, and their descriptors. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "addon.h"

int nv_netns_enter(int netns, struct nv_netns_visit *visit)
{
	int error;

	visit->home = -1;
	if (netns < 0)
		return 0;
	visit->home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (visit->home < 0)
		return errno;
	if (!setns(netns, CLONE_NEWNET))
		return 0;
	error = errno;
	close(visit->home);
	return error;
}

void nv_netns_leave(struct nv_netns_visit *visit)
{
	if (visit->home < 0)
		return;
	/* A thread left in a foreign namespace would attach to the wrong host's devices. */
	if (setns(visit->home, CLONE_NEWNET))
		abort();
	close(visit->home);
}

static napi_value netns_open(napi_env env, napi_callback_info info)
{
	char path[PATH_MAX];
	struct statfs kind;
	napi_value args[1];
	int fd;

	if (!nv_arguments(env, info, 1, args) || !nv_get_string(env, args[0], path, sizeof(path)))
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return nv_throw(env, errno, "cannot open %s", path);
	if (fstatfs(fd, &kind) || kind.f_type != NSFS_MAGIC) {
		close(fd);
		return nv_throw(env, EINVAL, "%s is not a namespace", path);
	}
	return nv_i32(env, fd);
}

static napi_value close_fd(napi_env env, napi_callback_info info)
{
	napi_value args[1];
	int32_t fd;

	if (!nv_arguments(env, info, 1, args) || !nv_get_i32(env, args[0], &fd))
		return NULL;
	if (close(fd))
		return nv_throw(env, errno, "cannot close descriptor %d", fd);
	return nv_undefined(env);
}

void nv_netns_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "netnsOpen", netns_open);
	nv_export(env, exports, "close", close_fd);
}
