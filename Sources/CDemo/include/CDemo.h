#ifndef CDEMO_H
#define CDEMO_H
#include <stddef.h>

// A file of the demo page, as it stands in clients/js/demo.
struct cdemo_file {
  const char *path;
  const char *content_type;
  const unsigned char *bytes;
  size_t size;
};

// One after another; NULL behind the last.
const struct cdemo_file *cdemo_file(size_t index);
#endif
