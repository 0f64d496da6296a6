// Who gets a certificate of a State's issuing authority, and whose is revoked.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/csr.h"
#include "certs/issuing_authority.h"
#include "certs/principal.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/store/authority_db.h"

namespace tamga::authority {

// In the data folder: the newest list, PEM.
inline constexpr char kRevocationsFile[] = "revocations.pem";

inline constexpr absl::Duration kUsualTokenLife = absl::Hours(1);
inline constexpr absl::Duration kLongestTokenLife = absl::Hours(24 * 7);
// For how long after its end a used token that is shown again tells of a thief. The owner comes with it in that time,
// or he has asked for another; whoever finds an old one in a mailbox years later must not be able to revoke anything.
inline constexpr absl::Duration kTokenAlarmLife = absl::Hours(24);

// How long certificates last.
struct Lifetimes {
  absl::Duration node;
  absl::Duration seal;
  absl::Duration caller;  // of all other roles
};

// The certificate that a caller showed, which the State's roots vouch for now.
struct Shown {
  certs::Principal principal;
  std::string serial;            // lower-case hex
  certs::CertificateChain path;  // itself first, its issuer, and so on
};

// References outlive the registrar.
struct RegistrarParts {
  certs::IssuingAuthority issuer;
  store::AuthorityDb& database;
  std::string data_dir;  // for kRevocationsFile
  Lifetimes lifetimes;
  const Clock& clock;
  Rng& rng;
  // Whether to believe a path to a certificate that was not signed here (OtherLists). Empty: any.
  std::function<absl::Status(const certs::CertificateChain& path)> check_other = {};
  // An error while the clock is not to be gone by: then nothing is issued, revoked or signed. Empty: it always is.
  std::function<absl::Status()> check_clock = {};
};

// What became of a wish to revoke.
struct Revoked {
  int64_t count = 0;                  // of certificates that were not revoked before
  std::optional<absl::Time> already;  // if there are none: since when what was named is revoked
};

struct JoinToken {
  std::string secret;  // 32 bytes, kept nowhere here
  absl::Time expires_at;
};

// Thread-safe. What is answered is durable first.
class Registrar {
 public:
  // Signs a first revocation list; while the clock is not to be gone by, the one in kRevocationsFile stays.
  static absl::StatusOr<std::unique_ptr<Registrar>> Open(RegistrarParts parts);

  // The chain, PEM, for the request (DER) of whoever has the token. The token is used up, in the commit that keeps the
  // certificate; whoever shows it again with the same key (the answer was lost) gets the same certificate. With another
  // key somebody else has the token or its certificate: PermissionDenied (TOKEN_USED), an error line, and all
  // certificates that go back to the token are revoked at once, renewed ones too; but nothing is revoked, and the line
  // is a warning, once kTokenAlarmLife is over after the token's end. PermissionDenied as well: TOKEN_UNKNOWN,
  // TOKEN_EXPIRED, TOKEN_WRONG_ID (the request names another than the token is for; nothing is used up).
  absl::StatusOr<std::string> EnrolByToken(absl::string_view csr, absl::string_view token);

  // The chain for the request of whoever has the certificate, which must be for the same principal (PermissionDenied,
  // WRONG_IDENTITY) and good (see CheckGood).
  absl::StatusOr<std::string> Renew(absl::string_view csr, const Shown& current);

  // A token for the principal, who must be of an agency of this State and not be taken for the authority itself
  // (INVALID_FIELD).
  absl::StatusOr<JoinToken> CreateToken(absl::string_view spiffe_id, absl::Duration valid_for);

  // Revokes it, with all that it was renewed from or into, since whoever had its key could renew it, and signs a new
  // list, unless nothing is to be revoked any more. INVALID_FIELD for what is no serial number in lower-case hex or no
  // SHA-256, and for the issuing certificate's own serial number. NotFound if no such certificate was issued here
  // (SERIAL_UNKNOWN, unless `not_issued_here`), or none for the key (KEY_UNKNOWN).
  absl::StatusOr<Revoked> RevokeSerial(const std::string& serial, bool not_issued_here);
  absl::StatusOr<Revoked> RevokeKey(absl::string_view key_sha256);

  // OK unless the certificate is revoked (CERT_REVOKED), or neither signed by the present issuing key nor kept here,
  // and RegistrarParts.check_other has an error: another authority below the root, or a former key of this one, may be
  // revoked by now. Unauthenticated.
  absl::Status CheckGood(const Shown& shown) const;

  // The newest list, DER; empty if none was ever signed, as the clock was not to be gone by.
  std::string NewestRevocations() const;
  // OK unless the clock is not to be gone by.
  absl::Status CheckClock() const;
  // Signs a new list if the newest is an hour old, or did not come about when something was revoked; none, without an
  // error, while the clock is not to be gone by.
  absl::Status RefreshRevocations();

 private:
  explicit Registrar(RegistrarParts parts) : parts_(std::move(parts)) {}

  absl::Status CheckNotRevoked(const std::string& serial) const;
  absl::Duration LifetimeOf(certs::Role role) const;
  absl::Status CheckMayHave(absl::string_view field, const certs::Principal& principal) const;
  absl::StatusOr<store::IssuedRow> Issue(const certs::Csr& request, absl::string_view origin) const;
  absl::StatusOr<std::string> AnswerUsedToken(const store::TokenRow& token, const certs::Csr& request);
  absl::Status RefuseUsedToken(const store::TokenRow& token, const certs::Csr& request);
  absl::Status SignRevocations() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lists_mutex_);
  // Takes what an earlier process signed.
  void TakeKeptList();
  // After something was revoked. A list that cannot be signed is tried again by RefreshRevocations.
  void PublishNow();

  const RegistrarParts parts_;
  // One at a time issues or revokes: two who show one token are not both the first, and what is renewed while it is
  // revoked does not live on.
  Mutex issuing_mutex_;
  mutable Mutex lists_mutex_;
  std::string newest_ ABSL_GUARDED_BY(lists_mutex_);
  absl::Time signed_at_ ABSL_GUARDED_BY(lists_mutex_) = absl::InfinitePast();
};

}  // namespace tamga::authority
