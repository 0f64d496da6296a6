#include "node/gost/helper_client.h"

#include "absl/strings/str_cat.h"
#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::gost {
namespace {

absl::StatusOr<Fields> AskOnce(const std::string& socket, const Fields& question) {
  ASSIGN_OR_RETURN(Channel channel, Channel::Connect(socket));
  RETURN_IF_ERROR(channel.Send(question));
  return channel.Receive();
}

}  // namespace

absl::StatusOr<Fields> HelperConnection::Ask(const Fields& question) const {
  absl::StatusOr<Fields> answer = AskOnce(socket_, question);
  if (!answer.ok()) return Unavailable(answer.status().message());
  if (answer->size() == 2 && answer->front() == "error") return Unavailable(answer->back());
  NoteSuccess();
  return answer;
}

// Partners and callers read it, too: what is wrong is for the operator's log.
absl::Status HelperConnection::Unavailable(absl::string_view what) const {
  NoteFailure(what);
  Log(Severity::kWarning, "signer unavailable",
      {{"reason", certs::kSignerUnavailable},
       {"detail", absl::StrCat("extra_seals.helper_socket: ", what, "; see that tamga-gost runs as the node's user")}});
  return Error(absl::StatusCode::kUnavailable, certs::kSignerUnavailable,
               "signatures of a second algorithm cannot be made or judged here at the moment; try again later");
}

void HelperConnection::Check() const {
  const absl::StatusOr<Fields> answer = AskOnce(socket_, {"key"});
  if (!answer.ok()) return NoteFailure(answer.status().message());
  if (answer->size() != 2 || answer->front() != "done") return NoteFailure("it does not say which key it has");
  if (!key_id_.empty() && answer->back() != key_id_) {
    return NoteFailure("it has another key than extra_seals.public_key_file, or none");
  }
  NoteSuccess();
}

HelperSigner::HelperSigner(const std::string& socket, std::string algorithm, absl::string_view spki)
    : algorithm_(std::move(algorithm)),
      key_id_(Sha256(spki)),
      connection_(std::make_shared<const HelperConnection>(socket, key_id_)) {}

absl::StatusOr<std::string> HelperSigner::Sign(absl::string_view type, absl::string_view payload) const {
  ASSIGN_OR_RETURN(const Fields answer,
                   connection_->Ask({"sign", algorithm_, key_id_, std::string(type), std::string(payload)}));
  if (answer.size() == 2 && answer[0] == "done") return answer[1];
  return connection_->Unavailable("it gave no signature");
}

absl::Status HelperVerifier::Verify(absl::string_view spki, absl::string_view data, absl::string_view signature) const {
  ASSIGN_OR_RETURN(const Fields answer, connection_->Ask({"verify", algorithm_, std::string(spki), std::string(data),
                                                          std::string(signature)}));
  if (answer == Fields{"good"}) return absl::OkStatus();
  if (answer == Fields{"bad"}) {
    return certs::Refused(certs::kSealInvalid,
                          absl::StrCat("the ", algorithm_, " signature does not verify with the signer's key"));
  }
  return connection_->Unavailable("it gave no verdict");
}

}  // namespace tamga::gost
