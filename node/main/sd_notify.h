// Telling the service manager how we are (sd_notify(3)), without its library.
#pragma once

#include "absl/strings/string_view.h"

namespace tamga::node {

// Sends `state` ("READY=1", "WATCHDOG=1", "STOPPING=1") to the socket that NOTIFY_SOCKET names. Does nothing where
// there is none; what cannot be sent is lost, which the manager notices by itself.
void NotifyServiceManager(absl::string_view state);

}  // namespace tamga::node
