#include "node/signer/remote_signer.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/csr.h"
#include "certs/purposes.h"
#include "certs/seal.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::signer {
namespace {

using Deadline = ResourcePool<Descriptor>::Deadline;

constexpr size_t kMostConnections = 4;
constexpr std::chrono::seconds kPatience(2);
// All connections may be left over from a process that has ended; after the first that fails the rest are gone too.
constexpr int kAttempts = 2;

Deadline Soon() { return std::chrono::steady_clock::now() + kPatience; }

absl::StatusOr<Answer> Ask(const Descriptor& connection, const Request& request, Deadline deadline) {
  RETURN_IF_ERROR(SendFrame(connection, WriteRequest(request), {deadline}));
  ASSIGN_OR_RETURN(const std::string bytes, ReceiveFrame(connection, kMaxAnswerBytes, {deadline}));
  return ReadAnswer(bytes);
}

std::string WhyNot(Verdict verdict, absl::string_view type) {
  switch (verdict) {
    case Verdict::kTypeRefused:
      return absl::StrCat("the signer does not sign ", type, "; name it in the signer's `types`");
    case Verdict::kTooMany:
      return "more was to be signed than the signer's `max_per_second`";
    case Verdict::kUnavailable:
      return "the signer cannot reach its key; its own log says why";
    case Verdict::kMalformed:
    case Verdict::kDone:
      break;
  }
  return "the signer does not take our requests; both programs must be of the same version";
}

Request CsrRequestFor(const certs::Principal& principal) {
  return {Wanted::kCertificateRequest, certs::kCertificateRequestType, principal.SpiffeId()};
}

}  // namespace

RemoteSigner::RemoteSigner(std::string socket_path, std::string key_id, certs::P256PublicKey public_key)
    : KeyHelper(socket_path),
      socket_path_(std::move(socket_path)),
      key_id_(std::move(key_id)),
      public_key_(std::move(public_key)),
      connections_(kMostConnections, [this](Deadline deadline) { return Connect(deadline); }) {}

absl::StatusOr<std::unique_ptr<RemoteSigner>> RemoteSigner::Open(std::string socket_path, absl::string_view spki) {
  ASSIGN_OR_RETURN(certs::P256PublicKey public_key, certs::P256PublicKey::FromSpki(spki));
  std::unique_ptr<RemoteSigner> signer(new RemoteSigner(std::move(socket_path), Sha256(spki), std::move(public_key)));
  ASSIGN_OR_RETURN(std::unique_ptr<Descriptor> connection, signer->connections_.Take(Soon()));
  signer->connections_.GiveBack(std::move(connection));
  signer->NoteSuccess();
  return signer;
}

absl::StatusOr<std::unique_ptr<Descriptor>> RemoteSigner::Connect(Deadline deadline) const {
  absl::StatusOr<Descriptor> connection = ConnectTo(socket_path_, {deadline});
  if (!connection.ok()) return Annotate(connection.status(), socket_path_);
  RETURN_IF_ERROR(AskKey(*connection, deadline));
  return std::make_unique<Descriptor>(*std::move(connection));
}

absl::Status RemoteSigner::AskKey(const Descriptor& connection, Deadline deadline) const {
  ASSIGN_OR_RETURN(const Answer answer, Ask(connection, {Wanted::kKeyId, "", ""}, deadline));
  if (answer.verdict != Verdict::kDone) return absl::UnavailableError(WhyNot(answer.verdict, ""));
  if (answer.value != key_id_) {
    return absl::FailedPreconditionError(
        absl::StrCat("the signer at ", socket_path_, " has another key than the seal's certificate"));
  }
  return absl::OkStatus();
}

void RemoteSigner::Check() const {
  const Deadline deadline = Soon();
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    absl::StatusOr<std::unique_ptr<Descriptor>> connection = connections_.Take(deadline);
    if (!connection.ok()) return NoteFailure(connection.status().message());
    status = AskKey(**connection, deadline);
    if (status.ok()) {
      connections_.GiveBack(*std::move(connection));
      return NoteSuccess();
    }
    connections_.Discard(*std::move(connection));
  }
  NoteFailure(status.message());
}

absl::Status RemoteSigner::Unavailable(absl::string_view why) const {
  NoteFailure(why);
  return certs::SignerUnavailable(why);
}

absl::StatusOr<std::string> RemoteSigner::Sign(absl::string_view type, absl::string_view payload) const {
  if (type.empty() || type.size() > kMaxTypeBytes || payload.size() > kMaxPayloadBytes) {
    return absl::InvalidArgumentError(absl::StrCat("only a payload of up to ", kMaxPayloadBytes, " bytes is signed"));
  }
  // A signature that no partner would take must not get into the log, so it is looked at here.
  return Have({Wanted::kSignature, std::string(type), std::string(payload)}, [&](const std::string& signature) {
    return public_key_.Verify(certs::PreAuthEncode(type, payload), signature).ok();
  });
}

absl::StatusOr<std::string> RemoteSigner::MakeCsr(const certs::Principal& principal) const {
  return Have(CsrRequestFor(principal), [&](const std::string& der) {
    const absl::StatusOr<certs::Csr> csr = certs::Csr::FromDer(der);
    return csr.ok() && csr->key_sha256() == key_id_ && csr->principal() == principal;
  });
}

absl::StatusOr<std::string> RemoteSigner::Have(const Request& request, const IsGood& is_good) const {
  const Deadline deadline = Soon();
  absl::Status failure;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    absl::StatusOr<std::unique_ptr<Descriptor>> connection = connections_.Take(deadline);
    if (!connection.ok()) return Unavailable(connection.status().message());
    absl::StatusOr<Answer> answer = Ask(**connection, request, deadline);
    if (!answer.ok()) {
      connections_.Discard(*std::move(connection));
      failure = answer.status();
      continue;
    }
    const bool is_signed = answer->verdict == Verdict::kDone && is_good(answer->value);
    if (is_signed || answer->verdict == Verdict::kTooMany || answer->verdict == Verdict::kUnavailable) {
      connections_.GiveBack(*std::move(connection));
    } else {
      connections_.Discard(*std::move(connection));
    }
    if (is_signed) {
      NoteSuccess();
      return std::move(answer->value);
    }
    if (answer->verdict == Verdict::kDone) return Unavailable("what the signer signs does not verify");
    return Unavailable(WhyNot(answer->verdict, request.type));
  }
  return Unavailable(failure.message());
}

absl::StatusOr<std::string> AskForCsr(const std::string& socket_path, const certs::Principal& principal) {
  const Deadline deadline = Soon();
  absl::StatusOr<Descriptor> connection = ConnectTo(socket_path, {deadline});
  if (!connection.ok()) return Annotate(connection.status(), socket_path);
  const Request request = CsrRequestFor(principal);
  ASSIGN_OR_RETURN(Answer answer, Ask(*connection, request, deadline));
  if (answer.verdict != Verdict::kDone) return absl::UnavailableError(WhyNot(answer.verdict, request.type));
  ASSIGN_OR_RETURN(const certs::Csr csr, certs::Csr::FromDer(answer.value));
  if (csr.principal() != principal) return absl::DataLossError("the signer has named another in its request");
  return std::move(answer.value);
}

}  // namespace tamga::signer
