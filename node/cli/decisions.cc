#include "node/cli/decisions.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/cli/output.h"
#include "node/cli/paging.h"
#include "node/cli/progress.h"
#include "node/cli/session.h"
#include "node/cli/time_argument.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::cli {

void AddPeriod(const Command& command, Period& period) {
  command.Optional("--since", "Only since then: 10m, 7d, 2026-11-23 or 2026-11-23T15:04:05Z", Into(period.since));
  command.Optional("--until", "Only before then, written in the same way", Into(period.until));
}

absl::StatusOr<v1::ListDecisionsResponse> AskForDecisions(const Period& period, Environment& environment) {
  v1::ListDecisionsRequest request;
  if (!period.since.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_since(), ReadTimeOption("--since", period.since, environment.clock.Now()));
  }
  if (!period.until.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_until(), ReadTimeOption("--until", period.until, environment.clock.Now()));
  }
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  Progress progress(environment, "decisions");
  return ListAll(
      request, [&](const auto& page) { return session->Call(&v1::AdminService::Stub::ListDecisions, page); },
      [&](const v1::ListDecisionsResponse& so_far) {
        progress.Show(static_cast<uint64_t>(so_far.decisions_size()), 0);
      });
}

void SayUnavailable(Environment& environment, const v1::ListDecisionsResponse& decisions) {
  if (decisions.unavailable().empty()) return;
  Say(environment, absl::StrCat("note: of ", decisions.unavailable_size(),
                                " messages what was decided is erased or cannot be read"));
}

}  // namespace tamga::cli
