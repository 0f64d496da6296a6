// How far a long command is, on one line of a terminal.
#pragma once

#include <cstdint>
#include <string>

#include "node/cli/environment.h"

namespace tamga::cli {

// Draws on stderr if that is a terminal and --quiet is not set; otherwise does nothing.
class Progress {
 public:
  Progress(Environment& environment, std::string label);
  // Wipes the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `total` 0 means that it is not known; the number done is then shown every 100.
  void Show(uint64_t done, uint64_t total);

 private:
  void Draw(const std::string& text);

  std::ostream& err_;
  const bool enabled_;
  const std::string label_;
  std::string drawn_;
};

}  // namespace tamga::cli
