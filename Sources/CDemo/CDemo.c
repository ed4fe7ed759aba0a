#include "CDemo.h"

// The compiler takes the files in as they are (C23): a Swift literal of them would take longer than all the rest.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char page[] = {
#embed "../../clients/js/demo/index.html"
};
static const unsigned char style[] = {
#embed "../../clients/js/demo/demo.css"
};
static const unsigned char script[] = {
#embed "../../clients/js/demo/demo.js"
};
static const unsigned char client[] = {
#embed "../../clients/js/demo/pushhub.js"
};

static const struct cdemo_file files[] = {
    {"/", "text/html; charset=utf-8", page, sizeof page},
    {"/demo/demo.css", "text/css; charset=utf-8", style, sizeof style},
    {"/demo/demo.js", "text/javascript; charset=utf-8", script, sizeof script},
    {"/demo/pushhub.js", "text/javascript; charset=utf-8", client, sizeof client},
};

const struct cdemo_file *cdemo_file(size_t index) {
  return index < sizeof files / sizeof *files ? &files[index] : NULL;
}
