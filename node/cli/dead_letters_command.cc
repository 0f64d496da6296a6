// tamga node dead-letters: messages that came to nothing; have one sent anew, or take it off the list.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/status_macros.h"
#include "node/cli/node_parts.h"
#include "node/cli/output.h"
#include "node/cli/record_text.h"
#include "node/cli/session.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AdminService::Stub;

absl::Status List(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ListDeadLetters, v1::ListDeadLettersRequest()));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Table table({"EXCHANGE", "PARTNER", "OPERATION", "STATE", "REASON", "ATTEMPTS", "SINCE"});
  for (const v1::DeadLetter& letter : response.letters()) {
    table.AddRow({letter.exchange_id(), letter.partner(), ShortEnumName(letter.operation()),
                  ShortEnumName(letter.state()), letter.reason(), absl::StrCat(letter.attempts()),
                  UtcText(FromProto(letter.since()))});
  }
  PrintTable(environment, table);
  return absl::OkStatus();
}

absl::Status Release(const v1::ReleaseDeadLetterRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ReleaseDeadLetter, request));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  const v1::ExchangeSummary& exchange = response.exchange();
  Say(environment, absl::StrCat("Released as exchange ", exchange.exchange_id(), " with ", exchange.partner(), ": ",
                                ShortEnumName(exchange.delivery_state()),
                                response.reason().empty() ? "" : absl::StrCat(", ", response.reason()), "."));
  return absl::OkStatus();
}

absl::Status Discard(const v1::DiscardDeadLetterRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::DiscardDeadLetter, request));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Say(environment,
      absl::StrCat("Discarded: exchange ", request.exchange_id(), " is off the list. Its entries stay in the log."));
  return absl::OkStatus();
}

}  // namespace

void AddDeadLettersCommand(const Command& node) {
  const Command letters = node.Add("dead-letters", "Messages that waited for a partner and came to nothing");
  letters.Add("list", "List them, with the reason").Run(List);

  const Command release = letters.Add("release", "Have one sent anew, if treaties and its service still let it");
  const auto released = std::make_shared<v1::ReleaseDeadLetterRequest>();
  release.Required("exchange", "The exchange that came to nothing", Into(*released->mutable_exchange_id()));
  release.Run([released](Environment& environment) { return Release(*released, environment); });

  const Command discard = letters.Add("discard", "Take one off the list, or give up one that cannot be read");
  const auto discarded = std::make_shared<v1::DiscardDeadLetterRequest>();
  discard.Required("exchange", "The exchange that came to nothing", Into(*discarded->mutable_exchange_id()));
  discard.Run([discarded](Environment& environment) { return Discard(*discarded, environment); });
}

}  // namespace tamga::cli
