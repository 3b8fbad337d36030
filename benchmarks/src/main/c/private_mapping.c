/*
 * Preloaded, makes every shared writable mapping of one file a private one, so that what a program writes there is
 * copied for it alone. The file is the one that the variable ALMANAC_PRIVATE_FILE names.
 *
 * cc -shared -fPIC -O2 -o private_mapping.so private_mapping.c
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_private(int fd) {
  const char *path = getenv("ALMANAC_PRIVATE_FILE");
  struct stat wanted, found;
  return path != NULL && fd >= 0 && stat(path, &wanted) == 0 && fstat(fd, &found) == 0 &&
         wanted.st_ino == found.st_ino && wanted.st_dev == found.st_dev;
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
  if ((flags & MAP_SHARED) && is_private(fd)) {
    flags = (flags & ~MAP_SHARED) | MAP_PRIVATE;
  }
  return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  return mmap64(address, length, protection, flags, fd, offset);
}
