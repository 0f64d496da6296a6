#include "node/witness/https_witness_peer.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/add_checkpoint.h"

namespace tamga::witness {
namespace {

bool IsSize(absl::string_view content_type) {
  const absl::string_view type = absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';')));
  return absl::EqualsIgnoreCase(type, ledger::kSizeContentType);
}

class Peer final : public HttpsWitnessPeer {
 public:
  Peer(std::unique_ptr<HttpsClient> client, std::string target, const Clock& clock)
      : client_(std::move(client)), target_(std::move(target)), clock_(clock) {}

  absl::StatusOr<v1::AddCheckpointResponse> AddCheckpoint(const std::string& body, absl::Time deadline) override {
    ASSIGN_OR_RETURN(HttpsAnswer answer, client_->Post(target_, body, deadline - clock_.Now()));
    if (answer.status == 409 && !IsSize(answer.content_type)) {
      return absl::FailedPreconditionError(
          absl::StrCat("it answered with status 409, but not of type ", ledger::kSizeContentType));
    }
    v1::AddCheckpointResponse response;
    response.set_status(answer.status);
    if (answer.status == 200 || answer.status == 409) response.set_body(std::move(answer.body));
    return response;
  }

  absl::Status Show(const exchange::TlsIdentity& identity) override { return client_->ReplaceIdentity(identity); }

 private:
  const std::unique_ptr<HttpsClient> client_;
  const std::string target_;
  const Clock& clock_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpsWitnessPeer>> MakeHttpsWitnessPeer(HttpsServer server, const std::string& base_path,
                                                                       const Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<HttpsClient> client, HttpsClient::Create(std::move(server), clock));
  return std::make_unique<Peer>(std::move(client), absl::StrCat(base_path, ledger::kAddCheckpointPath), clock);
}

}  // namespace tamga::witness
