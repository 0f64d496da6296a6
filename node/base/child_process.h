// Other programs, run as filters: something in, something out, and a bound on both time and size.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga {

struct ProgramBounds {
  std::chrono::milliseconds time;
  size_t output_bytes;
};

// Runs a program, found on PATH unless its name has a slash, without a shell: gives it `input` on stdin and returns
// what it writes to stdout. It gets none of this process's other descriptors, nothing of its environment but PATH, and
// its stderr is thrown away. It and the processes of its group are killed at a bound.
// NotFound if there is no such program; DeadlineExceeded or ResourceExhausted at a bound; Aborted if it fails.
absl::StatusOr<std::string> RunProgram(const std::vector<std::string>& command, absl::string_view input,
                                       const ProgramBounds& bounds);

}  // namespace tamga
