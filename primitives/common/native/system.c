/* The clock that BPF reads, and scheduling classes. */
#include <errno.h>
#include <sched.h>
#include <time.h>

#include "addon.h"

static napi_value monotonic_ns(napi_env env, napi_callback_info info)
{
	struct timespec now;

	(void)info;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return nv_u64(env, (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec);
}

static napi_value set_scheduler(napi_env env, napi_callback_info info)
{
	struct sched_param parameters = {};
	int32_t pid, policy, priority;
	napi_value args[3];

	if (!nv_arguments(env, info, 3, args) || !nv_get_i32(env, args[0], &pid) ||
	    !nv_get_i32(env, args[1], &policy) || !nv_get_i32(env, args[2], &priority))
		return NULL;
	parameters.sched_priority = priority;
	if (sched_setscheduler(pid, policy, &parameters))
		return nv_throw(env, errno, "cannot set policy %d, priority %d for process %d", policy,
				priority, pid);
	return nv_undefined(env);
}

void nv_system_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "monotonicNs", monotonic_ns);
	nv_export(env, exports, "setScheduler", set_scheduler);
}
