// A bundle on the node's disk while it is made, checked or fetched: a file without a name, which is gone when nobody
// holds it any more, be it by a crash. What it holds is encrypted for one node.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/descriptor.h"
#include "node/courier/bundle_format.h"

namespace tamga::courier {

// Largest bundle that is taken, and up to where one that is made gets further messages.
inline constexpr uint64_t kMostBundleBytes = uint64_t{512} << 20;
inline constexpr uint64_t kFullBundleBytes = kMostBundleBytes / 2;

// Written by one thread; once that is done, read by any number.
class Spool final : public ByteSink {
 public:
  // In `folder`, which is there. Errors of the disk.
  static absl::StatusOr<std::shared_ptr<Spool>> Create(const std::string& folder);

  // ResourceExhausted (BUNDLE_TOO_LARGE) if the file would become larger than kMostBundleBytes; Internal if the disk
  // takes no more.
  absl::Status Write(absl::string_view bytes) override;
  uint64_t size() const { return size_; }
  // Up to `size` bytes from `offset` on; fewer at the end alone.
  absl::StatusOr<std::string> ReadAt(uint64_t offset, size_t size) const;

 private:
  explicit Spool(Descriptor file) : file_(std::move(file)) {}

  const Descriptor file_;
  uint64_t size_ = 0;
};

// Reads a spool from its beginning; the spool outlives it.
class SpoolSource final : public ByteSource {
 public:
  explicit SpoolSource(const Spool& spool) : spool_(spool) {}
  absl::StatusOr<std::string> Read(size_t size) override;

 private:
  const Spool& spool_;
  uint64_t offset_ = 0;
};

}  // namespace tamga::courier
