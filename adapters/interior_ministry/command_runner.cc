#include "adapters/interior_ministry/command_runner.h"

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

v1::CallContext ContextOf(const v1::MinistryCommand& command, const std::string& idempotency_key) {
  v1::CallContext context;
  context.set_purpose(v1::PURPOSE_READMISSION);
  // A case id has the form of a reference, too.
  context.set_case_reference(command.file_number().empty() ? command.act().case_id() : command.file_number());
  context.set_officer(command.officer());
  context.set_treaty_id(command.treaty_id());
  context.set_idempotency_key(idempotency_key);
  return context;
}

v1::MinistryAcknowledgement Acknowledge(const v1::MinistryCommand& command, const v1::ReadmissionCase& record,
                                        const v1::ExchangeSummary& exchange) {
  v1::MinistryAcknowledgement acknowledgement;
  acknowledgement.set_file_number(command.file_number());
  acknowledgement.set_case_id(record.case_id());
  acknowledgement.set_state(record.state());
  acknowledgement.set_delivery(exchange.delivery_state());
  acknowledgement.set_exchange_id(exchange.exchange_id());
  if (record.has_reply_due_at()) *acknowledgement.mutable_reply_due_at() = record.reply_due_at();
  return acknowledgement;
}

// What is wrong here and not with the command, so that it waits; what can no longer be read would not come back.
absl::Status OwnTrouble(const absl::Status& status) {
  if (status.ok() || absl::IsDataLoss(status)) return status;
  return Error(absl::StatusCode::kUnavailable, "FILE_NUMBERS_UNAVAILABLE", status.message());
}

absl::StatusOr<std::string> FindCase(const v1::MinistryCommand& command, CaseNumbers& numbers) {
  if (!command.act().case_id().empty()) return command.act().case_id();
  const absl::StatusOr<std::vector<std::string>> cases = numbers.CasesOf(command.file_number());
  RETURN_IF_ERROR(OwnTrouble(cases.status()));
  if (cases->empty()) {
    return Error(absl::StatusCode::kNotFound, "FILE_NUMBER_UNKNOWN",
                 "file_number: no case was made known under it here; give act.case_id as well",
                 {{"field", "file_number"}});
  }
  if (cases->size() > 1) {
    return Error(absl::StatusCode::kFailedPrecondition, "FILE_NUMBER_AMBIGUOUS",
                 absl::StrCat("file_number: ", cases->size(), " cases have it; say which by act.case_id"),
                 {{"field", "file_number"}});
  }
  return cases->front();
}

absl::StatusOr<v1::MinistryAcknowledgement> Submit(const v1::MinistryCommand& command, const std::string& key,
                                                   MinistryDesk& desk) {
  v1::SubmitReadmissionRequest request;
  *request.mutable_context() = ContextOf(command, key);
  request.set_requested_agency(command.submit().requested_agency());
  *request.mutable_application() = command.submit().application();
  *request.mutable_safeguards() = command.submit().safeguards();
  request.set_procedure(command.submit().procedure());
  ASSIGN_OR_RETURN(const v1::SubmitReadmissionResponse response, desk.Submit(request));
  return Acknowledge(command, response.case_(), response.exchange());
}

absl::StatusOr<v1::MinistryAcknowledgement> Act(const v1::MinistryCommand& command, const std::string& key,
                                                MinistryDesk& desk, CaseNumbers& numbers) {
  v1::ActOnReadmissionCaseRequest request;
  *request.mutable_context() = ContextOf(command, key);
  *request.mutable_step() = command.act().step();
  ASSIGN_OR_RETURN(*request.mutable_step()->mutable_case_id(), FindCase(command, numbers));
  ASSIGN_OR_RETURN(const v1::ActOnReadmissionCaseResponse response, desk.Act(request));
  v1::MinistryAcknowledgement acknowledgement = Acknowledge(command, response.case_(), response.exchange());
  acknowledgement.set_overtaken(response.overtaken());
  return acknowledgement;
}

}  // namespace

absl::StatusOr<v1::MinistryAcknowledgement> RunMinistryCommand(const v1::MinistryCommand& command,
                                                               const std::string& idempotency_key, MinistryDesk& desk,
                                                               CaseNumbers& numbers) {
  absl::StatusOr<v1::MinistryAcknowledgement> done =
      command.has_submit() ? Submit(command, idempotency_key, desk) : Act(command, idempotency_key, desk, numbers);
  if (done.ok() && !command.file_number().empty()) {
    const absl::Status kept = OwnTrouble(numbers.Remember(command.file_number(), done->case_id()));
    // It is done. Whoever asks for the number is told that what is stored is damaged.
    if (!kept.ok() && !absl::IsDataLoss(kept)) return kept;
  }
  return done;
}

std::vector<std::string> OrderKeysOf(const v1::MinistryCommand& command) {
  std::vector<std::string> keys;
  if (!command.file_number().empty()) keys.push_back(absl::StrCat("file ", command.file_number()));
  if (!command.act().case_id().empty()) keys.push_back(absl::StrCat("case ", command.act().case_id()));
  return keys;
}

Trouble TroubleOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return Trouble::kNone;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kResourceExhausted:
      return Trouble::kOfNode;
    case absl::StatusCode::kAborted:
      return Trouble::kOfCase;
    default:
      return Trouble::kOfCommand;
  }
}

}  // namespace tamga::adapters
