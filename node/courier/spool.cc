#include "node/courier/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::courier {
namespace {

absl::Status SpoolError(absl::string_view verb) {
  const absl::Status status = absl::ErrnoToStatus(errno, absl::StrCat("cannot ", verb, " a courier's bundle"));
  return absl::InternalError(status.message());
}

}  // namespace

absl::StatusOr<std::shared_ptr<Spool>> Spool::Create(const std::string& folder) {
  std::string path = absl::StrCat(folder, "/courier-XXXXXX");
  Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (file.get() < 0) return SpoolError("make room for");
  ::unlink(path.c_str());
  return std::shared_ptr<Spool>(new Spool(std::move(file)));
}

absl::Status Spool::Write(absl::string_view bytes) {
  if (bytes.size() > kMostBundleBytes - size_) {
    return Error(absl::StatusCode::kResourceExhausted, "BUNDLE_TOO_LARGE",
                 absl::StrCat("a bundle may have ", kMostBundleBytes, " bytes; have several made"));
  }
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SpoolError("write");
    bytes.remove_prefix(static_cast<size_t>(count));
    size_ += static_cast<uint64_t>(count);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Spool::ReadAt(uint64_t offset, size_t size) const {
  std::string bytes(size, '\0');
  size_t read = 0;
  while (read < size) {
    const ssize_t count = ::pread(file_.get(), bytes.data() + read, size - read, static_cast<off_t>(offset + read));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SpoolError("read");
    if (count == 0) break;
    read += static_cast<size_t>(count);
  }
  bytes.resize(read);
  return bytes;
}

absl::StatusOr<std::string> SpoolSource::Read(size_t size) {
  ASSIGN_OR_RETURN(std::string bytes, spool_.ReadAt(offset_, size));
  offset_ += bytes.size();
  return bytes;
}

}  // namespace tamga::courier
