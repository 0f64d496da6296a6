// Erases, as time passes, attachments that nobody finished and those of cases that are erased.
#pragma once

#include "node/attachment/attachments.h"
#include "node/base/clock_watch.h"
#include "node/base/repeating_thread.h"

namespace tamga::attachment {

class AttachmentKeeper {
 public:
  // Both outlive this. Runs at once and then once an hour until destroyed; what is due by a clock that has jumped
  // waits.
  AttachmentKeeper(Attachments& attachments, const ClockWatch& watch);

 private:
  void Look();

  Attachments& attachments_;
  const ClockWatch& watch_;
  RepeatingThread thread_;
};

}  // namespace tamga::attachment
