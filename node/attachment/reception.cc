// Bytes as they come in: gathered into blocks, stored, and looked at when all are there.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/attachment/attachments.h"
#include "node/attachment/manifest_checks.h"
#include "node/base/error.h"
#include "node/base/failpoint.h"
#include "node/base/log.h"
#include "node/base/sha256.h"
#include "node/base/status_macros.h"

namespace tamga::attachment {
namespace {

// Enough to tell an archive by.
constexpr size_t kFirstBytes = 4;

absl::Status OutOfOrder(uint64_t wanted) {
  return Error(absl::StatusCode::kAborted, "OUT_OF_ORDER",
               absl::StrCat("offset: byte ", wanted, " is wanted next; go on from there"),
               {{"offset", absl::StrCat(wanted)}});
}

absl::Status HashMismatch() {
  return Error(absl::StatusCode::kInvalidArgument, "HASH_MISMATCH",
               "manifest.sha256: is not that of the bytes, which are removed; send what the manifest says",
               {{"field", "manifest.sha256"}});
}

// Whether bytes that were found to be so are never to be kept.
bool IsVerdict(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "HASH_MISMATCH" || reason == "TYPE_MISMATCH" || reason == "TOO_LARGE" || reason == "INFECTED";
}

}  // namespace

Reception::Reception(Attachments& attachments, StoredFile file, StoredOpen open)
    : attachments_(attachments), file_(std::move(file)), open_(std::move(open)), key_(KeyOf(file_.value.manifest())) {}

uint64_t Reception::offset() const {
  const uint64_t size = file_.value.manifest().size();
  if (file_.value.state() != v1::ATTACHMENT_STATE_UNFINISHED) return size;
  return std::min(uint64_t{open_.value.blocks()} * kBlockBytes, size);
}

absl::Status Reception::Take(uint64_t offset, absl::string_view data) {
  if (data.size() > kMostChunkBytes) {
    return InvalidField("data", absl::StrCat("must have ", kMostChunkBytes, " bytes at most"));
  }
  if (file_.value.state() != v1::ATTACHMENT_STATE_UNFINISHED) {
    return data.empty() ? absl::OkStatus() : OutOfOrder(this->offset());
  }
  const uint64_t wanted = this->offset() + buffer_.size();
  if (offset != wanted) return OutOfOrder(wanted);
  if (data.empty()) return absl::OkStatus();
  const uint64_t size = file_.value.manifest().size();
  if (wanted + data.size() > size) {
    return attachments_.Reject(file_, open_,
                               Error(absl::StatusCode::kInvalidArgument, "TOO_LARGE",
                                     absl::StrCat("manifest.size: more than its ", size,
                                                  " bytes came; they are removed, send what the manifest says"),
                                     {{"field", "manifest.size"}}));
  }
  buffer_.append(data.data(), data.size());
  if (buffer_.size() < kBlockBytes && wanted + data.size() < size) return absl::OkStatus();
  // What is left over begins the next block.
  std::string block = std::move(buffer_);
  buffer_ = block.size() > kBlockBytes ? block.substr(kBlockBytes) : "";
  if (block.size() > kBlockBytes) block.resize(kBlockBytes);
  RETURN_IF_ERROR(Store(std::move(block)));
  if (buffer_.empty() || wanted + data.size() < size) return absl::OkStatus();
  return Store(std::exchange(buffer_, ""));
}

absl::Status Reception::Store(std::string block) {
  const uint32_t number = open_.value.blocks();
  if (number == 0) {
    if (const absl::Status type = CheckMediaType(file_.value.manifest(), block); !type.ok()) {
      return IsVerdict(type) ? attachments_.Reject(file_, open_, type) : type;
    }
  }
  StoredOpen next = open_;
  next.value.set_blocks(number + 1);
  *next.value.mutable_moved_at() = ToProto(attachments_.parts_.clock.Now());
  store::Effects effects = attachments_.store_.PutBlock(key_, number, std::move(block), file_.origin);
  effects.Add(attachments_.store_.Put(key_, next));
  const absl::Status stored = attachments_.store_.Commit(std::move(effects));
  if (ReasonOf(stored) == "DISK_FULL") return attachments_.Reject(file_, open_, stored);
  RETURN_IF_ERROR(stored);
  ++next.version;
  open_ = std::move(next);
  TAMGA_FAILPOINT("attachment.block");
  return absl::OkStatus();
}

absl::StatusOr<v1::Attachment> Reception::Finish() {
  const bool is_all_there = open_.version > 0 && open_.value.blocks() == BlocksOf(file_.value.manifest().size());
  if (file_.value.state() != v1::ATTACHMENT_STATE_UNFINISHED || !is_all_there) return attachments_.ViewOf(file_);
  absl::StatusOr<v1::Attachment> looked_at = Look();
  if (looked_at.ok() || !absl::IsAborted(looked_at.status())) return looked_at;
  // Another stream has come to the end of the same bytes first.
  ASSIGN_OR_RETURN(file_, attachments_.store_.Load(key_));
  return attachments_.ViewOf(file_);
}

// They are read back, so that it is what is stored that has the hash, and what is scanned.
absl::StatusOr<v1::Attachment> Reception::Look() {
  const Scanner* const scanner = attachments_.parts_.scanner;
  const std::unique_ptr<Scan> scan = scanner == nullptr ? nullptr : scanner->Begin();
  Sha256Hasher hasher;
  std::string first;
  std::string last;
  for (uint32_t number = 0; number < open_.value.blocks(); ++number) {
    ASSIGN_OR_RETURN(const std::string block, attachments_.store_.Block(key_, number));
    hasher.Update(block);
    if (number == 0) first = block.substr(0, kFirstBytes);
    last += block;
    last.erase(0, last.size() - std::min(last.size(), kEndBytes));
    if (scan != nullptr) scan->Feed(block);
  }
  const bool is_same = hasher.Finish() == file_.value.manifest().sha256();
  if (!is_same) return attachments_.Reject(file_, open_, HashMismatch());
  if (const absl::Status end = CheckEnd(file_.value.manifest(), first, last); !end.ok()) {
    return attachments_.Reject(file_, open_, end);
  }
  if (scan != nullptr) {
    if (const absl::Status verdict = scan->End(); !verdict.ok()) {
      Log(Severity::kWarning, IsVerdict(verdict) ? "attachment infected" : "attachment not scanned",
          {{"attachment", key_.attachment_id},
           {"from", file_.value.agency()},
           {"reason", ReasonOf(verdict)},
           {"detail", IsVerdict(verdict) ? std::string() : std::string(verdict.message())}});
      return IsVerdict(verdict) ? attachments_.Reject(file_, open_, verdict) : verdict;
    }
  }
  StoredFile held = file_;
  held.value.set_state(v1::ATTACHMENT_STATE_HELD);
  *held.value.mutable_held_at() = ToProto(attachments_.parts_.clock.Now());
  store::Effects effects = attachments_.store_.Put(held);
  effects.Add(attachments_.store_.DeleteOpen(key_, open_));
  RETURN_IF_ERROR(attachments_.store_.Commit(std::move(effects)));
  ++held.version;
  file_ = std::move(held);
  return attachments_.ViewOf(file_);
}

absl::StatusOr<bool> Download::Next(uint64_t* offset, std::string* data) {
  const uint64_t size = attachment_.manifest().size();
  if (offset_ >= size) return false;
  const auto number = static_cast<uint32_t>(offset_ / kBlockBytes);
  if (block_number_ != number) {
    absl::StatusOr<std::string> block = store_.Block(bytes_, number);
    if (absl::IsNotFound(block.status())) {
      return Error(absl::StatusCode::kNotFound, "ATTACHMENT_ERASED", "the attachment's bytes have been erased");
    }
    RETURN_IF_ERROR(block.status());
    block_ = *std::move(block);
    block_number_ = number;
  }
  const size_t begin = static_cast<size_t>(offset_ % kBlockBytes);
  if (begin >= block_.size()) return absl::DataLossError("a block of the attachment is too short; restore the backup");
  *offset = offset_;
  *data = block_.substr(begin, kMostChunkBytes);
  offset_ += data->size();
  return true;
}

}  // namespace tamga::attachment
