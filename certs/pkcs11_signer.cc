#include "certs/pkcs11_signer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "certs/csr.h"
#include "certs/p1363.h"
#include "certs/seal.h"
#include "node/base/encoding.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr size_t kMostSessions = 4;
constexpr std::chrono::seconds kPatience(2);
constexpr absl::Duration kFirstPause = absl::Seconds(1);

// What is tried, one after the other: most failures are of sessions alone.
enum class Attempt { kAsItIs, kWithNewSession, kWithModuleStartedAnew };
constexpr Attempt kAttempts[] = {Attempt::kAsItIs, Attempt::kWithNewSession, Attempt::kWithModuleStartedAnew};

// Signed at the opening, and no type of anything that is sealed.
constexpr char kProbeType[] = "application/vnd.tamga.key-probe.v1";

// Whether the token may be there after all. What the token or its key is like does not change by trying again.
bool MayBeMended(const absl::Status& failure) { return absl::IsUnavailable(failure) || absl::IsNotFound(failure); }

}  // namespace

Pkcs11Signer::Opener::Opener(std::shared_ptr<const Pkcs11Module> module, Pkcs11KeyName name, PinReader read_pin,
                             const Uptime& uptime)
    : module_(std::move(module)), name_(std::move(name)), read_pin_(std::move(read_pin)), uptime_(uptime) {}

absl::StatusOr<std::unique_ptr<Pkcs11Session>> Pkcs11Signer::Opener::Open() {
  const MutexLock lock(mutex_);
  if (pin_refused_) {
    return absl::PermissionDeniedError("the token has refused the PIN, which is not tried again; restart with another");
  }
  absl::StatusOr<std::unique_ptr<Pkcs11Session>> session = Pkcs11Session::Open(module_, name_, read_pin_);
  pin_refused_ = absl::IsPermissionDenied(session.status());
  return session;
}

bool Pkcs11Signer::Opener::Restart() {
  const MutexLock lock(mutex_);
  const absl::Duration now = uptime_.SinceBoot();
  if (pin_refused_ || now < not_before_) return false;
  const absl::Status status = module_->Restart();
  if (absl::IsAborted(status) || absl::IsFailedPrecondition(status)) return false;
  pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
  not_before_ = now + pause_;
  Log(Severity::kWarning, "PKCS#11 module started anew",
      {{"token", name_.token_label}, {"detail", status.ok() ? "it initialised" : std::string(status.message())}});
  return status.ok();
}

void Pkcs11Signer::Opener::Works() {
  const MutexLock lock(mutex_);
  pause_ = absl::ZeroDuration();
}

Pkcs11Signer::Pkcs11Signer(std::string token_label, std::unique_ptr<Opener> opener, std::string spki,
                           P256PublicKey public_key)
    : KeyHelper(std::move(token_label)),
      opener_(std::move(opener)),
      spki_(std::move(spki)),
      key_id_(Sha256(spki_)),
      public_key_(std::move(public_key)),
      sessions_(kMostSessions, [this](Sessions::Deadline) { return opener_->Open(); }) {}

absl::StatusOr<std::unique_ptr<Pkcs11Signer>> Pkcs11Signer::Open(std::shared_ptr<const Pkcs11Module> module,
                                                                 Pkcs11KeyName name, PinReader read_pin) {
  static const SystemUptime& uptime = *new SystemUptime;
  return Open(std::move(module), std::move(name), std::move(read_pin), uptime);
}

absl::StatusOr<std::unique_ptr<Pkcs11Signer>> Pkcs11Signer::Open(std::shared_ptr<const Pkcs11Module> module,
                                                                 Pkcs11KeyName name, PinReader read_pin,
                                                                 const Uptime& uptime) {
  const std::string label = name.token_label;
  auto opener = std::make_unique<Opener>(std::move(module), std::move(name), std::move(read_pin), uptime);
  ASSIGN_OR_RETURN(const std::unique_ptr<Pkcs11Session> session, opener->Open());
  ASSIGN_OR_RETURN(std::string spki, session->ReadSpki());
  absl::StatusOr<P256PublicKey> public_key = P256PublicKey::FromSpki(spki);
  if (!public_key.ok()) return absl::FailedPreconditionError("the token's public key is no point of P-256");
  std::unique_ptr<Pkcs11Signer> signer(
      new Pkcs11Signer(label, std::move(opener), std::move(spki), *std::move(public_key)));
  RETURN_IF_ERROR(signer->SignOnce(*session, PreAuthEncode(kProbeType, "")).status());
  signer->NoteSuccess();
  return signer;
}

absl::StatusOr<std::string> Pkcs11Signer::Sign(absl::string_view type, absl::string_view payload) const {
  return SignData(PreAuthEncode(type, payload));
}

absl::StatusOr<std::string> Pkcs11Signer::MakeCsr(const Principal& principal) const {
  return certs::MakeCsr(principal, spki_, [this](absl::string_view data) { return SignData(data); });
}

absl::StatusOr<std::string> Pkcs11Signer::SignData(absl::string_view data) const {
  absl::StatusOr<std::string> signature = SignSomehow(data);
  if (signature.ok()) {
    NoteSuccess();
    return signature;
  }
  NoteFailure(signature.status().message());
  return SignerUnavailable(signature.status().message());
}

void Pkcs11Signer::Check() const {
  const absl::Status status = SignSomehow(PreAuthEncode(kProbeType, "")).status();
  if (status.ok()) return NoteSuccess();
  NoteFailure(status.message());
}

absl::StatusOr<std::string> Pkcs11Signer::SignSomehow(absl::string_view data) const {
  const Sessions::Deadline deadline = std::chrono::steady_clock::now() + kPatience;
  absl::Status failure;
  for (const Attempt attempt : kAttempts) {
    if (attempt == Attempt::kWithModuleStartedAnew && !opener_->Restart()) break;
    absl::StatusOr<std::unique_ptr<Pkcs11Session>> session = sessions_.Take(deadline);
    if (!session.ok()) {
      failure = session.status();
      if (!MayBeMended(failure)) break;
      continue;
    }
    absl::StatusOr<std::string> signature = SignOnce(**session, data);
    if (signature.ok()) {
      sessions_.GiveBack(*std::move(session));
      opener_->Works();
      return signature;
    }
    sessions_.Discard(*std::move(session));
    failure = signature.status();
  }
  return failure;
}

// A signature that no partner would take must not get into the log, so it is looked at here.
absl::StatusOr<std::string> Pkcs11Signer::SignOnce(Pkcs11Session& session, absl::string_view data) const {
  ASSIGN_OR_RETURN(const std::string numbers, session.SignDigest(Sha256(data)));
  ASSIGN_OR_RETURN(std::string signature, P1363ToDer(numbers));
  if (public_key_.Verify(data, signature).ok()) return signature;
  return absl::UnavailableError("what the token's private key signs does not verify with the token's public key");
}

}  // namespace tamga::certs
