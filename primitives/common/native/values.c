#include <string.h>

#include "addon.h"

napi_value nv_undefined(napi_env env)
{
	napi_value value = NULL;

	napi_get_undefined(env, &value);
	return value;
}

napi_value nv_i32(napi_env env, int32_t number)
{
	napi_value value = NULL;

	napi_create_int32(env, number, &value);
	return value;
}

napi_value nv_u32(napi_env env, uint32_t number)
{
	napi_value value = NULL;

	napi_create_uint32(env, number, &value);
	return value;
}

napi_value nv_u64(napi_env env, uint64_t number)
{
	napi_value value = NULL;

	napi_create_bigint_uint64(env, number, &value);
	return value;
}

napi_value nv_bool(napi_env env, bool truth)
{
	napi_value value = NULL;

	napi_get_boolean(env, truth, &value);
	return value;
}

napi_value nv_string(napi_env env, const char *text)
{
	napi_value value = NULL;

	napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
	return value;
}

napi_value nv_bytes_copy(napi_env env, const void *data, size_t length)
{
	napi_value buffer, value = NULL;
	void *copy;

	if (napi_create_arraybuffer(env, length, &copy, &buffer) != napi_ok)
		return NULL;
	if (length)
		memcpy(copy, data, length);
	napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, &value);
	return value;
}

void nv_set(napi_env env, napi_value object, const char *name, napi_value value)
{
	napi_set_named_property(env, object, name, value);
}
