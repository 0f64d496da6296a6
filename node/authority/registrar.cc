#include "node/authority/registrar.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/pem.h"
#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/enrolment/authority_client.h"

namespace tamga::authority {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr size_t kSha256Bytes = 32;
constexpr absl::Duration kListAge = absl::Hours(1);
// An authority that is down for a weekend must not stop its State.
constexpr absl::Duration kListLife = absl::Hours(72);

absl::Status Denied(absl::string_view reason, absl::string_view message) {
  return Error(absl::StatusCode::kPermissionDenied, reason, message);
}

std::vector<certs::RevokedSerial> EntriesOf(const std::vector<store::RevokedRow>& rows) {
  std::vector<certs::RevokedSerial> entries;
  entries.reserve(rows.size());
  for (const store::RevokedRow& row : rows) entries.push_back({row.serial, row.since});
  return entries;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Registrar>> Registrar::Open(RegistrarParts parts) {
  std::unique_ptr<Registrar> registrar(new Registrar(std::move(parts)));
  if (!registrar->CheckClock().ok()) registrar->TakeKeptList();
  RETURN_IF_ERROR(registrar->RefreshRevocations());
  return registrar;
}

absl::Status Registrar::CheckClock() const { return parts_.check_clock ? parts_.check_clock() : absl::OkStatus(); }

// It was good when it was signed, which is all that can be said while nobody knows the time.
void Registrar::TakeKeptList() {
  const absl::StatusOr<std::string> pem = ReadFile(absl::StrCat(parts_.data_dir, "/", kRevocationsFile));
  if (!pem.ok()) return;
  const absl::StatusOr<certs::Crl> list = certs::Crl::FromPem(*pem);
  if (!list.ok() || !list->IsSignedBy(parts_.issuer.certificate())) return;
  MutexLock lock(lists_mutex_);
  newest_ = list->Der();
}

absl::Duration Registrar::LifetimeOf(certs::Role role) const {
  if (role == certs::Role::kNode) return parts_.lifetimes.node;
  return role == certs::Role::kSeal ? parts_.lifetimes.seal : parts_.lifetimes.caller;
}

// A node of the authority's own agency would be taken for the authority; its operators are persons like others.
absl::Status Registrar::CheckMayHave(absl::string_view field, const certs::Principal& principal) const {
  if (principal.State() != parts_.issuer.state()) {
    return InvalidField(field, absl::StrCat("must be of an agency of ", parts_.issuer.state()));
  }
  const bool is_own = principal.agency == enrolment::AuthorityAgencyOf(parts_.issuer.state());
  if (is_own && principal.role != certs::Role::kOperator) {
    return InvalidField(field, absl::StrCat("the agency ", principal.agency, " has operators only"));
  }
  return absl::OkStatus();
}

absl::StatusOr<store::IssuedRow> Registrar::Issue(const certs::Csr& request, absl::string_view origin) const {
  RETURN_IF_ERROR(CheckMayHave("certificate_request", request.principal()));
  ASSIGN_OR_RETURN(std::string chain_pem, parts_.issuer.IssueFor(request, LifetimeOf(request.principal().role),
                                                                 parts_.clock.Now(), parts_.rng));
  ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(chain_pem));
  return store::IssuedRow{chain.front().SerialHex(), request.principal().SpiffeId(), request.key_sha256(),
                          std::string(origin),       chain.front().NotAfter(),       std::move(chain_pem)};
}

absl::StatusOr<std::string> Registrar::AnswerUsedToken(const store::TokenRow& token, const certs::Csr& request) {
  ASSIGN_OR_RETURN(const std::optional<store::IssuedRow> issued, parts_.database.FindIssued(token.serial));
  if (!issued) return absl::DataLossError("authority.db has a used token without its certificate");
  const bool same = issued->key_sha256 == request.key_sha256() && issued->spiffe_id == request.principal().SpiffeId();
  if (same) {
    RETURN_IF_ERROR(CheckNotRevoked(issued->serial));
    return issued->chain_pem;
  }
  return RefuseUsedToken(token, request);
}

absl::Status Registrar::RefuseUsedToken(const store::TokenRow& token, const certs::Csr& request) {
  const absl::Time now = parts_.clock.Now();
  const bool is_alarm = now < token.expires_at + kTokenAlarmLife;
  int64_t revoked = 0;
  if (is_alarm) {
    ASSIGN_OR_RETURN(revoked, parts_.database.RevokeOrigin(token.sha256, now));
    PublishNow();
  }
  Log(is_alarm ? Severity::kError : Severity::kWarning,
      is_alarm ? "join token used twice" : "old join token shown again",
      {{"reason", "TOKEN_USED"},
       {"spiffe_id", token.spiffe_id},
       {"serial", token.serial},
       {"asked_for", request.principal().SpiffeId()},
       {"revoked", revoked}});
  if (!is_alarm) {
    return Denied("TOKEN_USED",
                  "the join token was used before, with another key, and is long over; nothing was revoked. Have the "
                  "authority's operator make another");
  }
  return Denied(
      "TOKEN_USED",
      "the join token was used before, with another key; the certificates that go back to it are revoked. Find "
      "out who has it, then have the authority's operator make another");
}

absl::StatusOr<std::string> Registrar::EnrolByToken(absl::string_view csr, absl::string_view token) {
  ASSIGN_OR_RETURN(const certs::Csr request, certs::Csr::FromDer(csr));
  if (token.size() != kTokenBytes) return InvalidField("join_token", "must have 32 bytes");
  // A token is random and long: its hash tells nothing of it, and need not be compared in constant time.
  const std::string sha256 = Sha256(token);
  RETURN_IF_ERROR(CheckClock());
  MutexLock lock(issuing_mutex_);
  ASSIGN_OR_RETURN(const std::optional<store::TokenRow> found, parts_.database.FindToken(sha256));
  if (!found) return Denied("TOKEN_UNKNOWN", "there is no such join token; have the authority's operator make one");
  if (!found->serial.empty()) return AnswerUsedToken(*found, request);
  if (parts_.clock.Now() >= found->expires_at) {
    return Denied("TOKEN_EXPIRED", "the join token is too old; have the authority's operator make another");
  }
  if (request.principal().SpiffeId() != found->spiffe_id) {
    return Denied("TOKEN_WRONG_ID", absl::StrCat("the join token is not for ", request.principal().SpiffeId()));
  }
  ASSIGN_OR_RETURN(store::IssuedRow row, Issue(request, sha256));
  RETURN_IF_ERROR(parts_.database.AddByToken(row));
  return std::move(row.chain_pem);
}

absl::StatusOr<std::string> Registrar::Renew(absl::string_view csr, const Shown& current) {
  ASSIGN_OR_RETURN(const certs::Csr request, certs::Csr::FromDer(csr));
  RETURN_IF_ERROR(CheckClock());
  MutexLock lock(issuing_mutex_);
  RETURN_IF_ERROR(CheckGood(current));
  if (request.principal() != current.principal) {
    return Denied("WRONG_IDENTITY",
                  absl::StrCat("the certificate is of ", current.principal.SpiffeId(),
                               "; the request must be for the same, not for ", request.principal().SpiffeId()));
  }
  ASSIGN_OR_RETURN(const std::optional<store::IssuedRow> before, parts_.database.FindIssued(current.serial));
  ASSIGN_OR_RETURN(store::IssuedRow row, Issue(request, before ? before->origin : current.serial));
  RETURN_IF_ERROR(parts_.database.AddRenewed(row));
  return std::move(row.chain_pem);
}

absl::StatusOr<JoinToken> Registrar::CreateToken(absl::string_view spiffe_id, absl::Duration valid_for) {
  const absl::StatusOr<certs::Principal> principal = certs::ParseSpiffeId(spiffe_id);
  if (!principal.ok()) return InvalidField("spiffe_id", principal.status().message());
  RETURN_IF_ERROR(CheckMayHave("spiffe_id", *principal));
  if (valid_for <= absl::ZeroDuration() || valid_for > kLongestTokenLife) {
    return InvalidField("valid_for_s", "must be 1 to 604800");
  }
  RETURN_IF_ERROR(CheckClock());
  JoinToken token{parts_.rng.Bytes(kTokenBytes), parts_.clock.Now() + valid_for};
  RETURN_IF_ERROR(parts_.database.AddToken({Sha256(token.secret), std::string(spiffe_id), token.expires_at, ""}));
  return token;
}

absl::StatusOr<Revoked> Registrar::RevokeSerial(const std::string& serial, bool not_issued_here) {
  if (!certs::IsSerialHex(serial)) {
    return InvalidField("serial", "must be a serial number in lower-case hex, as `tamga pki show` has it");
  }
  if (serial == parts_.issuer.certificate().SerialHex()) {
    return InvalidField("serial",
                        "is that of the issuing certificate itself, which its own list cannot revoke; have the root do "
                        "it, by `tamga pki root-revocations`");
  }
  RETURN_IF_ERROR(CheckClock());
  MutexLock lock(issuing_mutex_);
  ASSIGN_OR_RETURN(const std::optional<absl::Time> since, parts_.database.RevokedSince(serial));
  ASSIGN_OR_RETURN(const bool is_known, parts_.database.Knows(serial));
  if (!since && !is_known && !not_issued_here) {
    return Error(absl::StatusCode::kNotFound, "SERIAL_UNKNOWN",
                 "this authority has issued no certificate with that serial number, and revoked nothing; compare it "
                 "with what `tamga pki show` says, and the certificate's issuer with this authority");
  }
  ASSIGN_OR_RETURN(const int64_t count, parts_.database.RevokeSerial(serial, parts_.clock.Now()));
  if (count == 0) return Revoked{0, since};
  PublishNow();
  return Revoked{count, std::nullopt};
}

absl::StatusOr<Revoked> Registrar::RevokeKey(absl::string_view key_sha256) {
  if (key_sha256.size() != kSha256Bytes) return InvalidField("key_sha256", "must have 32 bytes");
  RETURN_IF_ERROR(CheckClock());
  MutexLock lock(issuing_mutex_);
  ASSIGN_OR_RETURN(const int64_t count, parts_.database.RevokeKey(key_sha256, parts_.clock.Now()));
  if (count > 0) {
    PublishNow();
    return Revoked{count, std::nullopt};
  }
  ASSIGN_OR_RETURN(const std::optional<absl::Time> since, parts_.database.KeyRevokedSince(key_sha256));
  if (since) return Revoked{0, since};
  return Error(absl::StatusCode::kNotFound, "KEY_UNKNOWN",
               "this authority has issued no certificate for that key, and revoked nothing; compare it with what "
               "`tamga pki show` says, or revoke a certificate that was issued elsewhere by its serial number");
}

absl::Status Registrar::CheckNotRevoked(const std::string& serial) const {
  ASSIGN_OR_RETURN(const std::optional<absl::Time> since, parts_.database.RevokedSince(serial));
  return since ? certs::Refused(certs::kCertRevoked, "the certificate is revoked") : absl::OkStatus();
}

absl::Status Registrar::CheckGood(const Shown& shown) const {
  RETURN_IF_ERROR(CheckNotRevoked(shown.serial));
  if (shown.path[1].SpkiSha256() == parts_.issuer.certificate().SpkiSha256()) return absl::OkStatus();
  // Whoever has a former key can make certificates with a serial number that is known; but not for a key that is.
  ASSIGN_OR_RETURN(const std::optional<store::IssuedRow> issued, parts_.database.FindIssued(shown.serial));
  if (issued && issued->key_sha256 == shown.path[0].SpkiSha256()) return absl::OkStatus();
  return parts_.check_other ? parts_.check_other(shown.path) : absl::OkStatus();
}

std::string Registrar::NewestRevocations() const {
  MutexLock lock(lists_mutex_);
  return newest_;
}

absl::Status Registrar::RefreshRevocations() {
  if (!CheckClock().ok()) return absl::OkStatus();  // it was logged; what is served is the newest list before
  MutexLock lock(lists_mutex_);
  const absl::Time now = parts_.clock.Now();
  if (now >= signed_at_ && now - signed_at_ < kListAge) return absl::OkStatus();
  return SignRevocations();
}

void Registrar::PublishNow() {
  MutexLock lock(lists_mutex_);
  if (const absl::Status status = SignRevocations(); !status.ok()) {
    signed_at_ = absl::InfinitePast();
    Log(Severity::kError, "revocation list not signed", {{"detail", std::string(status.message())}});
  }
}

absl::Status Registrar::SignRevocations() {
  const absl::Time now = parts_.clock.Now();
  ASSIGN_OR_RETURN(const std::vector<store::RevokedRow> revoked, parts_.database.Revoked(now));
  ASSIGN_OR_RETURN(const uint64_t number, parts_.database.NextListNumber());
  ASSIGN_OR_RETURN(const certs::Crl list, parts_.issuer.IssueCrl({EntriesOf(revoked), number, now, now + kListLife}));
  newest_ = list.Der();
  RETURN_IF_ERROR(
      WriteFile(absl::StrCat(parts_.data_dir, "/", kRevocationsFile), certs::WritePem("X509 CRL", newest_)));
  signed_at_ = now;
  return absl::OkStatus();
}

}  // namespace tamga::authority
