#include "adapters/interior_ministry/table_inbox.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "adapters/interior_ministry/command_runner.h"
#include "adapters/interior_ministry/command_text.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

RowOutcome Failed(const absl::Status& why) {
  const v1::MinistryError error = ErrorRecordOf(why);
  Log(Severity::kWarning, "command set aside", {{"reason", error.reason()}, {"field", error.field()}});
  return {RowOutcome::State::kFailed, WriteMinistryRecord(MinistryFormat::kJson, error, "error")};
}

}  // namespace

absl::Duration TableInbox::Look() {
  const absl::Status looked = [this]() -> absl::Status {
    std::set<std::string> waiting;
    absl::Status some_wait;
    int64_t after = 0;
    while (true) {
      absl::Status why;
      ASSIGN_OR_RETURN(const std::optional<int64_t> taken,
                       table_.Take(after, [&](const CommandRow& row, CaseNumbers& numbers) {
                         return Do(row, numbers, waiting, &why);
                       }));
      if (!taken.has_value()) return some_wait;
      if (TroubleOf(why) == Trouble::kOfNode) return why;
      some_wait.Update(why);
      after = *taken;
    }
  }();
  if (looked.ok()) {
    backoff_.Reset();
    return poll_;
  }
  const absl::Duration pause = std::max(backoff_.Next(), poll_);
  Log(Severity::kWarning, "table waits",
      {{"reason", ReasonOf(looked)},
       {"detail", std::string(looked.message())},
       {"retry_after_seconds", absl::ToInt64Seconds(absl::Ceil(pause, absl::Seconds(1)))}});
  return pause;
}

RowOutcome TableInbox::Do(const CommandRow& row, CaseNumbers& numbers, std::set<std::string>& waiting,
                          absl::Status* why) {
  if (!row.command.has_value()) {
    return Failed(Error(absl::StatusCode::kInvalidArgument, "ROW_TOO_LARGE",
                        "command: is larger than a mebibyte; send attachments by themselves", {{"field", "command"}}));
  }
  const absl::StatusOr<v1::MinistryCommand> command = ReadMinistryCommand(MinistryFormat::kJson, *row.command);
  if (!command.ok()) return Failed(command.status());
  const std::vector<std::string> order_keys = OrderKeysOf(*command);
  const auto waits = [&waiting](const std::string& order_key) { return waiting.count(order_key) != 0; };
  const bool has_to_wait = std::any_of(order_keys.begin(), order_keys.end(), waits);
  absl::StatusOr<v1::MinistryAcknowledgement> done = absl::AbortedError("waits for an earlier command of its case");
  if (!has_to_wait) done = RunMinistryCommand(*command, row.key, desk_, numbers);
  switch (TroubleOf(done.status())) {
    case Trouble::kNone:
      Log(Severity::kInfo, "command done", {{"key", row.key}, {"case", done->case_id()}});
      return {RowOutcome::State::kDone, WriteMinistryRecord(MinistryFormat::kJson, *done, "acknowledgement")};
    case Trouble::kOfCommand:
      return Failed(done.status());
    case Trouble::kOfCase:
    case Trouble::kOfNode:
      break;
  }
  waiting.insert(order_keys.begin(), order_keys.end());
  *why = done.status();
  return {};
}

}  // namespace tamga::adapters
