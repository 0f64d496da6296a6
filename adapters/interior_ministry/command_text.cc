#include "adapters/interior_ministry/command_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/interior_ministry/application_json.h"
#include "adapters/interior_ministry/xml_message.h"
#include "adapters/json_record.h"
#include "adapters/record_limits.h"
#include "google/protobuf/util/json_util.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"

namespace tamga::adapters {
namespace {

// An error of a part of the command, as one of the command.
absl::Status Inside(absl::string_view prefix, const absl::Status& status) {
  const std::string field = MetadataOf(status)["field"];
  if (status.ok() || field.empty()) return status;
  absl::string_view what(status.message());
  absl::ConsumePrefix(&what, absl::StrCat(field, ": "));
  return InvalidField(absl::StrCat(prefix, field), what);
}

absl::Status CheckSubmission(const v1::MinistrySubmission& submission) {
  RETURN_IF_ERROR(CheckAgency("submit.requested_agency", submission.requested_agency()));
  if (!submission.has_application()) return InvalidField("submit.application", "is required");
  if (!submission.has_safeguards()) {
    return InvalidField("submit.safeguards", "is required; say what was checked before sending");
  }
  return Inside("submit.application.", CheckApplication(submission.application()));
}

absl::Status CheckAct(const v1::MinistryAct& act) {
  if (!act.case_id().empty() && !ParseUuidV7(act.case_id()).ok()) {
    return InvalidField("act.case_id", "must be a case's id as an acknowledgement gives it");
  }
  const v1::ReadmissionStep& step = act.step();
  if (step.kind() == v1::READMISSION_STEP_KIND_UNSPECIFIED) {
    return InvalidField("act.step.kind", "is required, such as READMISSION_STEP_KIND_ACCEPT");
  }
  if (!step.case_id().empty()) return InvalidField("act.step.case_id", "must be absent; write it into act.case_id");
  if (step.number() != 0) return InvalidField("act.step.number", "must be absent; the node sets it");
  if (step.seen() != 0) return InvalidField("act.step.seen", "must be absent; the node sets it");
  if (step.has_at()) return InvalidField("act.step.at", "must be absent; the node sets it");
  if (step.has_received_at()) return InvalidField("act.step.received_at", "must be absent; the node sets it");
  if (!step.has_application()) return absl::OkStatus();
  return Inside("act.step.application.", CheckApplication(step.application()));
}

absl::Status CheckCommand(const v1::MinistryCommand& command) {
  RETURN_IF_ERROR(CheckRecordLimits(command));
  if (!command.file_number().empty()) RETURN_IF_ERROR(CheckReference("file_number", command.file_number()));
  if (!command.officer().empty()) RETURN_IF_ERROR(CheckReference("officer", command.officer()));
  switch (command.command_case()) {
    case v1::MinistryCommand::kSubmit:
      if (command.file_number().empty()) return InvalidField("file_number", "is required; give the ministry's own");
      return CheckSubmission(command.submit());
    case v1::MinistryCommand::kAct:
      if (command.file_number().empty() && command.act().case_id().empty()) {
        return InvalidField("file_number", "is required where act.case_id is not there");
      }
      return CheckAct(command.act());
    case v1::MinistryCommand::COMMAND_NOT_SET:
      break;
  }
  return InvalidField("command", "says nothing to do; give submit or act");
}

}  // namespace

absl::string_view SuffixOf(MinistryFormat format) { return format == MinistryFormat::kJson ? ".json" : ".xml"; }

absl::StatusOr<v1::MinistryCommand> ReadMinistryCommand(MinistryFormat format, absl::string_view text) {
  v1::MinistryCommand command;
  if (format == MinistryFormat::kJson) {
    RETURN_IF_ERROR(ReadJson(text, command));
  } else {
    RETURN_IF_ERROR(ReadXmlMessage(text, "command", command));
  }
  RETURN_IF_ERROR(CheckCommand(command));
  return command;
}

std::string WriteMinistryRecord(MinistryFormat format, const google::protobuf::Message& record,
                                absl::string_view root) {
  if (format == MinistryFormat::kXml) return WriteXmlMessage(record, root);
  std::string json;
  TAMGA_CHECK(google::protobuf::util::MessageToJsonString(record, &json).ok());
  return json + "\n";
}

v1::MinistryError ErrorRecordOf(const absl::Status& status) {
  v1::MinistryError record;
  record.set_reason(ReasonOf(status).empty() ? absl::StatusCodeToString(status.code()) : ReasonOf(status));
  record.set_field(MetadataOf(status)["field"]);
  record.set_fix(ReplaceInvalidUtf8(std::string(status.message())));
  return record;
}

}  // namespace tamga::adapters
