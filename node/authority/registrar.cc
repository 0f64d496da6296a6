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
constexpr size_t kMaxSerialBytes = 20;  // RFC 5280 section 4.1.2.2
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
  RETURN_IF_ERROR(registrar->RefreshRevocations());
  return registrar;
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
  ASSIGN_OR_RETURN(const int64_t revoked, parts_.database.RevokeOrigin(token.sha256, parts_.clock.Now()));
  PublishNow();
  Log(Severity::kError, "join token used twice",
      {{"reason", "TOKEN_USED"},
       {"spiffe_id", token.spiffe_id},
       {"serial", token.serial},
       {"asked_for", request.principal().SpiffeId()},
       {"revoked", revoked}});
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
  JoinToken token{parts_.rng.Bytes(kTokenBytes), parts_.clock.Now() + valid_for};
  RETURN_IF_ERROR(parts_.database.AddToken({Sha256(token.secret), std::string(spiffe_id), token.expires_at, ""}));
  return token;
}

absl::StatusOr<int64_t> Registrar::RevokeSerial(const std::string& serial) {
  const absl::StatusOr<std::string> octets = HexDecode(serial);
  const bool is_serial = octets.ok() && !octets->empty() && octets->size() <= kMaxSerialBytes &&
                         (octets->front() & 0x80) == 0 && octets->find_first_not_of('\0') != std::string::npos;
  if (!is_serial)
    return InvalidField("serial", "must be a serial number in lower-case hex, as `tamga pki show` has it");
  MutexLock lock(issuing_mutex_);
  ASSIGN_OR_RETURN(const int64_t revoked, parts_.database.RevokeSerial(serial, parts_.clock.Now()));
  PublishNow();
  return revoked;
}

absl::StatusOr<int64_t> Registrar::RevokeKey(absl::string_view key_sha256) {
  if (key_sha256.size() != kSha256Bytes) return InvalidField("key_sha256", "must have 32 bytes");
  MutexLock lock(issuing_mutex_);
  ASSIGN_OR_RETURN(const int64_t revoked, parts_.database.RevokeKey(key_sha256, parts_.clock.Now()));
  if (revoked == 0) {
    return absl::NotFoundError(
        "no certificate that is not revoked was issued here for the key; revoke it by its serial");
  }
  PublishNow();
  return revoked;
}

absl::Status Registrar::CheckNotRevoked(const std::string& serial) const {
  ASSIGN_OR_RETURN(const bool is_revoked, parts_.database.IsRevoked(serial));
  return is_revoked ? certs::Refused(certs::kCertRevoked, "the certificate is revoked") : absl::OkStatus();
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
  RETURN_IF_ERROR(WriteFile(absl::StrCat(parts_.data_dir, "/revocations.pem"), certs::WritePem("X509 CRL", newest_)));
  signed_at_ = now;
  return absl::OkStatus();
}

}  // namespace tamga::authority
