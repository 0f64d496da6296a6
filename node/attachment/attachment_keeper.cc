#include "node/attachment/attachment_keeper.h"

#include <chrono>

#include "node/base/error.h"
#include "node/base/log.h"

namespace tamga::attachment {
namespace {

constexpr std::chrono::hours kInterval{1};

}  // namespace

AttachmentKeeper::AttachmentKeeper(Attachments& attachments, const ClockWatch& watch)
    : attachments_(attachments),
      watch_(watch),
      thread_(kInterval, RepeatingThread::First::kAtOnce, [this] { Look(); }) {}

void AttachmentKeeper::Look() {
  if (!watch_.Check().ok()) return;
  absl::Status status = attachments_.DropForgotten();
  status.Update(attachments_.EraseEnded());
  if (status.ok()) return;
  Log(Severity::kError, "attachments not erased",
      {{"reason", ReasonOf(status)}, {"detail", std::string(status.message())}});
}

}  // namespace tamga::attachment
