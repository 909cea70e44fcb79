// SPDX-License-Identifier: GPL-2.0
/*
 * Sets a buffer of the TCP connections that a process has at a port, as the process itself would by setsockopt():
 *
 *   socket-buffer PID PORT send|receive BYTES
 *
 * Without BYTES the kernel fits it to the path again. Prints how many sockets it has set; fails if there was none.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72 /* v5.14 */
#endif
#define GENEROUS (4 << 20)

static unsigned short port_of(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)address)->sin_port);
	if (address->ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
	return 0;
}

/* Of a connection with the port at either end. */
static int is_wanted(int socket, unsigned short port)
{
	struct sockaddr_storage own = {}, peer = {};
	socklen_t own_size = sizeof(own), peer_size = sizeof(peer);

	return getsockname(socket, (struct sockaddr *)&own, &own_size) == 0 &&
	       getpeername(socket, (struct sockaddr *)&peer, &peer_size) == 0 &&
	       (port_of(&own) == port || port_of(&peer) == port);
}

static void set_buffer(int socket, int option, int bytes)
{
	int locks = 0, wanted = bytes ? bytes : GENEROUS;

	if (setsockopt(socket, SOL_SOCKET, option, &wanted, sizeof(wanted)))
		err(1, "setsockopt");
	if (!bytes && setsockopt(socket, SOL_SOCKET, SO_BUF_LOCK, &locks, sizeof(locks)))
		err(1, "SO_BUF_LOCK");
}

int main(int argc, char **argv)
{
	int pidfd, option, bytes, found = 0;
	struct dirent *entry;
	char path[64];
	DIR *files;

	if (argc < 4)
		errx(2, "usage: socket-buffer PID PORT send|receive [BYTES]");
	option = strcmp(argv[3], "send") ? SO_RCVBUF : SO_SNDBUF;
	bytes = argc > 4 ? atoi(argv[4]) : 0;
	pidfd = syscall(SYS_pidfd_open, atoi(argv[1]), 0);
	snprintf(path, sizeof(path), "/proc/%d/fd", atoi(argv[1]));
	files = opendir(path);
	if (pidfd < 0 || !files)
		err(1, "process %s", argv[1]);
	while ((entry = readdir(files))) {
		int socket = syscall(SYS_pidfd_getfd, pidfd, atoi(entry->d_name), 0);

		if (socket < 0)
			continue;
		if (entry->d_name[0] != '.' && is_wanted(socket, atoi(argv[2]))) {
			set_buffer(socket, option, bytes);
			found++;
		}
		close(socket);
	}
	printf("%d\n", found);
	return found ? 0 : 1;
}
