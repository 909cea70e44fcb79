#include <math.h>
#include <stdio.h>

#include "addon.h"

static bool refuse(napi_env env, const char *expected)
{
	char message[64];

	snprintf(message, sizeof(message), "expected %s", expected);
	napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
	return false;
}

bool nv_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values)
{
	size_t given = count;

	if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < count)
		return refuse(env, "more arguments");
	return true;
}

/* Node's own conversions wrap silently; a wrong number must not reach the kernel. */
static bool get_integer(napi_env env, napi_value value, double least, double most, double *out)
{
	return napi_get_value_double(env, value, out) == napi_ok && *out >= least && *out <= most &&
	       floor(*out) == *out;
}

bool nv_get_i32(napi_env env, napi_value value, int32_t *out)
{
	double number;

	if (!get_integer(env, value, INT32_MIN, INT32_MAX, &number))
		return refuse(env, "a 32-bit integer");
	*out = (int32_t)number;
	return true;
}

bool nv_get_u32(napi_env env, napi_value value, uint32_t *out)
{
	double number;

	if (!get_integer(env, value, 0, UINT32_MAX, &number))
		return refuse(env, "an unsigned 32-bit integer");
	*out = (uint32_t)number;
	return true;
}

bool nv_get_bool(napi_env env, napi_value value, bool *out)
{
	return napi_get_value_bool(env, value, out) == napi_ok || refuse(env, "a boolean");
}

bool nv_get_bytes(napi_env env, napi_value value, struct nv_bytes *out)
{
	napi_typedarray_type type;
	void *data;

	if (napi_get_typedarray_info(env, value, &type, &out->length, &data, NULL, NULL) != napi_ok ||
	    type != napi_uint8_array)
		return refuse(env, "a Uint8Array");
	out->data = data;
	return true;
}

bool nv_get_string(napi_env env, napi_value value, char *out, size_t size)
{
	size_t length;

	if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok)
		return refuse(env, "a string");
	if (length >= size)
		return refuse(env, "a shorter string");
	return napi_get_value_string_utf8(env, value, out, size, &length) == napi_ok;
}
