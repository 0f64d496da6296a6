#include "node/gost/helper_client.h"

#include "absl/strings/str_cat.h"
#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/gost/channel.h"

namespace tamga::gost {
namespace {

// Partners and callers read it, too: what is wrong is for the operator's log.
absl::Status Unavailable(absl::string_view what) {
  Log(Severity::kWarning, "signer unavailable",
      {{"reason", certs::kSignerUnavailable},
       {"detail", absl::StrCat("extra_seals.helper_socket: ", what, "; see that tamga-gost runs as the node's user")}});
  return Error(absl::StatusCode::kUnavailable, certs::kSignerUnavailable,
               "signatures of a second algorithm cannot be made or judged here at the moment; try again later");
}

absl::StatusOr<Fields> AskOnce(const std::string& socket, const Fields& question) {
  ASSIGN_OR_RETURN(Channel channel, Channel::Connect(socket));
  RETURN_IF_ERROR(channel.Send(question));
  return channel.Receive();
}

// The fields of an answer that is not an error.
absl::StatusOr<Fields> Ask(const std::string& socket, const Fields& question) {
  absl::StatusOr<Fields> answer = AskOnce(socket, question);
  if (!answer.ok()) return Unavailable(answer.status().message());
  if (answer->size() == 2 && answer->front() == "error") return Unavailable(answer->back());
  return answer;
}

}  // namespace

HelperSigner::HelperSigner(std::string socket, std::string algorithm, absl::string_view spki)
    : socket_(std::move(socket)), algorithm_(std::move(algorithm)), key_id_(Sha256(spki)) {}

absl::StatusOr<std::string> HelperSigner::Sign(absl::string_view type, absl::string_view payload) const {
  ASSIGN_OR_RETURN(const Fields answer,
                   Ask(socket_, {"sign", algorithm_, key_id_, std::string(type), std::string(payload)}));
  if (answer.size() == 2 && answer[0] == "done") return answer[1];
  return Unavailable("it gave no signature");
}

absl::Status HelperVerifier::Verify(absl::string_view spki, absl::string_view data, absl::string_view signature) const {
  ASSIGN_OR_RETURN(const Fields answer,
                   Ask(socket_, {"verify", algorithm_, std::string(spki), std::string(data), std::string(signature)}));
  if (answer == Fields{"good"}) return absl::OkStatus();
  if (answer == Fields{"bad"}) {
    return certs::Refused(certs::kSealInvalid,
                          absl::StrCat("the ", algorithm_, " signature does not verify with the signer's key"));
  }
  return Unavailable("it gave no verdict");
}

}  // namespace tamga::gost
