#include "addon.h"

void nv_export(napi_env env, napi_value exports, const char *name, napi_callback function)
{
	napi_value value;

	if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value) == napi_ok)
		napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT()
{
	if (!nv_handles_init(env))
		return NULL;
	nv_log_init();
	nv_object_exports(env, exports);
	nv_section_exports(env, exports);
	nv_link_exports(env, exports);
	nv_tcx_exports(env, exports);
	nv_clsact_exports(env, exports);
	nv_program_exports(env, exports);
	nv_map_exports(env, exports);
	nv_memory_exports(env, exports);
	nv_ring_exports(env, exports);
	nv_netns_exports(env, exports);
	nv_netlink_exports(env, exports);
	nv_system_exports(env, exports);
	return exports;
}
