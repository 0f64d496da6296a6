// What a program prints, on its way to a file descriptor.
#pragma once

#include <array>
#include <ostream>
#include <streambuf>

#include "absl/status/status.h"

namespace tamga::cli {

// Once a write has failed, everything fails from then on, each time with the errno of that first failure: a stream says
// only that it failed, and by then errno is of something else.
class OutputBuffer final : public std::streambuf {
 public:
  // The descriptor stays open.
  explicit OutputBuffer(int fd);

 protected:
  int_type overflow(int_type character) override;
  int sync() override;

 private:
  bool Flush();

  const int fd_;
  int error_ = 0;
  std::array<char, 8192> buffer_{};
};

// Flushes. Unavailable (OUTPUT_LOST), with the reason if the stream's buffer tells it in errno, unless all that was
// ever written to the stream has been taken.
absl::Status FinishOutput(std::ostream& out);

}  // namespace tamga::cli
