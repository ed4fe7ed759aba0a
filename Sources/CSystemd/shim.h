#ifndef CSYSTEMD_SHIM_H
#define CSYSTEMD_SHIM_H
// Without it sd_journal_sendv adds this header as CODE_FILE to the one that the entry itself gives.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#endif
