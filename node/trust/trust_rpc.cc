#include "node/trust/trust_rpc.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::trust {

using exchange::Call;
using exchange::ServeUnary;

absl::StatusOr<v1::PushRevocationsResponse> TakePushed(TrustKeeper& keeper, const v1::PushRevocationsRequest& request,
                                                       const std::string& from) {
  if (request.lists_size() > static_cast<int>(RevocationBook::kMostIssuers)) {
    return InvalidField("lists", absl::StrCat("has more than ", RevocationBook::kMostIssuers, "; send them in parts"));
  }
  v1::PushRevocationsResponse response;
  std::vector<RevocationList> lists;
  for (const v1::RevocationList& message : request.lists()) {
    absl::StatusOr<RevocationList> list = ParseRevocationList(message);
    if (list.ok()) {
      lists.push_back(*std::move(list));
    } else {
      response.add_refused(ReasonOf(list.status()));
    }
  }
  const TakenLists taken = keeper.Take(lists, from);
  response.set_taken(taken.taken);
  for (const absl::Status& refused : taken.refused) {
    // What is no fault of the list may go another time.
    if (!absl::IsUnauthenticated(refused) && !absl::IsResourceExhausted(refused)) return refused;
    response.add_refused(ReasonOf(refused));
  }
  return response;
}

v1::FetchRevocationsResponse AnswerFetch(const RevocationBook& book, const v1::FetchRevocationsRequest& request) {
  const ListLack lack = book.LackOf({request.held_sha256().begin(), request.held_sha256().end()});
  v1::FetchRevocationsResponse response;
  for (const HeldList& held : lack.lists) *response.add_lists() = ToProto(held.list);
  response.set_more(lack.more);
  for (const HeldList& held : book.Lists()) response.add_held_sha256(held.sha256);
  return response;
}

grpc::ServerUnaryReactor* TrustRpc::PushRevocations(grpc::CallbackServerContext* context,
                                                    const v1::PushRevocationsRequest* request,
                                                    v1::PushRevocationsResponse* response) {
  return ServeUnary(list_rpc_, context, "TrustService.PushRevocations", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, TakePushed(keeper_, *request, call.caller.agency));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TrustRpc::FetchRevocations(grpc::CallbackServerContext* context,
                                                     const v1::FetchRevocationsRequest* request,
                                                     v1::FetchRevocationsResponse* response) {
  return ServeUnary(list_rpc_, context, "TrustService.FetchRevocations", [=, this](const Call&) -> absl::Status {
    *response = AnswerFetch(book_, *request);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TrustRpc::GetTrust(grpc::CallbackServerContext* context,
                                             const v1::GetTrustRequest* /*request*/, v1::GetTrustResponse* response) {
  return ServeUnary(agency_rpc_, context, "TrustService.GetTrust", [=, this](const Call&) -> absl::Status {
    *response = keeper_.Describe();
    return absl::OkStatus();
  });
}

}  // namespace tamga::trust
