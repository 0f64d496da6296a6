#include "node/attachment/attachment_sender.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/exchange/circuit.h"

namespace tamga::attachment {
namespace {

constexpr std::chrono::milliseconds kPause{500};
constexpr size_t kAtOnce = 64;
// A slow line carries 8 KiB a second; and the partner's scanner has its own time. Bytes that came before the time is
// up are not sent again.
constexpr uint64_t kSlowestBytesPerSecond = 8u << 10;
constexpr absl::Duration kTimeToLook = absl::Minutes(15);

absl::Duration TimeFor(uint64_t bytes) {
  return kTimeToLook + absl::Seconds(static_cast<int64_t>(bytes / kSlowestBytesPerSecond));
}

// The partner did not say anything.
bool IsUnreached(const absl::Status& status) {
  return ReasonOf(status).empty() && (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
                                      absl::IsCancelled(status) || absl::IsUnknown(status));
}

// From where on the partner wants bytes, if that is why it ended the transfer.
std::optional<uint64_t> WantedInstead(const absl::Status& status) {
  if (ReasonOf(status) != "OUT_OF_ORDER") return std::nullopt;
  std::map<std::string, std::string> particulars = MetadataOf(status);
  uint64_t offset = 0;
  if (!absl::SimpleAtoi(particulars["offset"], &offset)) return std::nullopt;
  return offset;
}

// Whether the partner can be asked by the sealed way what it has against the attachment, or has become of it.
bool IsAnswerable(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) || absl::IsPermissionDenied(status) ||
         absl::IsNotFound(status);
}

}  // namespace

bool SendingRound::Run(const std::string& partner) {
  const absl::StatusOr<std::vector<StoredSending>> waiting = attachments_.store().SendingTo(partner, kAtOnce);
  if (!waiting.ok()) {
    Log(Severity::kError, "attachments to send not read", {{"detail", std::string(waiting.status().message())}});
    return false;
  }
  for (const StoredSending& sending : *waiting) {
    const bool is_due =
        sending.value.step() != v1::SENDING_STEP_ANSWER && FromProto(sending.value.next_at()) <= clock_.Now();
    if (is_due && !DoNext(partner, sending)) return false;
  }
  return true;
}

bool SendingRound::DoNext(const std::string& partner, const StoredSending& sending) {
  if (clock_.Now() - FromProto(sending.value.begun_at()) > kUnfinishedLife) {
    attachments_.GiveUpSending(partner, sending, "EXPIRED");
    return true;
  }
  const auto peer = peers_.find(partner);
  if (sending.value.step() == v1::SENDING_STEP_OFFER || peer == peers_.end()) return Offer(partner, sending);
  return SendBytes(partner, *peer->second, sending);
}

bool SendingRound::SendBytes(const std::string& partner, TransferPeer& peer, const StoredSending& sending) {
  const AttachmentKey key{sending.value.case_id(), sending.value.attachment_id()};
  const absl::StatusOr<StoredFile> file = attachments_.store().Load(key);
  if (absl::IsNotFound(file.status())) {
    attachments_.GiveUpSending(partner, sending, "ATTACHMENT_ERASED");
    return true;
  }
  if (!file.ok()) {
    PutOff(partner, sending, file.status());
    return true;
  }
  v1::Attachment view;
  *view.mutable_manifest() = file->value.manifest();
  const uint64_t size = view.manifest().size();
  Download bytes(attachments_.store(), key, view, sending.value.offset());
  bool is_first = true;
  const NextPiece next = [&](v1::AttachmentChunk* piece) -> absl::StatusOr<bool> {
    uint64_t offset = sending.value.offset();
    ASSIGN_OR_RETURN(const bool found, bytes.Next(&offset, piece->mutable_data()));
    if (!found && !is_first) return false;
    piece->set_offset(offset);
    if (std::exchange(is_first, false)) {
      piece->set_exchange_id(sending.value.exchange_id());
      piece->set_case_id(key.case_id);
      piece->set_attachment_id(key.attachment_id);
    }
    return true;
  };
  const absl::StatusOr<v1::AttachmentTransferred> sent =
      peer.Send(next, clock_.Now() + TimeFor(size - std::min(size, sending.value.offset())));
  if (const std::optional<uint64_t> wanted = WantedInstead(sent.status())) {
    if (*wanted <= size && *wanted != sending.value.offset()) {
      attachments_.NoteSending(partner, sending, [&](v1::SendingAttachment* next_time) {
        next_time->set_offset(*wanted);
        next_time->set_attempts(0);
      });
      return true;
    }
  }
  if (!sent.ok() && !IsAnswerable(sent.status())) {
    PutOff(partner, sending, sent.status());
    return !IsUnreached(sent.status());
  }
  // Whether it has come, or will not be taken: what the partner's seal says counts.
  StoredSending offered = sending;
  offered.value.set_step(v1::SENDING_STEP_OFFER);
  return Offer(partner, offered);
}

bool SendingRound::Offer(const std::string& partner, const StoredSending& sending) {
  const absl::Status asked = attachments_.OfferAgain(partner, sending);
  if (asked.ok()) return true;
  // Once it has left, what became of it is noted when it is settled; a note here would come too late, and is dropped.
  if (absl::IsNotFound(asked) && ReasonOf(asked) == "ATTACHMENT_UNKNOWN") {
    attachments_.GiveUpSending(partner, sending, "ATTACHMENT_ERASED");
  } else {
    PutOff(partner, sending, asked);
  }
  return !IsUnreached(asked);
}

void SendingRound::PutOff(const std::string& partner, const StoredSending& sending, const absl::Status& why) {
  Log(Severity::kWarning, "attachment not sent",
      {{"attachment", sending.value.attachment_id()},
       {"partner", partner},
       {"reason", ReasonOf(why)},
       {"code", absl::StatusCodeToString(why.code())}});
  const auto byte = static_cast<uint8_t>(rng_.Bytes(1).front());
  const absl::Time next = clock_.Now() + exchange::Backoff(sending.value.attempts(), byte);
  attachments_.NoteSending(partner, sending, [&](v1::SendingAttachment* later) {
    later->set_attempts(later->attempts() + 1);
    later->set_reason(ReasonOf(why).empty() ? absl::StatusCodeToString(why.code()) : ReasonOf(why));
    *later->mutable_next_at() = ToProto(next);
  });
}

AttachmentSender::AttachmentSender(Attachments& attachments, TransferPeers peers, const Clock& clock, Rng& rng)
    : peers_(std::move(peers)), round_(attachments, peers_, clock, rng) {
  for (const auto& [partner, peer] : peers_) threads_.emplace_back([this, name = partner] { Serve(name); });
}

AttachmentSender::~AttachmentSender() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.NotifyAll();
  for (const auto& [partner, peer] : peers_) peer->Stop();
  for (std::thread& thread : threads_) thread.join();
}

void AttachmentSender::Serve(const std::string& partner) {
  while (true) {
    {
      MutexLock lock(mutex_);
      if (!stopping_) stop_.WaitFor(mutex_, kPause);
      if (stopping_) return;
    }
    round_.Run(partner);
  }
}

}  // namespace tamga::attachment
