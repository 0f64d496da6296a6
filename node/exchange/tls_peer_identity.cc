#include "node/exchange/tls_peer_identity.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/exchange/tls.h"

namespace tamga::exchange {
namespace {

constexpr absl::Duration kRememberFor = absl::Minutes(1);
constexpr size_t kMaxRemembered = 1024;

std::string Property(const grpc::AuthContext& auth, const char* name) {
  const std::vector<grpc::string_ref> values = auth.FindPropertyValues(name);
  return values.empty() ? "" : std::string(values.front().data(), values.front().size());
}

}  // namespace

TlsPeerIdentity::TlsPeerIdentity(const certs::CurrentTrust& trust, const Clock& clock) : trust_(trust), clock_(clock) {}

absl::StatusOr<certs::Principal> TlsPeerIdentity::Identify(const grpc::ServerContextBase& context) const {
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  const std::string leaf = auth == nullptr ? "" : Property(*auth, "x509_pem_cert");
  if (leaf.empty()) {
    return Error(absl::StatusCode::kUnauthenticated, "CERT_MISSING", "the caller showed no client certificate");
  }
  const std::string rest = Property(*auth, "x509_pem_cert_chain");
  const std::string key = Sha256(absl::StrCat(leaf, rest));
  const absl::Time now = clock_.Now();
  const std::shared_ptr<const certs::TrustStore> trust = trust_.Get();
  {
    MutexLock lock(mutex_);
    if (judge_ != trust) {
      remembered_.clear();
      judge_ = trust;
    }
    const auto found = remembered_.find(key);
    if (found != remembered_.end() && found->second.from <= now && now < found->second.until) {
      return found->second.principal;
    }
  }
  ASSIGN_OR_RETURN(const certs::Vouched vouched, IdentifyPeer(*trust, leaf, rest, certs::Usage::kTlsClient, now));
  MutexLock lock(mutex_);
  if (judge_ != trust) return vouched.principal;
  if (remembered_.size() >= kMaxRemembered) remembered_.clear();
  remembered_[key] = {vouched.principal, now, std::min(now + kRememberFor, vouched.validity.not_after)};
  return vouched.principal;
}

}  // namespace tamga::exchange
