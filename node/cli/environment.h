// What a command works with: where it reads and writes, the time, randomness, and the settings that all commands share.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/rng.h"

namespace tamga::cli {

enum class OutputFormat { kTable, kJson };

struct Settings {
  std::string profile;  // path of a ClientProfile; empty if none was given
  absl::Duration timeout = absl::Seconds(30);
  OutputFormat output = OutputFormat::kTable;
  bool quiet = false;
};

struct Environment {
  std::istream& in;      // data, of commands that say so
  std::ostream& out;     // data
  std::ostream& err;     // messages for people
  bool out_takes_color;  // a terminal, and NO_COLOR is not set
  bool err_is_terminal;  // progress may be drawn
  const Clock& clock;
  Rng& rng;
  Settings settings;
};

}  // namespace tamga::cli
