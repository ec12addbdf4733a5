/*
 * What of the files in $BITW_CUT_HOME would be on disk after a power cut: whenever one is synced, its content is copied to $BITW_CUT_DISK. Written and not synced
 * is not there. Loaded with LD_PRELOAD into a core.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *disk_path(const char *path, char *result) {
  const char *home = getenv("BITW_CUT_HOME");
  const char *disk = getenv("BITW_CUT_DISK");
  if (home == NULL || disk == NULL) return NULL;
  size_t length = strlen(home);
  if (strncmp(path, home, length) != 0 || path[length] != '/') return NULL;
  const char *name = path + length + 1;
  if (strchr(name, '/') != NULL || strstr(name, ".db") == NULL || strstr(name, "-shm") != NULL) return NULL;
  snprintf(result, 4096, "%s/%s", disk, name);
  return result;
}

/* Whole, under another name first: this process may be killed in the middle. */
static void keep(int descriptor) {
  char link[64], path[4096], kept[4096], making[4160];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  if (disk_path(path, kept) == NULL) return;
  snprintf(making, sizeof making, "%s.making.%d", kept, (int)gettid());
  int from = open(path, O_RDONLY | O_CLOEXEC);
  int to = open(making, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  char *bytes = malloc(1 << 20);
  ssize_t count;
  int whole = from >= 0 && to >= 0 && bytes != NULL;
  while (whole && (count = read(from, bytes, 1 << 20)) != 0)
    if (count < 0 || write(to, bytes, (size_t)count) != count) whole = 0;
  free(bytes);
  if (from >= 0) close(from);
  if (to >= 0) close(to);
  if (whole) rename(making, kept);
}

int fsync(int descriptor) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int result = real(descriptor);
  if (result == 0) keep(descriptor);
  return result;
}

int fdatasync(int descriptor) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int result = real(descriptor);
  if (result == 0) keep(descriptor);
  return result;
}

/* A file that is taken away is gone, as a database's log is at the end. */
int unlink(const char *path) {
  char kept[4096];
  int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
  int result = real(path);
  if (result == 0 && disk_path(path, kept) != NULL) real(kept);
  return result;
}

/* workbench.db gets its name when it is whole. */
int rename(const char *path, const char *to) {
  char kept[4096], kept_to[4096];
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  int result = real(path, to);
  if (result == 0 && disk_path(path, kept) != NULL && disk_path(to, kept_to) != NULL) real(kept, kept_to);
  return result;
}
