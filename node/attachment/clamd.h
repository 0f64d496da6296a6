// A ClamAV daemon as scanner: its INSTREAM command, over a Unix socket or TCP.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "node/attachment/scanner.h"

namespace tamga::attachment {

struct ClamdAddress {
  std::string socket_path;  // this, or the next
  std::string host_port;    // numeric: "127.0.0.1:3310", "[::1]:3310"
};

// Each scan has a connection of its own and takes at most `patience`.
std::unique_ptr<Scanner> MakeClamdScanner(ClamdAddress address, absl::Duration patience);

}  // namespace tamga::attachment
