#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "addon.h"

/* libbpf's verifier log never exceeds this. */
#define LOG_MAX_BYTES (16u << 20)

/* libbpf logs on the thread that called it. */
static _Thread_local struct {
	char *text;
	size_t length;
	size_t size;
} captured;

static bool reserve(size_t bytes)
{
	size_t size = captured.size ? captured.size : 4096;
	char *text;

	while (size < bytes)
		size *= 2;
	if (size == captured.size)
		return true;
	text = size <= 2 * LOG_MAX_BYTES ? realloc(captured.text, size) : NULL;
	if (!text)
		return false;
	captured.text = text;
	captured.size = size;
	return true;
}

static int capture(enum libbpf_print_level level, const char *format, va_list arguments)
{
	va_list again;
	int length;

	if (level != LIBBPF_WARN)
		return 0;
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length > 0 && reserve(captured.length + length + 1)) {
		vsnprintf(captured.text + captured.length, length + 1, format, arguments);
		captured.length += length;
	}
	return 0;
}

void nv_log_init(void)
{
	libbpf_set_print(capture);
}

void nv_log_reset(void)
{
	captured.length = 0;
}

napi_value nv_throw(napi_env env, int error, const char *format, ...)
{
	const char *code = strerrorname_np(abs(error));
	char reason[512], message[640];
	napi_value value;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	snprintf(message, sizeof(message), "%s: %s", reason, strerror(abs(error)));
	if (napi_create_error(env, nv_string(env, code ? code : "EUNKNOWN"), nv_string(env, message),
			      &value) != napi_ok)
		return NULL;
	if (captured.length)
		nv_set(env, value, "log", nv_string(env, captured.text));
	nv_log_reset();
	napi_throw(env, value);
	return NULL;
}
