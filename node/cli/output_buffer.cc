#include "node/cli/output_buffer.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"

namespace tamga::cli {

OutputBuffer::OutputBuffer(int fd) : fd_(fd) { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

OutputBuffer::int_type OutputBuffer::overflow(int_type character) {
  if (!Flush()) return traits_type::eof();
  if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
  return sputc(traits_type::to_char_type(character));
}

int OutputBuffer::sync() { return Flush() ? 0 : -1; }

bool OutputBuffer::Flush() {
  const char* next = pbase();
  while (error_ == 0 && next < pptr()) {
    const ssize_t count = ::write(fd_, next, static_cast<size_t>(pptr() - next));
    if (count >= 0) {
      next += count;
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  if (error_ == 0) return true;
  errno = error_;
  return false;
}

absl::Status FinishOutput(std::ostream& out) {
  const bool was_good = out.good();
  out.clear();
  errno = 0;
  out.flush();
  const int why = errno;
  if (was_good && out.good()) return absl::OkStatus();
  out.setstate(std::ios_base::badbit);
  return Error(absl::StatusCode::kUnavailable, "OUTPUT_LOST",
               why == 0 ? std::string("cannot write the output")
                        : absl::StrCat("cannot write the output: ", std::generic_category().message(why)));
}

}  // namespace tamga::cli
