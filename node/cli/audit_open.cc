// tamga audit open: a kept message, once an officer has agreed; tamga audit message: what it says.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/evidence_files.h"
#include "node/cli/exit_code.h"
#include "node/cli/message_content.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/session.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct OpenArguments {
  v1::OpenMessageRequest request;
  std::string out;
  bool force = false;
};

// Where the message was altered, what can be shown is shown all the same.
absl::Status Show(const v1::SealedMessage& message, Environment& environment) {
  ASSIGN_OR_RETURN(const MessageContent content, ReadContent(message));
  PrintContent(environment, content);
  Say(environment,
      "Whose seal it is, and whether it is good, is not verified here: `tamga audit verify-bundle --opened` holds the "
      "message against the evidence of its exchange.");
  if (content.fault.empty()) return absl::OkStatus();
  return Fault(Error(absl::StatusCode::kDataLoss, "MESSAGE_ALTERED",
                     absl::StrCat("the message is not the one that was sealed: ", content.fault)));
}

absl::Status Open(OpenArguments& arguments, Environment& environment) {
  // The call uses up the officer's consent.
  if (!arguments.out.empty()) RETURN_IF_ERROR(CheckOutputFile(arguments.out, arguments.force));
  arguments.request.mutable_context()->set_purpose(v1::PURPOSE_AUDIT);
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&v1::AuditService::Stub::OpenMessage, arguments.request));
  Say(environment, absl::StrCat("The log has the opening as entry ", response.own_log().index(), "."));
  if (arguments.out.empty()) return Show(response.message(), environment);
  RETURN_IF_ERROR(
      WriteOutputFiles({{arguments.out, response.message().SerializeAsString(), kSecretMode}}, arguments.force));
  Say(environment, absl::StrCat("Wrote the message to ", arguments.out, "; it holds personal data."));
  return absl::OkStatus();
}

absl::Status ShowMessage(const std::string& file, Environment& environment) {
  ASSIGN_OR_RETURN(const v1::SealedMessage message, ReadMessageFile(file));
  return Show(message, environment);
}

void AddMessageCommand(const Command& audit) {
  const Command command = audit.Add("message", "Show what a message says that `audit open --out` wrote");
  const auto file = std::make_shared<std::string>();
  command.Required("file", "The file", Into(*file));
  command.Run([file](Environment& environment) { return ShowMessage(*file, environment); });
}

}  // namespace

void AddOpenCommand(const Command& audit) {
  AddMessageCommand(audit);
  const Command command = audit.Add("open", "Open a kept message; an officer of the agency must agree first");
  const auto arguments = std::make_shared<OpenArguments>();
  v1::OpenMessageRequest& request = arguments->request;
  command.Required("exchange", "The exchange", IntoLowerCase(*request.mutable_exchange_id()));
  command.Required("--partner", "The other agency of that exchange", Into(*request.mutable_partner()));
  Argument entry = IntoEnum<v1::EntryKind>([&request](v1::EntryKind kind) { request.set_entry(kind); });
  entry.choices = "SENT, RECEIVED, ANSWERED or DELIVERED";
  command.Required("--entry", "Which message: the kind of entry that records it", entry);
  command.Required("--case-reference", "The auditor's file number",
                   Into(*request.mutable_context()->mutable_case_reference()));
  command.Optional("--out", "File for the message", Into(arguments->out));
  command.Flag("--force", "Replace a file that is there", arguments->force);
  command.Run([arguments](Environment& environment) { return Open(*arguments, environment); });
}

}  // namespace tamga::cli
